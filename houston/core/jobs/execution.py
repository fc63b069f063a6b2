"""One attempt at a job: its claim, the call of its function, and its outcome.

A claim is a lease and an attempt number. Every change of the row names the attempt, so that a
worker that was considered dead cannot overwrite the work of its successor. The work of a job and
its state "done" are committed together.

A row has the name of the process that runs it, by which others on the same machine find out that it
has died.
"""

import logging
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from secrets import token_hex
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, select, update

from houston.core.actors import Actor
from houston.core.db.session import Database, Session
from houston.core.db.types import utc_now
from houston.core.jobs.jobs import Job, Jobs, JobState
from houston.core.services import Services
from houston.core.values import storable

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=15)
MAX_ERROR_LENGTH = 500

_token = token_hex(4)


class Superseded(Exception):
    """The job was cancelled, or another worker has taken it over: this attempt is rolled back."""


@dataclass(frozen=True)
class Claim:
    """An attempt at a job, made by this process; attempts are counted from 1."""

    guid: UUID
    name: str
    arguments: dict[str, Any]
    attempt: int


@dataclass(frozen=True)
class JobContext:
    """The first argument of a job's function.

    Attributes:
        services: The parts of the application.
        db: A session that is committed when the function returns, and rolled back when it raises.
            SQLite lets one session write at a time, so do what is slow before the first statement.
        claim: The attempt.
    """

    services: Services
    db: Session
    claim: Claim

    def set_progress(self, percent: int) -> None:
        """Commit the work done so far, and record the progress in percent (0 to 100).

        Raises:
            Superseded: The job was cancelled, or given to another worker.
        """
        _change(self.db, self.claim, progress=percent, lease_until=utc_now() + LEASE)
        self.db.commit()


def run(services: Services, guid: UUID) -> datetime | None:
    """Make an attempt at a job, if it is due.

    Returns:
        The time of the next attempt, after a failure and when the job is not yet due. None when
        the job is finished, another worker has it, or it does not exist.
    """
    with services[Database].transaction() as db:
        claim = claim_job(db, guid)
        if claim is None:
            pending = Job.guid == guid, Job.state == JobState.PENDING
            return db.scalar(select(Job.run_after).where(*pending))
    running = services[Jobs].running
    running.add(guid)
    try:
        _perform(services, claim)
    except Superseded:
        logger.warning("job %s %s was cancelled or taken over", claim.name, guid)
    except Exception as error:
        logger.exception("job %s %s failed at attempt %s", claim.name, guid, claim.attempt)
        return _record_failure(services, claim, error)
    else:
        logger.info("job %s %s is done", claim.name, guid)
    finally:
        running.discard(guid)
    return None


def claim_job(db: Session, guid: UUID) -> Claim | None:
    """Lease a job to this process; None when it is not due, or another process has it."""
    now = utc_now()
    claimed = (
        update(Job)
        .where(Job.guid == guid, Job.state == JobState.PENDING, Job.run_after <= now)
        .values(
            state=JobState.RUNNING,
            attempts=Job.attempts + 1,
            started=now,
            lease_until=now + LEASE,
            worker=own_name(),
        )
        .returning(Job.guid, Job.name, Job.arguments, Job.attempts)
    )
    row = db.execute(claimed).one_or_none()
    return None if row is None else Claim(*row)


def _perform(services: Services, claim: Claim) -> None:
    declaration = services[Jobs].find(claim.name)
    with services[Database].writing(actor=Actor(job_guid=claim.guid)) as db:
        declaration.function(JobContext(services, db, claim), **claim.arguments)
        erased: dict[str, Any] = {"arguments": {}} if declaration.secret else {}
        done = {"state": JobState.DONE, "progress": 100, "error": None, "lease_until": None}
        _change(db, claim, finished=utc_now(), **done, **erased)
        db.commit()


def _change(db: Session, claim: Claim, **changes: Any) -> None:
    ours = Job.guid == claim.guid, Job.state == JobState.RUNNING, Job.attempts == claim.attempt
    changed = db.execute(update(Job).where(*ours).values(**changes))
    if not cast("CursorResult[Any]", changed).rowcount:
        raise Superseded


def _record_failure(services: Services, claim: Claim, error: Exception) -> datetime | None:
    """Record an error; returns the time of the next attempt, or None if there is none."""
    jobs = services[Jobs]
    with services[Database].transaction() as db:
        row = db.get(Job, claim.guid, with_for_update=True)
        if row is None or row.state is not JobState.RUNNING or row.attempts != claim.attempt:
            return None
        jobs.fail_attempt(db, row, _describe(error), jobs.find(claim.name).delay(claim.attempt))
        return row.run_after if row.state is JobState.PENDING else None


def _describe(error: Exception) -> str:
    # The first line only: SQLAlchemy appends the statement and its parameters on further lines.
    first_line = str(error).partition("\n")[0]
    return storable(f"{type(error).__name__}: {first_line}"[:MAX_ERROR_LENGTH])


def own_name() -> str | None:
    """The name of this process; None where the system has no `/proc`."""
    machine = _machine()
    return machine and f"{machine}/{os.getpid()}/{_token}"


def is_dead(name: str | None) -> bool:
    """Return whether a process is known to be dead; those of other machines never are.

    A process number that is used again counts as alive, so that no job runs twice by mistake.
    """
    if name is None:
        return False
    machine, number, token = name.rsplit("/", 2)
    if machine != _machine():
        return False
    if int(number) == os.getpid():
        return token != _token
    try:
        os.kill(int(number), 0)
    except OSError as error:  # it may belong to another user
        return isinstance(error, ProcessLookupError)
    return False


@cache
def _machine() -> str | None:
    """The scope of process numbers: this boot of this machine, and this container."""
    try:
        start = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{start}/{Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return None

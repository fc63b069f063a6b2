"""Taking due jobs from the table, one at a time, and settling them.

A claim is a lease and an attempt number. Whoever settles a row names the attempt, so that a worker
which was taken for dead cannot overrule its successor. The work of a job and the word "done" are
committed together.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, Update, delete, func, select, update

from houston.core.actors import Actor
from houston.core.db.session import Database, Session
from houston.core.db.types import utc_now
from houston.core.jobs.endings import fail_attempt
from houston.core.jobs.models import Job, JobState
from houston.core.jobs.process import is_dead, own_name
from houston.core.jobs.queue import Jobs
from houston.core.jobs.schedule import make_periodic
from houston.core.services import Services
from houston.core.values import UNSTORABLE

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=15)
KEPT = timedelta(days=30)
LONGEST_ERROR = 500


class Superseded(Exception):
    """The job was cancelled, or another worker has taken it over: this attempt must not count."""


@dataclass(frozen=True)
class Claim:
    """One attempt at one job, made by this process."""

    guid: UUID
    name: str
    arguments: dict[str, Any]
    attempt: int


@dataclass(frozen=True)
class JobContext:
    """What a job's function may use.

    `db` is committed when the function returns and rolled back when it raises. SQLite lets one
    session write at a time, so do what is slow before the first statement.
    """

    services: Services
    db: Session
    claim: Claim

    def set_progress(self, percent: int) -> None:
        """Commit what was done so far, and show how far that is (0 to 100).

        Raises Superseded when the job was cancelled or given to another worker meanwhile.
        """
        _settle(self.db, self.claim, progress=percent, lease_until=utc_now() + LEASE)
        self.db.commit()


def run_due(services: Services, stopped: Callable[[], bool] = lambda: False) -> int:
    """Run jobs until none is due or `stopped()`; answer how many were run."""
    count = 0
    while not stopped() and run_next(services):
        count += 1
    return count


def run_next(services: Services) -> bool:
    """Run the job that has been due longest, an urgent one first; False when none is due."""
    with services[Database].transaction() as db:
        claim = claim_next(services[Jobs], db, utc_now())
    if claim is None:
        return False
    running = services[Jobs].running
    running.add(claim.guid)
    try:
        _perform(services, claim)
    finally:
        running.discard(claim.guid)
    return True


def claim_next(jobs: Jobs, db: Session, now: datetime) -> Claim | None:
    """Make a due row ours; of two that try, one gets it and the other gets the next."""
    due = (
        select(Job.guid)
        .where(Job.state == JobState.PENDING, Job.run_after <= now)
        .order_by(Job.name.not_in(jobs.urgent_names()), Job.run_after)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    while (guid := db.scalar(due)) is not None:
        claimed = (
            update(Job)
            .where(Job.guid == guid, Job.state == JobState.PENDING)
            .values(
                state=JobState.RUNNING,
                attempts=Job.attempts + 1,
                started=now,
                lease_until=now + LEASE,
                worker=own_name(),
            )
        )
        if _changed(db, claimed):
            row = db.get_one(Job, guid, populate_existing=True)
            return Claim(guid, row.name, row.arguments, row.attempts)
    return None


def sweep(services: Services) -> int:
    """Repair the table and answer how many jobs are due.

    Renews the leases of what runs in this process, takes the jobs of dead workers back, makes those
    that come round, and deletes what was done or cancelled a month ago. Failed jobs stay for
    somebody to look at.
    """
    # In a transaction of its own: whoever hears of a failure below must not wait for a job that
    # waits for its row.
    with services[Database].transaction() as db:
        _renew_leases(db, services[Jobs])
    with services[Database].transaction() as db:
        _take_back(services, db)
        make_periodic(services[Jobs], db, utc_now())
        _forget_former(db)
        due = Job.state == JobState.PENDING, Job.run_after <= utc_now()
        return db.scalar(select(func.count()).where(*due)) or 0


def _perform(services: Services, claim: Claim) -> None:
    try:
        _attempt(services, claim)
        logger.info("job %s %s is done", claim.name, claim.guid)
    except Superseded:
        logger.warning("job %s %s was cancelled or taken over", claim.name, claim.guid)
    except Exception as error:
        logger.exception("job %s %s failed at attempt %s", claim.name, claim.guid, claim.attempt)
        with suppress(Superseded):
            _record_failure(services, claim, error)


def _attempt(services: Services, claim: Claim) -> None:
    declaration = services[Jobs].find(claim.name)
    with services[Database].writing(actor=Actor(job_guid=claim.guid)) as db:
        declaration.function(JobContext(services, db, claim), **claim.arguments)
        changes: dict[str, Any] = {"arguments": {}} if declaration.secret else {}
        _settle(
            db,
            claim,
            state=JobState.DONE,
            progress=100,
            error=None,
            finished=utc_now(),
            lease_until=None,
            **changes,
        )
        db.commit()


def _record_failure(services: Services, claim: Claim, error: Exception) -> None:
    wait = services[Jobs].find(claim.name).delay(claim.attempt)
    with services[Database].transaction() as db:
        row = db.get(Job, claim.guid, with_for_update=True)
        if row is None or row.state is not JobState.RUNNING or row.attempts != claim.attempt:
            raise Superseded
        fail_attempt(services, db, row, _describe(error), wait)


def _describe(error: Exception) -> str:
    # The first line only: SQLAlchemy appends the statement and its parameters on further lines.
    first_line = str(error).partition("\n")[0]
    text = f"{type(error).__name__}: {first_line}"[:LONGEST_ERROR]
    return UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def _settle(db: Session, claim: Claim, **changes: Any) -> None:
    ours = (
        update(Job)
        .where(
            Job.guid == claim.guid,
            Job.state == JobState.RUNNING,
            Job.attempts == claim.attempt,
        )
        .values(**changes)
    )
    if not _changed(db, ours):
        raise Superseded


def _changed(db: Session, statement: Update) -> bool:
    return bool(cast("CursorResult[Any]", db.execute(statement)).rowcount)


def _renew_leases(db: Session, jobs: Jobs) -> None:
    if running := tuple(jobs.running):
        ours = Job.guid.in_(running), Job.state == JobState.RUNNING
        db.execute(update(Job).where(*ours).values(lease_until=utc_now() + LEASE))


def _take_back(services: Services, db: Session) -> None:
    now = utc_now()
    running = select(Job.guid, Job.lease_until, Job.worker).where(Job.state == JobState.RUNNING)
    for found in db.execute(running).all():
        if found.lease_until < now or is_dead(found.worker):
            _take_one_back(services, db, found.guid, found.lease_until)


def _take_one_back(services: Services, db: Session, guid: UUID, lease_until: datetime) -> None:
    """Unless somebody else does, or the lease has been renewed meanwhile."""
    abandoned = (
        select(Job)
        .where(Job.guid == guid, Job.state == JobState.RUNNING, Job.lease_until == lease_until)
        .with_for_update(skip_locked=True)
    )
    if (row := db.scalar(abandoned)) is not None:
        fail_attempt(services, db, row, "the worker died")


def _forget_former(db: Session) -> None:
    over = (JobState.DONE, JobState.CANCELLED)
    db.execute(delete(Job).where(Job.state.in_(over), Job.run_after < utc_now() - KEPT))

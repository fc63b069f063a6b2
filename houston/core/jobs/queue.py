"""Putting jobs into the table, taking them back and putting them in again."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert
from sqlalchemy.orm import Session

from houston.core.db.types import utc_now
from houston.core.events import after_commit
from houston.core.jobs.declaration import Jobs
from houston.core.jobs.endings import give_up
from houston.core.jobs.models import Job, JobState


def enqueue(
    db: Session,
    name: str,
    arguments: Mapping[str, Any] | None = None,
    *,
    owner: UUID | None = None,
    run_after: datetime | None = None,
) -> Job:
    """Write a job in the caller's transaction; a worker hears of it when that has committed.

    `arguments` hold what JSON can say: guids rather than rows. With `run_after` the job waits for
    that instant. Raises LookupError when no such job is declared.
    """
    jobs: Jobs = db.info["jobs"]
    row = Job(
        name=name,
        arguments=dict(arguments or {}),
        max_attempts=jobs.known(name).max_attempts,
        owner_guid=owner,
        run_after=run_after or utc_now(),
    )
    db.add(row)
    db.flush()
    after_commit(db, jobs.doorbell.ring)
    return row


def enqueue_many(
    db: Session,
    name: str,
    arguments: Iterable[Mapping[str, Any]],
    *,
    owner: UUID | None = None,
) -> list[UUID]:
    """Write a job for each of the arguments, at the price of one; their guids, in that order.

    Raises LookupError when no such job is declared.
    """
    jobs: Jobs = db.info["jobs"]
    shared = {
        "name": name,
        "max_attempts": jobs.known(name).max_attempts,
        "owner_guid": owner,
        "run_after": utc_now(),
    }
    rows: list[dict[str, Any]] = [
        {"guid": uuid4(), "arguments": dict(each), **shared} for each in arguments
    ]
    if rows:
        db.execute(insert(Job), rows)
        after_commit(db, partial(jobs.doorbell.ring, len(rows)))
    return [row["guid"] for row in rows]


def cancel(db: Session, guid: UUID) -> bool:
    """Cancel a job that is not over; False when it is, or does not exist.

    A running job is not interrupted: it ends at its next `set_progress`, or its work is rolled
    back at its end.
    """
    row = _locked(db, guid)
    if row is None or row.state not in (JobState.PENDING, JobState.RUNNING):
        return False
    give_up(db, row, JobState.CANCELLED, "the job was cancelled")
    return True


def retry(db: Session, guid: UUID) -> bool:
    """Let a job that failed or was cancelled begin again; False when it did not, or cannot.

    A secret job cannot, because its arguments are erased.
    """
    jobs: Jobs = db.info["jobs"]
    row = _locked(db, guid)
    if row is None or row.state not in (JobState.FAILED, JobState.CANCELLED):
        return False
    declaration = jobs.find(row.name)
    if declaration.secret:
        return False
    # The attempts are counted on: an attempt that was cancelled may still be under way, and
    # must not take the place of a new one with its number.
    row.max_attempts = row.attempts + declaration.max_attempts
    row.state, row.run_after = JobState.PENDING, utc_now()
    row.error, row.progress, row.finished = None, 0, None
    db.flush()
    after_commit(db, jobs.doorbell.ring)
    return True


def _locked(db: Session, guid: UUID) -> Job | None:
    return db.get(Job, guid, with_for_update=True, populate_existing=True)

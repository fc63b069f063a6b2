"""Putting jobs into the table and taking them back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from houston.core.db.types import utc_now
from houston.core.events import after_commit
from houston.core.jobs.declaration import Jobs
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


def cancel(db: Session, guid: UUID) -> bool:
    """Cancel a job that is not over; False when it is, or does not exist.

    A running job is not interrupted: it ends at its next `set_progress`, or its work is rolled
    back at its end.
    """
    jobs: Jobs = db.info["jobs"]
    row = db.get(Job, guid, with_for_update=True, populate_existing=True)
    if row is None or row.state not in (JobState.PENDING, JobState.RUNNING):
        return False
    row.state, row.finished, row.lease_until = JobState.CANCELLED, utc_now(), None
    if jobs.find(row.name).secret:
        row.arguments = {}
    db.flush()
    return True

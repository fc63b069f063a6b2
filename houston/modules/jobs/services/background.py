"""Background jobs for those who run the site. Their arguments are never shown."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, select

from houston.core.api.listing import Listing
from houston.core.db.session import Session
from houston.core.errors import Conflict
from houston.core.jobs import Job, Jobs

JOB = Job.__table__.c
JOBS = Listing(
    select(*(column for column in JOB if column.name != "arguments")),
    sort=("name", "state", "run_after", "created", "updated"),
    words=("name",),
)


def in_state(query: Mapping[str, Any]) -> ColumnElement[bool] | None:
    """The condition of the jobs in the state that a query names, if it names one."""
    state = query.get("state")
    return JOB.state == state if state else None


def cancel_background_job(jobs: Jobs, db: Session, job: Job) -> Job:
    """Cancel a job.

    A running one is not interrupted: it ends at its next step, or its work is undone at its end.

    Raises:
        Conflict: The job is over.
    """
    if not jobs.cancel(db, job.guid):
        raise Conflict("The job is over: there is nothing to cancel.")
    return job


def retry_background_job(jobs: Jobs, db: Session, job: Job) -> Job:
    """Let a job begin again.

    Raises:
        Conflict: The job neither failed nor was cancelled, or its arguments were secret and are
            erased.
    """
    if not jobs.retry(db, job.guid):
        raise Conflict(
            "Only a job that failed or was cancelled can begin again, "
            "and none whose arguments were secret."
        )
    return job

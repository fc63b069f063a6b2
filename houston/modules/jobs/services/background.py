"""Background jobs, as those see them who look after the site. Arguments are nobody's to see."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from houston.core.api.listing import Listing
from houston.core.api.paging import Page
from houston.core.db.session import Session
from houston.core.errors import Conflict
from houston.core.jobs import Job, Jobs, cancel
from houston.core.services import Services

JOB = Job.__table__.c
JOBS = Listing(
    select(*(column for column in JOB if column.name != "arguments")),
    sort=("name", "state", "run_after", "created", "updated"),
    words=("name",),
)


def list_background_jobs(db: Session, query: Mapping[str, Any]) -> Page:
    """A page of the jobs, of one state if that is asked for."""
    state = query.get("state")
    return JOBS.page(db, query, where=JOB.state == state if state else None)


def cancel_background_job(services: Services, db: Session, job: Job) -> Job:
    """Call a job off; raises Conflict when it is over.

    One that runs is not interrupted: it ends at its next step, or its work is dropped at its end.
    """
    if not cancel(services, db, job.guid):
        raise Conflict("The job is over: there is nothing to cancel.")
    return job


def retry_background_job(jobs: Jobs, db: Session, job: Job) -> Job:
    """Let a job begin again; raises Conflict when it neither failed nor was cancelled.

    It is refused, too, when the arguments of the job were secret and are gone.
    """
    if not jobs.retry(db, job.guid):
        raise Conflict(
            "Only a job that failed or was cancelled can begin again, "
            "and none whose arguments were secret."
        )
    return job

"""Background jobs, as those see them who look after the site. Arguments are nobody's to see."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from houston.core import jobs
from houston.core.errors import Conflict
from houston.core.jobs import Job
from houston.core.rest.paging import Page, paginate

JOB = Job.__table__.c
SORTABLE = {name: JOB[name] for name in ("name", "state", "run_after", "created", "updated")}


def list_background_jobs(db: Session, query: Mapping[str, Any]) -> Page:
    """A page of the jobs, of one state if that is asked for."""
    columns = (column for column in JOB if column.name != "arguments")
    statement = select(*columns)
    if "state" in query:
        statement = statement.where(JOB.state == query["state"])
    return paginate(db, statement, query, key=JOB.guid, sort=SORTABLE, search=(JOB.name,))


def cancel_background_job(db: Session, job: Job) -> Job:
    """Call a job off; raises Conflict when it is over.

    One that runs is not interrupted: it ends at its next step, or its work is dropped at its end.
    """
    if not jobs.cancel(db, job.guid):
        raise Conflict("The job is over: there is nothing to cancel.")
    return job


def retry_background_job(db: Session, job: Job) -> Job:
    """Let a job begin again; raises Conflict when it neither failed nor was cancelled.

    It is refused, too, when the arguments of the job were secret and are gone.
    """
    if not jobs.retry(db, job.guid):
        raise Conflict(
            "Only a job that failed or was cancelled can begin again, "
            "and none whose arguments were secret."
        )
    return job

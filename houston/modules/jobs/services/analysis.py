"""Reading the analysis jobs of all sources as one list."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import literal, select, union_all

from houston.core.api.listing import Listing
from houston.core.api.paging import Page
from houston.core.db.session import Session
from houston.modules.jobs.sources import JobDetails, JobSource

SORTABLE = ("start", "type")
NO_DETAILS = JobDetails()


class DebuggedJob(NamedTuple):
    """An analysis job with all that is known of it."""

    job: Any
    details: JobDetails


def list_analysis_jobs(db: Session, sources: Sequence[JobSource], query: Mapping[str, Any]) -> Page:
    """A page of the jobs of all sources."""
    if not sources:
        return Page([], 0)
    jobs = union_all(
        *(source.statement.add_columns(literal(source.type).label("type")) for source in sources)
    ).subquery()
    return Listing(select(*jobs.c), key="job_id", sort=SORTABLE).page(db, None, query)


def debug_analysis_jobs(
    db: Session, sources: Sequence[JobSource], query: Mapping[str, Any]
) -> Page:
    """The same page with all that is known of each job."""
    page = list_analysis_jobs(db, sources, query)
    guids: dict[str, list[UUID]] = defaultdict(list)
    for job in page.rows:
        guids[job.type].append(job.job_id)
    known: dict[UUID, JobDetails] = {}
    for source in sources:
        if source.type in guids:
            known.update(source.details(db, guids[source.type]))
    rows = [DebuggedJob(job, known.get(job.job_id, NO_DETAILS)) for job in page.rows]
    return Page(rows, page.total)

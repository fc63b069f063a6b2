"""The analysis jobs: requests to the image analysis, which other modules store.

Each of those modules adds a source: a select of its requests, and a function that loads the details
of some of them. The jobs of all sources are one list.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any, NamedTuple
from uuid import UUID

from pyramid.config import Configurator
from sqlalchemy import Select, literal, select, union_all

from houston.core.api.listing import Listing, Page
from houston.core.db.session import Session
from houston.core.services import services_of

SORTABLE = ("start", "type")


@dataclass(frozen=True)
class JobDetails:
    """The details of an analysis job: its data, the request that was sent, and the response."""

    model: str | None = None
    asset_guids: Sequence[str] | None = None
    end: datetime | None = None
    result: Any = None
    request: Any = None
    response: Any = None


LoadDetails = Callable[[Session, Sequence[UUID]], Mapping[UUID, JobDetails]]


class JobSource(NamedTuple):
    """The analysis jobs of one type of object.

    Attributes:
        type: The name of the class of the objects.
        statement: The select of `object_guid`, `job_id`, `start` and `active` of all jobs.
        details: The function that loads the details of some jobs by their guids.
    """

    type: str
    statement: Select[Any]
    details: LoadDetails


class JobSources(list[JobSource]):
    """The sources of analysis jobs that the enabled modules add."""


class DebuggedJob(SimpleNamespace):
    """An analysis job, of the columns of a source and the `type`, with its details."""

    def __init__(self, job: Any, details: JobDetails) -> None:
        super().__init__(**job._mapping, **vars(details))


def add_job_source(
    config: Configurator, type: str, statement: Select[Any], details: LoadDetails
) -> None:
    """Add a `JobSource`: `config.add_job_source("Sighting", statement, details)`."""
    sources = services_of(config)[JobSources]
    source = JobSource(type, statement, details)
    config.action(("houston.job_source", type), sources.append, args=(source,))


def debugged_jobs_of(db: Session, source: JobSource, objects: Any) -> list[DebuggedJob]:
    """Return the jobs of some objects, by their guids or a select of them, with their details."""
    jobs = source.statement.add_columns(literal(source.type).label("type")).subquery().c
    own = select(*jobs).where(jobs.object_guid.in_(objects)).order_by(jobs.start, jobs.job_id)
    rows = db.execute(own).all()
    details = source.details(db, [row.job_id for row in rows])
    return [DebuggedJob(row, details[row.job_id]) for row in rows]


def list_analysis_jobs(db: Session, sources: Sequence[JobSource], query: Mapping[str, Any]) -> Page:
    """Return a page of the jobs of all sources."""
    if not sources:
        return Page([], 0)
    jobs = union_all(
        *(source.statement.add_columns(literal(source.type).label("type")) for source in sources)
    ).subquery()
    return Listing(select(*jobs.c), key="job_id", sort=SORTABLE).page(db, None, query)


def debug_analysis_jobs(
    db: Session, sources: Sequence[JobSource], query: Mapping[str, Any]
) -> Page:
    """Return a page of the jobs of all sources with their details."""
    page = list_analysis_jobs(db, sources, query)
    details: dict[UUID, JobDetails] = {}
    for source in sources:
        if guids := [job.job_id for job in page.rows if job.type == source.type]:
            details |= source.details(db, guids)
    rows = [DebuggedJob(job, details.get(job.job_id, JobDetails())) for job in page.rows]
    return Page(rows, page.total)

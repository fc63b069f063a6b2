"""Where analysis jobs come from: the modules that keep them offer them here.

Image analysis is asked for by modules that this one knows nothing of. Each hands in a select of its
requests, and a function that tells all about some of them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from pyramid.config import Configurator
from sqlalchemy import Select

from houston.core.db.session import Session
from houston.core.services import services_of


@dataclass(frozen=True)
class JobDetails:
    """What is stored of an analysis job, what was sent for it, and what came back."""

    model: str | None = None
    asset_guids: Sequence[str] | None = None
    end: datetime | None = None
    result: Any = None
    request: Any = None
    response: Any = None


class JobSource(NamedTuple):
    """The analysis jobs of one type of object.

    `statement` selects the columns `object_guid`, `job_id`, `start` and `active`.
    """

    type: str
    statement: Select[Any]
    details: Callable[[Session, Sequence[UUID]], Mapping[UUID, JobDetails]]


class JobSources(list[JobSource]):
    """The sources of analysis jobs, as the enabled modules have added them."""


def add_job_source(
    config: Configurator,
    type: str,
    statement: Select[Any],
    details: Callable[[Session, Sequence[UUID]], Mapping[UUID, JobDetails]],
) -> None:
    """`config.add_job_source("Sighting", statement, details)`: list these analysis jobs, too.

    `statement` selects `object_guid`, `job_id`, `start` and `active` of all jobs; `details` takes
    some of their guids and answers what is known of each.
    """
    sources = services_of(config)[JobSources]
    source = JobSource(type, statement, details)
    config.action(("houston.job_source", type), sources.append, args=(source,))

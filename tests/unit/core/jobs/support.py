"""A job that records its calls, and helpers for its row."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from pyramid.config import Configurator
from sqlalchemy import update

from houston.core.db.session import Database, Session
from houston.core.db.types import utc_now
from houston.core.jobs import Job, JobContext, Jobs, JobState
from houston.core.jobs.execution import claim_job
from houston.core.services import Services

MakeApplication = Callable[..., Configurator]
MINUTE = timedelta(minutes=1)


class RecordedJob:
    """A job that records its calls, and runs an action of the test."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []
        self.action: Callable[[JobContext], object] = lambda context: None
        self.failures: list[tuple[dict[str, Any], str]] = []
        self.failure_action: Callable[[Session], object] = lambda db: None

    def __call__(self, context: JobContext, **arguments: Any) -> None:
        self.calls.append(arguments)
        self.action(context)

    def on_failure(
        self, services: Services, db: Session, arguments: Mapping[str, Any], error: str
    ) -> None:
        self.failures.append((dict(arguments), error))
        self.failure_action(db)


def fail(context: JobContext) -> None:
    raise ConnectionError("no route\nto host")


def enqueue(services: Services, name: str = "plain", **options: Any) -> UUID:
    """Commit a job, and return its guid."""
    with services[Database].transaction() as db:
        return services[Jobs].enqueue(db, name, **options)


def claim(services: Services, guid: UUID) -> None:
    """Claim a job for a worker of this process, without running it."""
    with services[Database].transaction() as db:
        assert claim_job(db, guid) is not None


def fetch(services: Services, guid: UUID) -> Job:
    with services[Database].reading() as db:
        row: Job = db.get_one(Job, guid)
        return row


def is_done(services: Services, guid: UUID) -> bool:
    return fetch(services, guid).state is JobState.DONE


def change(services: Services, guid: UUID, **values: Any) -> None:
    with services[Database].transaction() as db:
        db.execute(update(Job).where(Job.guid == guid).values(**values))


def expire_lease(services: Services, guid: UUID) -> None:
    change(services, guid, lease_until=utc_now() - MINUTE)


def let_time_pass(services: Services, guid: UUID) -> None:
    """Set the time of a job to now."""
    change(services, guid, run_after=utc_now())

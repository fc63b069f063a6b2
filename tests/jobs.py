"""Background jobs that run only when a test runs them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import select

from houston.core.db.session import Database
from houston.core.db.types import utc_now
from houston.core.jobs import Job, Jobs, JobState
from houston.core.jobs.execution import run
from houston.core.services import Services


class LossyQueue:
    """A queue that loses every message."""

    def put(self, guids: Sequence[UUID], **_options: Any) -> None: ...

    def guids(self) -> set[UUID]:
        return set()

    def stop(self) -> None: ...


@contextmanager
def jobs_waiting(services: Services) -> Iterator[None]:
    """Hold back jobs until `run_due_jobs`."""
    jobs = services[Jobs]
    before, jobs.queue = jobs.queue, LossyQueue()  # type: ignore[assignment]  # a stand-in
    try:
        yield
    finally:
        jobs.queue = before


def run_due_jobs(services: Services) -> int:
    """Run the jobs that are due, and return their number."""
    due = select(Job.guid).where(Job.state == JobState.PENDING, Job.run_after <= utc_now())
    with services[Database].reading() as db:
        guids = db.scalars(due.order_by(Job.run_after)).all()
    for guid in guids:
        run(services, guid)
    return len(guids)

"""The table of background jobs."""

from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, CheckConstraint, Index, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from houston.core.db.meta import Base
from houston.core.db.types import Guid, UtcDateTime, enumeration, utc_now


class JobState(str, Enum):
    """The state of a job; the last three are final."""

    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    __str__ = str.__str__


class Job(Base):
    """A job: it is attempted at most `max_attempts` times, the first time after `run_after`.

    While it runs, `lease_until` is renewed; a lease in the past means that the `worker` is dead.
    `attempts` also identifies the attempt: only the latest one may change the row.
    """

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint("progress BETWEEN 0 AND 100", name="progress_is_percent"),
        Index(None, "state", "run_after"),
    )

    guid: Mapped[UUID] = mapped_column(Guid(), primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(String(100))
    arguments: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    state: Mapped[JobState] = mapped_column(
        enumeration(JobState, "state"), default=JobState.PENDING
    )
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    max_attempts: Mapped[int] = mapped_column(SmallInteger)
    progress: Mapped[int] = mapped_column(SmallInteger, default=0)
    error: Mapped[str | None] = mapped_column(Text)
    # Without a foreign key: core has no users, and a job may outlive its owner.
    owner_guid: Mapped[UUID | None] = mapped_column(Guid())
    run_after: Mapped[datetime] = mapped_column(UtcDateTime(), default=utc_now)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime())
    # The process of the last attempt, as `houston.core.jobs.process` names it.
    worker: Mapped[str | None] = mapped_column(String(100))
    created: Mapped[datetime] = mapped_column(UtcDateTime(), default=utc_now)
    updated: Mapped[datetime] = mapped_column(UtcDateTime(), default=utc_now, onupdate=utc_now)
    started: Mapped[datetime | None] = mapped_column(UtcDateTime())
    finished: Mapped[datetime | None] = mapped_column(UtcDateTime())

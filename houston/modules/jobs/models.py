"""The table of progress."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column, query_expression, relationship

from houston.core.db.models import Base, Identified, Timestamped
from houston.core.db.types import Guid, enumeration, utc_now
from houston.core.values import TextEnum


class ProgressStatus(TextEnum):
    """The status of some work; `completed` and `failed` are final."""

    CREATED = "created"
    HEALTHY = "healthy"
    COMPLETED = "completed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"
    FAILED = "failed"


ACTIVE = frozenset({ProgressStatus.CREATED, ProgressStatus.HEALTHY})
OVER = frozenset({ProgressStatus.COMPLETED, ProgressStatus.SKIPPED, ProgressStatus.CANCELLED})
FINAL = frozenset({ProgressStatus.COMPLETED, ProgressStatus.FAILED})


class Progress(Identified, Timestamped, Base):
    """The progress of some work; with steps, its percentage is the share of them that are over.

    Attributes:
        eta: The estimated time left, in seconds.
        job_guid: The background job that does the work; no foreign key, as jobs are deleted.
        analysis_guid: The job of the image analysis that does the work.
        steps: The progress of the steps, when `services.load_progress` has loaded the row.
        ahead: The number of jobs that are due before its own, likewise.
    """

    __tablename__ = "progress"
    __table_args__ = (
        CheckConstraint("percentage BETWEEN 0 AND 100", name="percentage_is_percent"),
    )

    description: Mapped[str] = mapped_column(String(256))
    percentage: Mapped[int] = mapped_column(SmallInteger, default=0)
    eta: Mapped[float | None]
    job_guid: Mapped[UUID | None] = mapped_column(Guid())
    analysis_guid: Mapped[UUID | None] = mapped_column(Guid())
    message: Mapped[str | None] = mapped_column(Text)
    status: Mapped[ProgressStatus] = mapped_column(
        enumeration(ProgressStatus, "status"), default=ProgressStatus.CREATED
    )
    parent_guid: Mapped[UUID | None] = mapped_column(
        ForeignKey("progress.guid", ondelete="CASCADE"), index=True
    )

    steps: Mapped[list["Progress"]] = relationship(lazy="raise", passive_deletes=True)
    ahead: Mapped[int | None] = query_expression()

    @property
    def complete(self) -> bool:
        """Return whether all of the work is done."""
        return self.status is ProgressStatus.COMPLETED

    def advance(self, percentage: int) -> None:
        """Set the percentage, the status, and the estimate by the speed so far."""
        self.percentage, self.message, self.eta = percentage, None, None
        done = percentage == 100
        self.status = ProgressStatus.COMPLETED if done else ProgressStatus.HEALTHY
        if 0 < percentage < 100:
            elapsed: timedelta = utc_now() - self.created
            self.eta = round(elapsed.total_seconds() * (100 / percentage - 1), 1)

    def begin(self) -> None:
        """Reset all but the description."""
        self.status, self.percentage, self.created = ProgressStatus.CREATED, 0, utc_now()
        self.message, self.eta = None, None

    def end(self, status: ProgressStatus, message: str | None) -> None:
        """End the work before it is complete."""
        self.status, self.message, self.eta = status, message, None

"""The table of progress: how far a piece of work is, as people see it."""

from datetime import timedelta
from enum import Enum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column, query_expression, relationship

from houston.core.db.columns import Identified, Timestamped
from houston.core.db.meta import Base
from houston.core.db.types import Guid, enumeration, utc_now


class ProgressStatus(str, Enum):
    """Where a piece of work stands; from `completed` and `failed` there is no way back."""

    CREATED = "created"
    HEALTHY = "healthy"
    COMPLETED = "completed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"
    FAILED = "failed"

    __str__ = str.__str__


UNDER_WAY = frozenset({ProgressStatus.CREATED, ProgressStatus.HEALTHY})
OVER = frozenset({ProgressStatus.COMPLETED, ProgressStatus.SKIPPED, ProgressStatus.CANCELLED})
FINAL = frozenset({ProgressStatus.COMPLETED, ProgressStatus.FAILED})


class Progress(Identified, Timestamped, Base):
    """How far a piece of work is; work with steps is as far as the share of them that are over.

    `job_guid` is the job of ours that does it, `analysis_guid` that of the image analysis. Neither
    is a foreign key: jobs are forgotten before what they have done.

    `steps` and `ahead`, the number of jobs due before its own, are there when
    `services.load_progress` has read the row.
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
    def skipped(self) -> bool:
        """Whether there was nothing to do."""
        return self.status is ProgressStatus.SKIPPED

    @property
    def cancelled(self) -> bool:
        """Whether it was called off."""
        return self.status is ProgressStatus.CANCELLED

    @property
    def failed(self) -> bool:
        """Whether it ended without success."""
        return self.status is ProgressStatus.FAILED

    @property
    def complete(self) -> bool:
        """Whether all is done."""
        return self.status is ProgressStatus.COMPLETED

    @property
    def idle(self) -> bool:
        """Whether nothing has been done yet."""
        return self.status is ProgressStatus.CREATED

    @property
    def active(self) -> bool:
        """Whether there is something to come."""
        return self.status in UNDER_WAY

    @property
    def inactive(self) -> bool:
        """Whether nothing is to come."""
        return not self.active

    def advance(self, percentage: int) -> None:
        """Be that far, with the status and the expectation that follow from it."""
        self.percentage, self.message = percentage, None
        done = percentage == 100
        self.status = ProgressStatus.COMPLETED if done else ProgressStatus.HEALTHY
        self.eta = self._seconds_left()

    def begin(self) -> None:
        """Be as if new."""
        self.status, self.percentage, self.created = ProgressStatus.CREATED, 0, utc_now()
        self.message, self.eta = None, None

    def end(self, status: ProgressStatus, message: str | None) -> None:
        """Be over without having been done."""
        self.status, self.message, self.eta = status, message, None

    def _seconds_left(self) -> float | None:
        """What the rest takes if it goes on like so far."""
        if not 0 < self.percentage < 100:
            return None
        elapsed: timedelta = utc_now() - self.created
        return round(elapsed.total_seconds() * (100 / self.percentage - 1), 1)

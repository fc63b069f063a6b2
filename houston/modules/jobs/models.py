"""The table of progress: how far a piece of work is, as people see it."""

from enum import Enum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from houston.core.db.columns import Identified, Timestamped
from houston.core.db.meta import Base
from houston.core.db.types import Guid, enumeration


class ProgressStatus(str, Enum):
    """Where a piece of work stands; from `completed` and `failed` there is no way back."""

    CREATED = "created"
    HEALTHY = "healthy"
    COMPLETED = "completed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"
    FAILED = "failed"

    __str__ = str.__str__


class Progress(Identified, Timestamped, Base):
    """How far a piece of work is; work with steps is as far as the share of them that are over.

    `job_guid` is the job of ours that does it, `analysis_guid` that of the image analysis. Neither
    is a foreign key: jobs are forgotten before what they have done.
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

    steps: Mapped[list["Progress"]] = relationship(
        order_by="Progress.created", passive_deletes=True
    )

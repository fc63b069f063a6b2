"""The tables of identification: requests to the image analysis, and the scores of its answers."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, Index, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from houston.core.db.models import Base, Identified
from houston.core.db.types import Guid, UtcDateTime, enumeration, utc_now
from houston.core.values import TextEnum
from houston.modules.annotations.models import Annotation
from houston.modules.jobs.models import Progress
from houston.modules.sightings.models import Sighting


class IdentificationJob(Identified, Base):
    """A request to compare an annotation of a sighting with others, by one algorithm.

    Attributes:
        matching_set: The query of the annotations to compare with; None for the default.
        remote_guid: Its name at the image analysis; each attempt to send it has another one.
        query_content_guid: The name of the annotation there, as it was sent.
        active: Whether it is without an answer.
        started: The time at which identification was requested.
        accepted: The time at which the image analysis accepted it, if it is known to have.
        success: Whether the answer has scores; None while it is active.
        attempts: The number of attempts to send it.
        extern_reference: The reference of the match at the image analysis, for heatmaps.
    """

    __tablename__ = "identification_job"
    __table_args__ = (Index(None, "sighting_guid", "started"),)

    sighting_guid: Mapped[UUID] = mapped_column(ForeignKey("sighting.guid", ondelete="CASCADE"))
    annotation_guid: Mapped[UUID] = mapped_column(
        ForeignKey("annotation.guid", ondelete="CASCADE"), index=True
    )
    algorithm: Mapped[str] = mapped_column(String(255))
    matching_set: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    remote_guid: Mapped[UUID] = mapped_column(Guid(), default=uuid4)
    query_content_guid: Mapped[UUID | None] = mapped_column(Guid())
    active: Mapped[bool] = mapped_column(default=True, index=True)
    started: Mapped[datetime] = mapped_column(UtcDateTime(), default=utc_now)
    accepted: Mapped[datetime | None] = mapped_column(UtcDateTime())
    ended: Mapped[datetime | None] = mapped_column(UtcDateTime())
    success: Mapped[bool | None]
    failure_reason: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    extern_reference: Mapped[str | None] = mapped_column(String(200))
    progress_guid: Mapped[UUID | None] = mapped_column(
        ForeignKey("progress.guid", ondelete="SET NULL"), index=True
    )

    sighting: Mapped[Sighting] = relationship()
    annotation: Mapped[Annotation] = relationship()
    progress: Mapped[Progress | None] = relationship()


class ScoreKind(TextEnum):
    """What a score is of: an annotation, or an individual by its best annotation."""

    ANNOTATION = "annotation"
    INDIVIDUAL = "individual"


class IdentificationScore(Identified, Base):
    """The similarity of a candidate to the annotation of a request; higher is more similar.

    Attributes:
        annotation_guid: The candidate; of an individual, its best annotation.
        content_guid: The name of the candidate at the image analysis, as it was compared.
        rank: The place among the scores of its kind, from 0.
        heatmap_key: The key of the heatmap in the storage, once somebody has asked for it.
    """

    __tablename__ = "identification_score"
    __table_args__ = (Index(None, "job_guid", "kind", "rank", unique=True),)

    job_guid: Mapped[UUID] = mapped_column(
        ForeignKey("identification_job.guid", ondelete="CASCADE")
    )
    annotation_guid: Mapped[UUID] = mapped_column(
        ForeignKey("annotation.guid", ondelete="CASCADE"), index=True
    )
    kind: Mapped[ScoreKind] = mapped_column(enumeration(ScoreKind, "kind"))
    content_guid: Mapped[UUID] = mapped_column(Guid())
    score: Mapped[float]
    rank: Mapped[int]
    heatmap_key: Mapped[str | None] = mapped_column(ForeignKey("stored_file.key"), index=True)

    job: Mapped[IdentificationJob] = relationship()
    annotation: Mapped[Annotation] = relationship()

"""The tables of submissions: a group of assets, and the sightings that it reports."""

from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from houston.core.db.associations import association
from houston.core.db.columns import Audited, Identified, Timestamped
from houston.core.db.meta import Base
from houston.core.db.session import Session
from houston.core.db.types import Guid, UtcDateTime, enumeration
from houston.modules.annotations.models import Annotation
from houston.modules.assets.models import Asset
from houston.modules.jobs.models import Progress
from houston.modules.users.models import User


class UploadType(str, Enum):
    """Whether one sighting was reported by a form, or many by a table."""

    FORM = "form"
    BULK = "bulk"

    __str__ = str.__str__


class Stage(str, Enum):
    """Where a reported sighting stands on its way to be one."""

    UNKNOWN = "unknown"
    PREPARATION = "preparation"
    DETECTION = "detection"
    CURATION = "curation"
    PROCESSED = "processed"
    FAILED = "failed"

    __str__ = str.__str__


MODEL = "speciesDetectionModel"
"""What clients call the detection model that they choose."""

NO_MODEL = "None"
"""What clients choose instead of a detection model, if they do not leave it open."""

asset_group_sighting_asset = association(
    "asset_group_sighting_asset",
    "asset",
    "asset_group_sighting",
    Column("position", Integer, nullable=False),
    at_most_one=True,
)
"""An asset belongs to one reported sighting at most."""

asset_group_sighting_annotation = association(
    "asset_group_sighting_annotation",
    "annotation",
    "asset_group_sighting_encounter",
    at_most_one=True,
    named="encounter",
)
"""An annotation belongs to one reported encounter at most."""


class AssetGroup(Audited, Identified, Timestamped, Base):
    """A submission: files, and what was seen on them.

    `config` is what was asked for, without the sightings. `is_processed` says that each of its
    sightings has been committed.
    """

    __tablename__ = "asset_group"
    __table_args__ = (Index(None, "owner_guid", "is_processed"),)

    owner_guid: Mapped[UUID] = mapped_column(ForeignKey("user.guid"))
    submitter_guid: Mapped[UUID | None] = mapped_column(ForeignKey("user.guid"), index=True)
    upload_type: Mapped[UploadType] = mapped_column(enumeration(UploadType, "upload_type"))
    description: Mapped[str] = mapped_column(String(255), default="")
    config: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    is_processed: Mapped[bool] = mapped_column(default=False)
    progress_preparation_guid: Mapped[UUID | None] = mapped_column(
        ForeignKey("progress.guid", ondelete="SET NULL")
    )
    progress_detection_guid: Mapped[UUID | None] = mapped_column(
        ForeignKey("progress.guid", ondelete="SET NULL")
    )
    progress_identification_guid: Mapped[UUID | None] = mapped_column(
        ForeignKey("progress.guid", ondelete="SET NULL")
    )

    owner: Mapped[User] = relationship(
        foreign_keys=[owner_guid], primaryjoin=owner_guid == User.guid
    )
    submitter: Mapped[User | None] = relationship(
        foreign_keys=[submitter_guid], primaryjoin=submitter_guid == User.guid
    )
    assets: Mapped[list[Asset]] = relationship(order_by=Asset.position, passive_deletes=True)
    asset_group_sightings: Mapped[list["AssetGroupSighting"]] = relationship(
        back_populates="asset_group",
        cascade="all, delete-orphan",
        order_by="AssetGroupSighting.position, AssetGroupSighting.guid",
        passive_deletes=True,
    )
    progress_preparation: Mapped[Progress | None] = relationship(
        foreign_keys=[progress_preparation_guid]
    )
    progress_detection: Mapped[Progress | None] = relationship(
        foreign_keys=[progress_detection_guid]
    )
    progress_identification: Mapped[Progress | None] = relationship(
        foreign_keys=[progress_identification_guid]
    )

    @property
    def models(self) -> list[str]:
        """The detection models that were asked for, or the word that says that none is."""
        return [model for model in self.config.get(MODEL, ()) if model]

    @property
    def model(self) -> str | None:
        """The detection model that was asked for, if any."""
        return next((model for model in self.models if model != NO_MODEL), None)


class AssetGroupSighting(Audited, Identified, Timestamped, Base):
    """A sighting as it was reported, to be curated until it is committed.

    `sighting` has its fields without encounters and assets, which have rows. `updated_assets` are
    those that were turned since they were last looked at by the image analysis.
    """

    __tablename__ = "asset_group_sighting"
    __table_args__ = (Index(None, "stage", "created"),)

    asset_group_guid: Mapped[UUID] = mapped_column(
        ForeignKey("asset_group.guid", ondelete="CASCADE"), index=True
    )
    position: Mapped[int] = mapped_column(default=0)
    stage: Mapped[Stage] = mapped_column(enumeration(Stage, "stage"), default=Stage.UNKNOWN)
    sighting: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    updated_assets: Mapped[list[str]] = mapped_column(JSON, default=list)
    detection_start: Mapped[datetime | None] = mapped_column(UtcDateTime())
    curation_start: Mapped[datetime | None] = mapped_column(UtcDateTime())
    detection_attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    progress_detection_guid: Mapped[UUID | None] = mapped_column(
        ForeignKey("progress.guid", ondelete="SET NULL")
    )
    progress_identification_guid: Mapped[UUID | None] = mapped_column(
        ForeignKey("progress.guid", ondelete="SET NULL")
    )
    sighting_guid: Mapped[UUID | None] = mapped_column(Guid(), index=True)

    asset_group: Mapped[AssetGroup] = relationship(back_populates="asset_group_sightings")
    assets: Mapped[list[Asset]] = relationship(
        secondary=asset_group_sighting_asset, order_by=asset_group_sighting_asset.c.position
    )
    annotations: Mapped[list[Annotation]] = relationship(
        secondary=asset_group_sighting_asset,
        secondaryjoin=asset_group_sighting_asset.c.asset_guid == Annotation.asset_guid,
        order_by=(Annotation.created, Annotation.guid),
        viewonly=True,
    )
    encounters: Mapped[list["AssetGroupSightingEncounter"]] = relationship(
        back_populates="asset_group_sighting",
        cascade="all, delete-orphan",
        order_by="AssetGroupSightingEncounter.position",
        passive_deletes=True,
    )
    detection_jobs: Mapped[list["DetectionJob"]] = relationship(
        cascade="all, delete-orphan", order_by="DetectionJob.created", passive_deletes=True
    )
    progress_detection: Mapped[Progress | None] = relationship(
        foreign_keys=[progress_detection_guid]
    )
    progress_identification: Mapped[Progress | None] = relationship(
        foreign_keys=[progress_identification_guid]
    )

    has_edit = False
    """Whether whoever reads it now may change it."""

    @property
    def told(self) -> dict[str, Any]:
        """What is known of it."""
        return self.sighting

    @property
    def number_annotations(self) -> int:
        """The number of annotations on its assets."""
        return len(self.annotations)

    @property
    def number_encounters(self) -> int:
        """How many animals it has."""
        return len(self.encounters)

    @property
    def config(self) -> dict[str, Any]:
        """All of it as it was, or might have been, submitted."""
        references = [asset.filename for asset in self.assets]
        encounters = [each.config for each in self.encounters]
        sighting = {**self.sighting, "assetReferences": references, "encounters": encounters}
        return {"sighting": sighting, "detections": self.asset_group.config.get(MODEL, [])}


class AssetGroupSightingEncounter(Audited, Identified, Timestamped, Base):
    """One animal of a reported sighting; `encounter` has its fields, the annotations have rows.

    The owner is who shall own the encounter when it is one, if it is not the owner of the group.
    """

    __tablename__ = "asset_group_sighting_encounter"

    asset_group_sighting_guid: Mapped[UUID] = mapped_column(
        ForeignKey("asset_group_sighting.guid", ondelete="CASCADE"), index=True
    )
    owner_guid: Mapped[UUID | None] = mapped_column(ForeignKey("user.guid"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    encounter: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    owner: Mapped[User | None] = relationship(primaryjoin=owner_guid == User.guid)
    asset_group_sighting: Mapped[AssetGroupSighting] = relationship(back_populates="encounters")
    annotations: Mapped[list[Annotation]] = relationship(
        secondary=asset_group_sighting_annotation,
        order_by=(Annotation.created, Annotation.guid),
    )

    @property
    def told(self) -> dict[str, Any]:
        """What is known of it."""
        return self.encounter

    def audited_guid(self, db: Session) -> UUID:
        """The sighting that it is a part of."""
        return self.asset_group_sighting_guid

    @property
    def config(self) -> dict[str, Any]:
        """All of it as it was, or might have been, submitted."""
        annotations = [str(annotation.guid) for annotation in self.annotations]
        return {**self.encounter, "guid": str(self.guid), "annotations": annotations}


class DetectionJob(Identified, Timestamped, Base):
    """A request to the image analysis to find the animals in some assets.

    Its guid is its name there, too. When the pictures of the assets have been sent, `image_guids`
    are their names there, in the same order.
    """

    __tablename__ = "detection_job"

    asset_group_sighting_guid: Mapped[UUID] = mapped_column(
        ForeignKey("asset_group_sighting.guid", ondelete="CASCADE"), index=True
    )
    model: Mapped[str] = mapped_column(String(100))
    active: Mapped[bool] = mapped_column(default=True, index=True)
    asset_guids: Mapped[list[str]] = mapped_column(JSON, default=list)
    image_guids: Mapped[list[str]] = mapped_column(JSON, default=list)
    ended: Mapped[datetime | None] = mapped_column(UtcDateTime())
    result: Mapped[Any | None] = mapped_column(JSON)
    error: Mapped[str | None] = mapped_column(Text)

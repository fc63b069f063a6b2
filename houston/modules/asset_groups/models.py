"""The tables of asset groups, of their sightings and encounters, and of detection jobs."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, MappedColumn, Relationship, mapped_column, relationship, synonym

from houston.core.db.models import Audited, Base, Identified, Timestamped, association
from houston.core.db.session import Session
from houston.core.db.types import Guid, UtcDateTime, enumeration
from houston.core.values import TextEnum
from houston.modules.annotations.models import Annotation
from houston.modules.assets.models import Asset
from houston.modules.jobs.models import Progress
from houston.modules.users.models import User


class UploadType(TextEnum):
    """The kind of upload: a form has one sighting, a bulk upload any number."""

    FORM = "form"
    BULK = "bulk"


class Stage(TextEnum):
    """The stages of an asset group sighting."""

    UNKNOWN = "unknown"
    PREPARATION = "preparation"
    DETECTION = "detection"
    CURATION = "curation"
    PROCESSED = "processed"
    FAILED = "failed"


MODEL = "speciesDetectionModel"
"""The name of the detection models in requests."""

NO_MODEL = "None"
"""The value of clients that choose no detection model."""

asset_group_sighting_asset = association(
    "asset_group_sighting_asset",
    "asset",
    "asset_group_sighting",
    Column("position", Integer, nullable=False),
    at_most_one=True,
)
"""The sighting of an asset, which has at most one."""

asset_group_sighting_annotation = association(
    "asset_group_sighting_annotation",
    "annotation",
    "asset_group_sighting_encounter",
    at_most_one=True,
    named="encounter",
)
"""The encounter of an annotation, which has at most one."""


def _progress_key() -> MappedColumn[Any]:
    return mapped_column(ForeignKey("progress.guid", ondelete="SET NULL"))


def _progress(key: Mapped[Any]) -> Relationship[Any]:
    return relationship(foreign_keys=[key])


class AssetGroup(Audited, Identified, Timestamped, Base):
    """A group of assets that were uploaded together, with the sightings that they show.

    Attributes:
        config: The request that created it, without its sightings.
        is_processed: Whether all of its sightings are committed.
    """

    __tablename__ = "asset_group"
    __table_args__ = (Index(None, "owner_guid", "is_processed"),)

    owner_guid: Mapped[UUID] = mapped_column(ForeignKey("user.guid"))
    submitter_guid: Mapped[UUID | None] = mapped_column(ForeignKey("user.guid"), index=True)
    upload_type: Mapped[UploadType] = mapped_column(enumeration(UploadType, "upload_type"))
    description: Mapped[str] = mapped_column(String(255), default="")
    config: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    is_processed: Mapped[bool] = mapped_column(default=False)
    progress_preparation_guid: Mapped[UUID | None] = _progress_key()
    progress_detection_guid: Mapped[UUID | None] = _progress_key()
    progress_identification_guid: Mapped[UUID | None] = _progress_key()

    owner: Mapped[User] = relationship(
        foreign_keys=[owner_guid], primaryjoin=owner_guid == User.guid, viewonly=True
    )
    submitter: Mapped[User | None] = relationship(
        foreign_keys=[submitter_guid], primaryjoin=submitter_guid == User.guid, viewonly=True
    )
    assets: Mapped[list[Asset]] = relationship(order_by=Asset.position, passive_deletes=True)
    asset_group_sightings: Mapped[list["AssetGroupSighting"]] = relationship(
        back_populates="asset_group",
        cascade="all, delete-orphan",
        order_by="AssetGroupSighting.position, AssetGroupSighting.guid",
        passive_deletes=True,
    )
    progress_preparation: Mapped[Progress | None] = _progress(progress_preparation_guid)
    progress_detection: Mapped[Progress | None] = _progress(progress_detection_guid)
    progress_identification: Mapped[Progress | None] = _progress(progress_identification_guid)

    @property
    def models(self) -> list[str]:
        """The chosen detection models, or `NO_MODEL`."""
        return [model for model in self.config.get(MODEL, ()) if model]

    @property
    def model(self) -> str | None:
        """The chosen detection model, if any."""
        return next((model for model in self.models if model != NO_MODEL), None)


class AssetGroupSighting(Audited, Identified, Timestamped, Base):
    """A sighting in curation, until it is committed.

    Attributes:
        sighting: The fields, except for encounters and assets, which are rows.
        updated_assets: The guids of assets that were rotated since the last detection.
        has_edit: Whether the caller of the present request may change it.
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
    progress_detection_guid: Mapped[UUID | None] = _progress_key()
    progress_identification_guid: Mapped[UUID | None] = _progress_key()
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
    progress_detection: Mapped[Progress | None] = _progress(progress_detection_guid)
    progress_identification: Mapped[Progress | None] = _progress(progress_identification_guid)

    has_edit = False
    details = synonym("sighting")

    @property
    def number_annotations(self) -> int:
        """The number of annotations on its assets."""
        return len(self.annotations)

    @property
    def number_encounters(self) -> int:
        """The number of its encounters."""
        return len(self.encounters)

    @property
    def config(self) -> dict[str, Any]:
        """The sighting as a request that would create it as it is now."""
        references = [asset.filename for asset in self.assets]
        encounters = [each.config for each in self.encounters]
        sighting = {**self.sighting, "assetReferences": references, "encounters": encounters}
        return {"sighting": sighting, "detections": self.asset_group.config.get(MODEL, [])}


class AssetGroupSightingEncounter(Audited, Identified, Timestamped, Base):
    """An encounter of a sighting in curation.

    Attributes:
        owner_guid: The owner of the encounter to be created, if not the owner of the group.
        encounter: The fields, except for annotations, which are rows.
    """

    __tablename__ = "asset_group_sighting_encounter"

    asset_group_sighting_guid: Mapped[UUID] = mapped_column(
        ForeignKey("asset_group_sighting.guid", ondelete="CASCADE"), index=True
    )
    owner_guid: Mapped[UUID | None] = mapped_column(ForeignKey("user.guid"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    encounter: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    owner: Mapped[User | None] = relationship(primaryjoin=owner_guid == User.guid, viewonly=True)
    asset_group_sighting: Mapped[AssetGroupSighting] = relationship(back_populates="encounters")
    annotations: Mapped[list[Annotation]] = relationship(
        secondary=asset_group_sighting_annotation, order_by=(Annotation.created, Annotation.guid)
    )

    details = synonym("encounter")

    def audited_guid(self, db: Session) -> UUID:
        """Return the guid of its sighting, in whose audit log it is."""
        return self.asset_group_sighting_guid

    @property
    def config(self) -> dict[str, Any]:
        """The encounter as a request that would create it as it is now."""
        annotations = [str(annotation.guid) for annotation in self.annotations]
        return {**self.encounter, "guid": str(self.guid), "annotations": annotations}


class DetectionJob(Identified, Timestamped, Base):
    """A request to the image analysis to detect animals in assets; its guid is its name there, too.

    Attributes:
        active: Whether it is without an answer.
        image_guids: The names of the pictures of the assets at the image analysis, in the same
            order, once they are sent.
        accepted: The time at which the image analysis accepted it, if it is known to have.
    """

    __tablename__ = "detection_job"

    asset_group_sighting_guid: Mapped[UUID] = mapped_column(
        ForeignKey("asset_group_sighting.guid", ondelete="CASCADE"), index=True
    )
    model: Mapped[str] = mapped_column(String(100))
    active: Mapped[bool] = mapped_column(default=True, index=True)
    asset_guids: Mapped[list[str]] = mapped_column(JSON, default=list)
    image_guids: Mapped[list[str]] = mapped_column(JSON, default=list)
    accepted: Mapped[datetime | None] = mapped_column(UtcDateTime())
    ended: Mapped[datetime | None] = mapped_column(UtcDateTime())
    result: Mapped[Any | None] = mapped_column(JSON)
    error: Mapped[str | None] = mapped_column(Text)

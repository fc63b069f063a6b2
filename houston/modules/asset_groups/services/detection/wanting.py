"""Whether the image analysis can be asked, what it would look at, and asking for it once more."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import exists, select

from houston.core.db.session import Session
from houston.core.services import Services
from houston.modules.annotations.models import Annotation
from houston.modules.asset_groups.models import (
    AssetGroupSighting,
    DetectionJob,
    asset_group_sighting_asset,
)
from houston.modules.asset_groups.pipeline import Case, Event
from houston.modules.asset_groups.services.happening import happen
from houston.modules.asset_groups.services.locks import lock_sighting
from houston.modules.assets.models import Asset, AssetState
from houston.modules.image_analysis.interface import ImageAnalysis


def obstacle_of(analysis: ImageAnalysis, model: str | None) -> str | None:
    """Why the image analysis cannot be asked to look with this detector; None if it can."""
    if not analysis.analyst.available:
        return analysis.analyst.reason
    if model is not None and model not in analysis.catalogue.detectors:
        return f"detection config {model} not supported"
    return None


def want_detection(
    services: Services, db: Session, sighting: AssetGroupSighting
) -> AssetGroupSighting:
    """Have the animals found once more in the pictures without annotations, and in turned ones.

    Raises Conflict unless the sighting is curated, or waits for an answer that nobody owes.
    """
    lock_sighting(db, sighting)
    model = sighting.asset_group.model
    case = Case(
        db,
        sighting,
        assets=list(_assets_to_look_at(db, sighting)),
        model=model,
        obstacle=obstacle_of(services[ImageAnalysis], model),
        is_awaited=is_awaited(db, sighting),
    )
    happen(services, Event.DETECTION_WANTED, case)
    return sighting


def is_awaited(db: Session, sighting: AssetGroupSighting) -> bool:
    """Whether the image analysis owes an answer about a sighting."""
    owed = exists().where(
        DetectionJob.asset_group_sighting_guid == sighting.guid, DetectionJob.active
    )
    return bool(db.scalar(select(owed)))


def _assets_to_look_at(db: Session, sighting: AssetGroupSighting) -> Sequence[UUID]:
    belonging = asset_group_sighting_asset.c
    annotated = exists().where(Annotation.asset_guid == Asset.guid)
    turned = [UUID(guid) for guid in sighting.updated_assets]
    return db.scalars(
        select(Asset.guid)
        .join(asset_group_sighting_asset, belonging.asset_guid == Asset.guid)
        .where(
            belonging.asset_group_sighting_guid == sighting.guid,
            Asset.state == AssetState.READY,
            Asset.width.is_not(None),
            ~annotated | Asset.guid.in_(turned),
        )
        .order_by(belonging.position)
    ).all()

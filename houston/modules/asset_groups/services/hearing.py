"""What happens to assets and annotations, and what it means for the sightings that have them."""

from sqlalchemy import select

from houston.core.db.session import Session
from houston.core.errors import Conflict
from houston.core.services import Services
from houston.modules.annotations.events import AnnotationCreated
from houston.modules.asset_groups.models import (
    AssetGroupSighting,
    Stage,
    asset_group_sighting_asset,
)
from houston.modules.assets.events import AssetRotated
from houston.modules.assets.models import Asset

WITHOUT_SIGHTING = (
    "cannot create encounter-less annotation on asset that does not have an asset group sighting"
)
NOT_CURATING = (
    "cannot create encounter-less annotation on asset in asset group sighting that is not curating"
)


def refuse_annotation(_services: Services, db: Session, event: AnnotationCreated) -> None:
    """People annotate what is curated; raises Conflict otherwise."""
    annotation = event.annotation
    if annotation.contributor_guid is None:
        return
    sighting = _sighting_of(db, annotation.asset)
    if sighting is None:
        raise Conflict(WITHOUT_SIGHTING)
    if sighting.stage is not Stage.CURATION:
        raise Conflict(NOT_CURATING)


def remember_rotation(_services: Services, db: Session, event: AssetRotated) -> None:
    """The next detection looks at an asset that was turned, whatever it looks at else."""
    sighting = _sighting_of(db, event.asset, lock=True)
    guid = str(event.asset.guid)
    if sighting is not None and guid not in sighting.updated_assets:
        sighting.updated_assets = [*sighting.updated_assets, guid]
        db.flush()


def _sighting_of(db: Session, asset: Asset, *, lock: bool = False) -> AssetGroupSighting | None:
    belonging = asset_group_sighting_asset.c
    found = (
        select(AssetGroupSighting)
        .join(
            asset_group_sighting_asset,
            belonging.asset_group_sighting_guid == AssetGroupSighting.guid,
        )
        .where(belonging.asset_guid == asset.guid)
        .execution_options(populate_existing=True)
    )
    return db.scalar(found.with_for_update(of=AssetGroupSighting) if lock else found)

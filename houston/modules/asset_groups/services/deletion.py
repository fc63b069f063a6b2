"""Deleting submissions and reported sightings, with all that nothing else has."""

from collections.abc import Sequence

from sqlalchemy import delete, exists, select

from houston.core.db.session import Session
from houston.core.events import Events
from houston.core.services import Services
from houston.modules.asset_groups.models import (
    AssetGroup,
    AssetGroupSighting,
    asset_group_sighting_asset,
)
from houston.modules.asset_groups.pipeline.effects import process_group
from houston.modules.asset_groups.services.locks import lock_group
from houston.modules.asset_groups.services.preparation import go_on_if_prepared
from houston.modules.assets.models import Asset
from houston.modules.assets.services import delete_assets
from houston.modules.jobs.models import Progress


def delete_asset_group(services: Services, db: Session, group: AssetGroup) -> None:
    """Delete a submission with its assets, their annotations, and its sightings."""
    lock_group(db, group)
    assets = select(Asset).where(Asset.asset_group_guid == group.guid)
    delete_assets(services[Events], db, db.scalars(assets).all())
    shown = (
        group.progress_preparation_guid,
        group.progress_detection_guid,
        group.progress_identification_guid,
    )
    db.delete(group)
    db.flush()
    db.execute(delete(Progress).where(Progress.guid.in_([guid for guid in shown if guid])))


def delete_sighting(services: Services, db: Session, sighting: AssetGroupSighting) -> None:
    """Delete a reported sighting with its assets; the last one takes its submission along."""
    group = sighting.asset_group
    lock_group(db, group)
    if not _has_siblings(db, sighting):
        delete_asset_group(services, db, group)
        return
    delete_assets(services[Events], db, _assets(db, sighting))
    shown = sighting.progress_detection_guid
    db.delete(sighting)
    db.flush()
    db.execute(delete(Progress).where(Progress.guid == shown))
    # What the others have waited for may have been this one.
    go_on_if_prepared(services, db, group)
    process_group(db, group.guid)


def _has_siblings(db: Session, sighting: AssetGroupSighting) -> bool:
    siblings = exists().where(
        AssetGroupSighting.asset_group_guid == sighting.asset_group_guid,
        AssetGroupSighting.guid != sighting.guid,
    )
    return bool(db.scalar(select(siblings)))


def _assets(db: Session, sighting: AssetGroupSighting) -> Sequence[Asset]:
    belonging = asset_group_sighting_asset.c
    own = select(belonging.asset_guid).where(belonging.asset_group_sighting_guid == sighting.guid)
    return db.scalars(select(Asset).where(Asset.guid.in_(own))).all()

"""Changing and deleting asset groups and their sightings."""

from uuid import UUID

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import with_parent

from houston.core.api.patch import Change
from houston.core.db.session import Session
from houston.core.errors import Unprocessable
from houston.core.events import Events
from houston.core.services import Services
from houston.modules.asset_groups.effects import mark_processed
from houston.modules.asset_groups.models import AssetGroup, AssetGroupSighting
from houston.modules.asset_groups.services.preparation import advance_if_prepared
from houston.modules.asset_groups.services.stages import lock_group
from houston.modules.assets.models import Asset
from houston.modules.assets.services import delete_assets
from houston.modules.jobs.models import Progress
from houston.modules.users.models import User


def update_group(db: Session, group: AssetGroup, change: Change) -> AssetGroup:
    """Change the description or the owner of an asset group.

    Raises:
        Unprocessable: The new owner has no active account.
    """
    values = dict(change.values)
    if "owner" in values:
        _change_owner(db, group, values["owner"])
    group.description = values.get("description", group.description)
    db.flush()
    return group


def delete_asset_group(services: Services, db: Session, group: AssetGroup) -> None:
    """Delete an asset group with its assets, their annotations, and its sightings."""
    lock_group(db, group)
    assets = select(Asset).where(Asset.asset_group_guid == group.guid)
    delete_assets(services[Events], db, db.scalars(assets).all())
    progress = (
        group.progress_preparation_guid,
        group.progress_detection_guid,
        group.progress_identification_guid,
    )
    db.delete(group)
    db.flush()
    db.execute(delete(Progress).where(Progress.guid.in_([guid for guid in progress if guid])))


def delete_sighting(services: Services, db: Session, sighting: AssetGroupSighting) -> None:
    """Delete an asset group sighting with its assets; the last one with its asset group."""
    group = sighting.asset_group
    lock_group(db, group)
    siblings = exists().where(
        AssetGroupSighting.asset_group_guid == group.guid, AssetGroupSighting.guid != sighting.guid
    )
    if not db.scalar(select(siblings)):
        delete_asset_group(services, db, group)
        return
    assets = select(Asset).where(with_parent(sighting, AssetGroupSighting.assets))
    delete_assets(services[Events], db, db.scalars(assets).all())
    progress = sighting.progress_detection_guid
    db.delete(sighting)
    db.flush()
    db.execute(delete(Progress).where(Progress.guid == progress))
    # The other sightings may have waited for assets of this one.
    advance_if_prepared(services, db, group)
    mark_processed(db, group.guid)


def _change_owner(db: Session, group: AssetGroup, guid: UUID) -> None:
    """Change the owner of an asset group and of the assets in it."""
    owner = db.scalar(select(User).where(User.guid == guid, User.is_active))
    if owner is None:
        text = f"Failed to update AssetGroup details. There is no active user {guid}."
        raise Unprocessable(text, messages={"owner": [text]})
    group.owner_guid, group.owner = owner.guid, owner
    in_group = Asset.asset_group_guid == group.guid
    db.execute(update(Asset).where(in_group).values(owner_guid=owner.guid))

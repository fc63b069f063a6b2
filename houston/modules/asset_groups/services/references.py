"""The assets of an asset group sighting, by the names of their files."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import delete, func, insert, select

from houston.core.api.patch import PatchAction
from houston.core.audit import Action, audit
from houston.core.db.session import Session
from houston.core.errors import Unprocessable
from houston.modules.asset_groups.models import AssetGroupSighting, asset_group_sighting_asset
from houston.modules.asset_groups.services.annotations import unassign_all_on
from houston.modules.assets.models import Asset

OF_SIGHTINGS = asset_group_sighting_asset.c


def apply_reference(db: Session, sighting: AssetGroupSighting, action: PatchAction) -> None:
    """Add a file to a sighting, remove one, or replace all.

    Raises:
        Unprocessable: A file is not in the asset group, or in another sighting of it.
    """
    if action.op == "add":
        _add(db, sighting, action.value)
    elif action.op == "remove":
        _remove(db, sighting, action.value)
    else:
        _replace(db, sighting, action.value)
    message = f"{action.op} assetReferences {action.value} of AssetGroupSighting {sighting.guid}"
    audit(db, Action.UPDATE, "AssetGroupSighting", sighting.guid, message=message)
    db.expire(sighting, ["assets"])


def _add(db: Session, sighting: AssetGroupSighting, name: str) -> None:
    guid, owner = _find(db, sighting, name)
    if owner == sighting.guid:
        raise _wrong(f"{name} already in Group for assetGroupSighting {sighting.guid}")
    own = OF_SIGHTINGS.asset_group_sighting_guid == sighting.guid
    last = db.scalar(select(func.max(OF_SIGHTINGS.position)).where(own))
    insert_assets(db, {sighting.guid: [guid]}, 0 if last is None else last + 1)


def _replace(db: Session, sighting: AssetGroupSighting, names: list[str]) -> None:
    wanted = list(dict.fromkeys(_find(db, sighting, name)[0] for name in names))
    own = OF_SIGHTINGS.asset_group_sighting_guid == sighting.guid
    gone = db.scalars(
        select(OF_SIGHTINGS.asset_guid).where(own, OF_SIGHTINGS.asset_guid.not_in(wanted))
    )
    unassign_all_on(db, gone.all())
    db.execute(delete(asset_group_sighting_asset).where(own))
    insert_assets(db, {sighting.guid: wanted})


def _remove(db: Session, sighting: AssetGroupSighting, name: str) -> None:
    guids = db.scalars(
        select(Asset.guid)
        .join(asset_group_sighting_asset, OF_SIGHTINGS.asset_guid == Asset.guid)
        .where(OF_SIGHTINGS.asset_group_sighting_guid == sighting.guid, Asset.filename == name)
    ).all()
    unassign_all_on(db, guids)
    db.execute(delete(asset_group_sighting_asset).where(OF_SIGHTINGS.asset_guid.in_(guids)))


def insert_assets(db: Session, assets: Mapping[UUID, Iterable[UUID]], first: int = 0) -> None:
    """Give assets to sightings, from a position on.

    Args:
        db: The session.
        assets: The guids of the assets in their order, by the guid of the sighting.
        first: The position of the first asset.
    """
    rows = [
        {"asset_group_sighting_guid": sighting, "asset_guid": asset, "position": position}
        for sighting, guids in assets.items()
        for position, asset in enumerate(guids, first)
    ]
    if rows:
        db.execute(insert(asset_group_sighting_asset), rows)


def _find(db: Session, sighting: AssetGroupSighting, name: str) -> tuple[UUID, UUID | None]:
    """The guid of the asset of a file, and that of its sighting, if it is assigned."""
    row = db.execute(
        select(Asset.guid, OF_SIGHTINGS.asset_group_sighting_guid)
        .outerjoin(asset_group_sighting_asset, OF_SIGHTINGS.asset_guid == Asset.guid)
        .where(Asset.asset_group_guid == sighting.asset_group_guid, Asset.filename == name)
        .order_by(Asset.position)
    ).first()
    if row is None:
        raise _wrong(f"{name} not in Group for assetGroupSighting {sighting.guid}")
    guid, owner = row
    if owner not in (None, sighting.guid):
        raise _wrong(f"{name} already in assetGroupSighting {owner}, remove from this first.")
    return guid, owner


def _wrong(text: str) -> Unprocessable:
    return Unprocessable(text, messages={"assetReferences": [text]})

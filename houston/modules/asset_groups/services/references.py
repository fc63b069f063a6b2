"""Which files of a submission belong to a reported sighting."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import delete, func, insert, select

from houston.core.api.patch import PatchAction
from houston.core.audit import Action, audit
from houston.core.db.session import Session
from houston.core.errors import Unprocessable
from houston.modules.asset_groups.models import AssetGroupSighting, asset_group_sighting_asset
from houston.modules.asset_groups.services.annotations import unassign_all_on
from houston.modules.assets.models import Asset

BELONGING = asset_group_sighting_asset.c


class _Found(NamedTuple):
    """A file of the submission, and the sighting that has it."""

    guid: UUID
    sighting_guid: UUID | None


def apply_reference(db: Session, sighting: AssetGroupSighting, action: PatchAction) -> None:
    """Give a sighting a file by its name, take one away, or have just these.

    Raises Unprocessable for a file that the submission does not have, and for another's.
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
    found = _find(db, sighting, name)
    if found.sighting_guid == sighting.guid:
        raise _wrong(f"{name} already in Group for assetGroupSighting {sighting.guid}")
    last = db.scalar(
        select(func.max(BELONGING.position)).where(
            BELONGING.asset_group_sighting_guid == sighting.guid
        )
    )
    _give(db, sighting, found.guid, 0 if last is None else last + 1)


def _replace(db: Session, sighting: AssetGroupSighting, names: list[str]) -> None:
    wanted = list(dict.fromkeys(_find(db, sighting, name).guid for name in names))
    own = BELONGING.asset_group_sighting_guid == sighting.guid
    gone = db.scalars(select(BELONGING.asset_guid).where(own, BELONGING.asset_guid.not_in(wanted)))
    unassign_all_on(db, gone.all())
    db.execute(delete(asset_group_sighting_asset).where(own))
    for position, guid in enumerate(wanted):
        _give(db, sighting, guid, position)


def _remove(db: Session, sighting: AssetGroupSighting, name: str) -> None:
    guids = db.scalars(
        select(Asset.guid)
        .join(asset_group_sighting_asset, BELONGING.asset_guid == Asset.guid)
        .where(BELONGING.asset_group_sighting_guid == sighting.guid, Asset.filename == name)
    ).all()
    unassign_all_on(db, guids)
    db.execute(delete(asset_group_sighting_asset).where(BELONGING.asset_guid.in_(guids)))


def _give(db: Session, sighting: AssetGroupSighting, asset: UUID, position: int) -> None:
    db.execute(
        insert(asset_group_sighting_asset).values(
            asset_guid=asset, asset_group_sighting_guid=sighting.guid, position=position
        )
    )


def _find(db: Session, sighting: AssetGroupSighting, name: str) -> _Found:
    """The file of this name, which is nobody's or this sighting's."""
    row = db.execute(
        select(Asset.guid, BELONGING.asset_group_sighting_guid)
        .outerjoin(asset_group_sighting_asset, BELONGING.asset_guid == Asset.guid)
        .where(Asset.asset_group_guid == sighting.asset_group_guid, Asset.filename == name)
        .order_by(Asset.position)
    ).first()
    if row is None:
        raise _wrong(f"{name} not in Group for assetGroupSighting {sighting.guid}")
    found = _Found(*row)
    if found.sighting_guid not in (None, sighting.guid):
        raise _wrong(
            f"{name} already in assetGroupSighting {found.sighting_guid}, remove from this first."
        )
    return found


def _wrong(text: str) -> Unprocessable:
    return Unprocessable(text, messages={"assetReferences": [text]})

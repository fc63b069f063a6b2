"""Changing assets: their tags, and how their pictures are turned."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from houston.core.api.bulk import BulkAction
from houston.core.api.patch import Change, PatchAction
from houston.core.db.session import Session
from houston.core.errors import Conflict
from houston.core.events import Events
from houston.core.jobs import Jobs
from houston.core.services import Services
from houston.modules.assets.events import AssetRotated
from houston.modules.assets.models import Asset, AssetState
from houston.modules.assets.services.preparation import start_preparation
from houston.modules.keywords.tagging import Tagging


def update_asset(services: Services, db: Session, asset: Asset, change: Change) -> Asset:
    """Change an asset as PATCH asks, all or nothing.

    Raises Conflict for an unknown keyword, and for turning what is no picture.
    """
    tagging = Tagging(db)
    for action in change.actions:
        _apply(services, db, asset, action, tagging)
    tagging.finish()
    return asset


def update_assets(
    services: Services, db: Session, assets: Mapping[UUID, Asset], actions: Sequence[BulkAction]
) -> list[Asset]:
    """Change some assets as one PATCH asks, all or nothing; the asset of each order, in order.

    An action without an asset is a keyword that later ones can name. Raises Conflict as
    `update_asset` does, and for an unknown asset.
    """
    tagging, changed = Tagging(db), []
    for guid, action in actions:
        if guid is None:
            tagging.remember(action)
            continue
        if guid not in assets:
            raise Conflict(f"The provided GUID did not match any known object: {guid}.")
        _apply(services, db, assets[guid], action, tagging)
        changed.append(assets[guid])
    tagging.finish()
    return changed


def rotate(services: Services, db: Session, asset: Asset, angle: int) -> None:
    """Turn the picture of an asset counter-clockwise by some degrees, full turns left out.

    Its annotations are deleted and its smaller copies made anew; the original stays as it is.
    Raises Conflict for what is no picture.
    """
    if asset.width is None or asset.height is None or asset.state is AssetState.DAMAGED:
        raise Conflict("There is no picture that could be turned.")
    if angle % 360 == 0:
        return
    db.refresh(asset, with_for_update=True)  # two turns at once are one after the other
    rotation = (asset.rotation + angle) % 360
    if _lies(rotation) != _lies(asset.rotation):
        asset.width, asset.height = asset.height, asset.width
    asset.rotation, asset.content_guid = rotation, None
    asset.state, asset.version = AssetState.PENDING, asset.version + 1
    asset.images.clear()
    db.flush()
    start_preparation(services[Jobs], db, [asset])
    services[Events].publish(db, AssetRotated(asset))
    db.expire(asset, ["annotations"])


def _apply(
    services: Services, db: Session, asset: Asset, action: PatchAction, tagging: Tagging
) -> None:
    if action.name == "image":
        rotate(services, db, asset, action.value["rotate"]["angle"])
    else:
        tagging.apply(asset.tags, action)


def _lies(rotation: int) -> bool:
    """Whether what was upright lies on its side; any angle in between keeps the canvas."""
    return rotation in (90, 270)

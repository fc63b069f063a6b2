"""The making of the smaller copies of a picture: ordered here, done by a job, ended here.

The order names the `version` of the asset, which each rotation raises. What was made for another
version is thrown away.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from houston.core.events import publish
from houston.core.jobs import enqueue_many
from houston.modules.assets.events import AssetPrepared
from houston.modules.assets.models import Asset, AssetImage, AssetState

PREPARE = "assets.prepare"
GIVEN_UP = "The picture could not be prepared."


def start_preparation(db: Session, assets: Iterable[Asset]) -> None:
    """Have the smaller copies of some pictures made, each by a job of its own.

    A job is told all that it needs, so that it does the slow part without the database.
    """
    orders = (
        {
            "asset": str(asset.guid),
            "version": asset.version,
            "file_key": asset.file_key,
            "rotation": asset.rotation,
        }
        for asset in assets
    )
    enqueue_many(db, PREPARE, orders)


def finish_preparation(db: Session, guid: UUID, version: int, images: Iterable[AssetImage]) -> None:
    """Show an asset with its smaller copies."""
    asset = _awaiting(db, guid, version)
    if asset is not None:
        db.add_all(images)
        _end(db, asset, AssetState.READY)


def set_damaged(db: Session, guid: UUID, version: int, problem: str) -> None:
    """Keep the original of an asset alone, and say why."""
    asset = _awaiting(db, guid, version)
    if asset is not None:
        asset.problem = problem
        _end(db, asset, AssetState.DAMAGED)


def give_up(db: Session, arguments: Mapping[str, Any], _error: str) -> None:
    """An asset whose job has failed for good is as good as damaged."""
    set_damaged(db, UUID(arguments["asset"]), arguments["version"], GIVEN_UP)


def _awaiting(db: Session, guid: UUID, version: int) -> Asset | None:
    """The asset, locked, if it is still there and waits for the copies of this version."""
    waiting = Asset.guid == guid, Asset.version == version, Asset.state == AssetState.PENDING
    return db.scalar(select(Asset).where(*waiting).with_for_update())


def _end(db: Session, asset: Asset, state: AssetState) -> None:
    """Nothing waits for an asset any longer, and whoever does hears of it."""
    asset.state = state
    db.flush()
    publish(db, AssetPrepared(asset))

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
    enqueue_many(
        db,
        PREPARE,
        (
            {
                "asset": str(asset.guid),
                "version": asset.version,
                "file_key": asset.file_key,
                "rotation": asset.rotation,
            }
            for asset in assets
        ),
    )


def awaiting(db: Session, guid: UUID, version: int) -> Asset | None:
    """The asset, locked, if it is still there and waits for the copies of this version."""
    waiting = Asset.guid == guid, Asset.version == version, Asset.state == AssetState.PENDING
    return db.scalar(select(Asset).where(*waiting).with_for_update())


def finish_preparation(db: Session, asset: Asset, images: Iterable[AssetImage]) -> None:
    """Show an asset with its smaller copies, and tell that it is prepared."""
    db.add_all(images)
    asset.state = AssetState.READY
    db.flush()
    publish(db, AssetPrepared(asset))


def set_damaged(db: Session, asset: Asset, problem: str) -> None:
    """Keep the original of an asset alone, say why, and tell that it is prepared."""
    asset.state, asset.problem = AssetState.DAMAGED, problem
    db.flush()
    publish(db, AssetPrepared(asset))


def give_up(db: Session, arguments: Mapping[str, Any], _error: str) -> None:
    """An asset whose job has failed for good is as good as damaged."""
    asset = awaiting(db, UUID(arguments["asset"]), arguments["version"])
    if asset is not None:
        set_damaged(db, asset, GIVEN_UP)

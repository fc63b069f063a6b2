"""The making of the smaller copies of a picture: ordered here, done by a job, ended here.

The order names the `version` of the asset, which each rotation raises. What was made for another
version is thrown away.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from houston.core.db.session import Session
from houston.core.events import Events
from houston.core.jobs import Jobs
from houston.core.services import Services
from houston.modules.assets.events import AssetPrepared
from houston.modules.assets.models import Asset, AssetImage, AssetState

PREPARE = "assets.prepare"
GIVEN_UP = "The picture could not be prepared."


def start_preparation(jobs: Jobs, db: Session, assets: Iterable[Asset]) -> None:
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
    jobs.enqueue_many(db, PREPARE, orders)


def finish_preparation(
    events: Events, db: Session, guid: UUID, version: int, images: Iterable[AssetImage]
) -> None:
    """Show an asset with its smaller copies."""
    asset = _awaiting(db, guid, version)
    if asset is not None:
        db.add_all(images)
        _end(events, db, asset, AssetState.READY)


def set_damaged(events: Events, db: Session, guid: UUID, version: int, problem: str) -> None:
    """Keep the original of an asset alone, and say why."""
    asset = _awaiting(db, guid, version)
    if asset is not None:
        asset.problem = problem
        _end(events, db, asset, AssetState.DAMAGED)


def give_up(services: Services, db: Session, arguments: Mapping[str, Any], _error: str) -> None:
    """An asset whose job has failed for good is as good as damaged."""
    set_damaged(services[Events], db, UUID(arguments["asset"]), arguments["version"], GIVEN_UP)


def _awaiting(db: Session, guid: UUID, version: int) -> Asset | None:
    """The asset, locked, if it is still there and waits for the copies of this version."""
    waiting = Asset.guid == guid, Asset.version == version, Asset.state == AssetState.PENDING
    return db.scalar(select(Asset).where(*waiting).with_for_update())


def _end(events: Events, db: Session, asset: Asset, state: AssetState) -> None:
    """Nothing waits for an asset any longer, and whoever does hears of it."""
    asset.state = state
    db.flush()
    events.publish(db, AssetPrepared(asset))

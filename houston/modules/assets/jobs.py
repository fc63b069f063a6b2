"""The preparation of assets: a job renders the picture of an asset in each format.

A job has the `version` of its asset, which each rotation increments. The result of a job for
another version is discarded.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from houston.core.db.session import Session
from houston.core.events import Events
from houston.core.images import Images
from houston.core.images.values import Rendered, UnusableFile
from houston.core.jobs import JobContext, Jobs, job
from houston.core.services import Services
from houston.core.storage import Storage
from houston.modules.assets.events import AssetPrepared
from houston.modules.assets.models import FORMATS, Asset, AssetImage, AssetState

PREPARE = "assets.prepare"
FAILED = "The picture could not be prepared."


def start_preparation(jobs: Jobs, db: Session, assets: Iterable[Asset]) -> None:
    """Create a job for each of some pictures.

    The arguments of a job are all that rendering needs, so that it takes no time in a transaction.
    """
    arguments = (
        {
            "asset": str(asset.guid),
            "version": asset.version,
            "file_key": asset.file_key,
            "rotation": asset.rotation,
        }
        for asset in assets
    )
    jobs.enqueue_many(db, PREPARE, arguments)


def mark_as_failed(services: Services, db: Session, arguments: Mapping[str, Any], _: str) -> None:
    """Mark the asset of a job without attempts left as damaged."""
    guid, version = UUID(arguments["asset"]), arguments["version"]
    _mark_as_damaged(services[Events], db, guid, version, FAILED)


@job(PREPARE, on_failure=mark_as_failed)
def prepare_asset(
    context: JobContext, asset: str, version: int, file_key: str, rotation: int
) -> None:
    """Render the picture of an asset in each format.

    An asset whose picture cannot be decoded is marked as damaged, without another attempt. One that
    ends too early is shown as far as it goes, and has that as its `problem`.

    Args:
        context: The parts and the session of the job.
        asset: The guid of the asset.
        version: The version of the asset; the result for an older version is discarded.
        file_key: The key of the original.
        rotation: Degrees counter-clockwise.
    """
    services, db, guid = context.services, context.db, UUID(asset)
    try:
        with services[Storage].local(file_key) as path:
            rendered = services[Images].renditions(path, FORMATS, rotation)
    except UnusableFile as error:
        _mark_as_damaged(services[Events], db, guid, version, error.message)
        return
    images = _stored(services[Storage], db, guid, rendered)
    row = _pending(db, guid, version)
    if row is not None:
        db.add_all(images)
        row.problem = rendered.problem
        _finish(services[Events], db, row, AssetState.READY)


def _stored(storage: Storage, db: Session, guid: UUID, rendered: Rendered) -> list[AssetImage]:
    """Store the files of the renditions, and return the rows of their images."""
    renditions = rendered.renditions
    files = storage.put_all(db, [rendition.data for rendition in renditions])
    return [
        AssetImage(
            asset_guid=guid,
            format=rendition.format,
            file_key=file.key,
            width=rendition.width,
            height=rendition.height,
        )
        for rendition, file in zip(renditions, files, strict=True)
    ]


def _mark_as_damaged(events: Events, db: Session, guid: UUID, version: int, problem: str) -> None:
    row = _pending(db, guid, version)
    if row is not None:
        row.problem = problem
        _finish(events, db, row, AssetState.DAMAGED)


def _pending(db: Session, guid: UUID, version: int) -> Asset | None:
    """Return the asset, locked, if it is still pending in this version."""
    pending = Asset.guid == guid, Asset.version == version, Asset.state == AssetState.PENDING
    return db.scalar(select(Asset).where(*pending).with_for_update())


def _finish(events: Events, db: Session, asset: Asset, state: AssetState) -> None:
    asset.state = state
    db.flush()
    events.publish(db, AssetPrepared(asset))

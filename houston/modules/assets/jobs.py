"""The preparation of assets: a job renders the picture of an asset in each format.

A job has the `version` of its asset, which each rotation increments. The result of a job for
another version is discarded.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from houston.core.db.session import Session
from houston.core.events import Events
from houston.core.images import Images
from houston.core.images.values import UnusableFile
from houston.core.jobs import JobContext, Jobs, job
from houston.core.services import Services
from houston.core.storage import Storage
from houston.modules.assets.events import AssetPrepared
from houston.modules.assets.models import FORMATS, Asset, AssetImage, AssetState

PREPARE = "assets.prepare"


def start_preparation(jobs: Jobs, db: Session, assets: Iterable[Asset]) -> list[UUID]:
    """Create a job for each of some pictures, and return their guids.

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
    return jobs.enqueue_many(db, PREPARE, arguments)


def mark_as_failed(services: Services, db: Session, arguments: Mapping[str, Any], _: str) -> None:
    """Mark the asset of a job without attempts left as damaged."""
    guid, version = UUID(arguments["asset"]), arguments["version"]
    _finish(services[Events], db, guid, version, "The picture could not be prepared.")


@job(PREPARE, on_failure=mark_as_failed)
def prepare_asset(
    context: JobContext, asset: str, version: int, file_key: str, rotation: int
) -> None:
    """Render the picture of an asset in each format, rotated counter-clockwise by some degrees.

    An asset whose picture cannot be decoded is marked as damaged, without another attempt. One that
    ends too early is shown as far as it goes, and has that as its `problem`.
    """
    services, db, guid = context.services, context.db, UUID(asset)
    try:
        with services[Storage].local(file_key) as path:
            rendered = services[Images].renditions(path, FORMATS, rotation)
    except UnusableFile as error:
        _finish(services[Events], db, guid, version, error.message)
        return
    renditions = rendered.renditions
    files = services[Storage].put_all(db, [each.data for each in renditions])
    images = [
        AssetImage(asset_guid=guid, format=format, file_key=file.key, width=width, height=height)
        for (format, _, width, height), file in zip(renditions, files, strict=True)
    ]
    _finish(services[Events], db, guid, version, rendered.problem, images)


def _finish(
    events: Events,
    db: Session,
    guid: UUID,
    version: int,
    problem: str | None,
    images: Sequence[AssetImage] = (),
) -> None:
    """Write the result of the preparation, if the asset is still pending in this version.

    Without images the picture is damaged; with images, the problem is one of its file.
    """
    pending = Asset.guid == guid, Asset.version == version, Asset.state == AssetState.PENDING
    asset = db.scalar(select(Asset).where(*pending).with_for_update())
    if asset is None:
        return
    asset.state = AssetState.READY if images else AssetState.DAMAGED
    asset.problem = problem
    db.add_all(images)
    db.flush()
    events.publish(db, AssetPrepared(asset))

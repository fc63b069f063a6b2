"""Asking the image analysis about a sighting: what is to be sent, and what is known afterwards.

Sending takes long, so what it needs is read before it as plain values, and the request is a row
before anything is sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import select, update

from houston.core.db.session import Session
from houston.modules.asset_groups.models import AssetGroupSighting, DetectionJob
from houston.modules.assets.models import Asset, AssetImage
from houston.modules.jobs.services import set_percentage

SHOWN = "master"
"""The format in which the image analysis sees pictures: upright and turned, as people do."""
MIME_TYPE = "image/jpeg"
BEGUN, ACCEPTED = 2, 10


class Picture(NamedTuple):
    """An asset's picture as it is to be sent, and its name at the image analysis if it was."""

    asset: UUID
    version: int
    file_key: str
    content_guid: UUID | None


@dataclass(frozen=True)
class Order:
    """A request to the image analysis that is to be sent."""

    guid: UUID
    sighting_guid: UUID
    model: str
    pictures: list[Picture]


def order_of(db: Session, sighting_guid: UUID, *, attempt: int) -> Order | None:
    """The request about a sighting that is to be sent at this attempt; None when there is none.

    A request that may have been accepted without our hearing of it is sent under another name.
    """
    sighting = db.get(AssetGroupSighting, sighting_guid, with_for_update=True)
    request = db.scalar(
        select(DetectionJob)
        .where(DetectionJob.asset_group_sighting_guid == sighting_guid, DetectionJob.active)
        .order_by(DetectionJob.created.desc())
    )
    if sighting is None or request is None:
        return None
    if attempt > 1:
        request = _renamed(db, sighting, request)
    sighting.detection_attempts = attempt
    set_percentage(db, sighting.progress_detection, BEGUN)
    pictures = _pictures(db, [UUID(guid) for guid in request.asset_guids])
    return Order(request.guid, sighting.guid, request.model, pictures)


def remember_images(db: Session, order: Order, images: Mapping[UUID, UUID]) -> None:
    """Note the names that the image analysis has given to pictures, by asset.

    A picture that was turned since is another one.
    """
    request = db.get(DetectionJob, order.guid)
    if request is None:
        return
    request.asset_guids = [str(picture.asset) for picture in order.pictures]
    request.image_guids = [str(images[picture.asset]) for picture in order.pictures]
    for picture in order.pictures:
        same = Asset.guid == picture.asset, Asset.version == picture.version
        db.execute(update(Asset).where(*same).values(content_guid=images[picture.asset]))


def show_accepted(db: Session, order: Order) -> None:
    """Show that the image analysis is at work."""
    sighting = db.get(AssetGroupSighting, order.sighting_guid)
    if sighting is not None:
        set_percentage(db, sighting.progress_detection, ACCEPTED)


def _renamed(db: Session, sighting: AssetGroupSighting, former: DetectionJob) -> DetectionJob:
    former.active, former.error = False, "sent again under another name"
    request = DetectionJob(
        guid=uuid4(),
        asset_group_sighting_guid=sighting.guid,
        model=former.model,
        asset_guids=former.asset_guids,
    )
    db.add(request)
    db.flush()
    if sighting.progress_detection is not None:
        sighting.progress_detection.analysis_guid = request.guid
    return request


def _pictures(db: Session, guids: list[UUID]) -> list[Picture]:
    """The pictures of those of the assets that can be shown, in their order."""
    rows = db.execute(
        select(Asset.guid, Asset.version, AssetImage.file_key, Asset.content_guid)
        .join(AssetImage, AssetImage.asset_guid == Asset.guid)
        .where(Asset.guid.in_(guids), AssetImage.format == SHOWN)
    )
    found = {row.guid: Picture(*row) for row in rows}
    return [found[guid] for guid in guids if guid in found]

"""Detection: the image analysis finds the animals in the assets of an asset group sighting.

Sending a request takes long, so a job first reads what it sends as plain values, and the request is
a row before it is sent. The first outcome of a request ends it: it is not active afterwards, and
later outcomes are ignored.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import exists, select, update

from houston.core.db.session import Session
from houston.core.db.types import utc_now
from houston.core.events import Events
from houston.core.services import Services
from houston.core.values import UNSTORABLE
from houston.domain.viewpoints import VIEWPOINTS
from houston.modules.annotations.models import Annotation
from houston.modules.annotations.services import create_annotation
from houston.modules.asset_groups.models import (
    AssetGroupSighting,
    DetectionJob,
    Stage,
    asset_group_sighting_asset,
)
from houston.modules.asset_groups.pipeline import Context, Event, add_request
from houston.modules.asset_groups.services.stages import advance, lock, obstacle_of
from houston.modules.assets.models import Asset, AssetImage, AssetState
from houston.modules.image_analysis.interface import Detection, DetectionResult, ImageAnalysis
from houston.modules.jobs.services import set_percentage

FORMAT = "master"
"""The format of the pictures that the image analysis gets: upright and rotated, as people see."""
BEGUN, ACCEPTED = 2, 10
"""The percentages of the progress when a request is read, and when it is accepted."""
MAX_REASON = 500
MAX_CLASS = 255


class Picture(NamedTuple):
    """The picture of an asset to send, and its name at the image analysis if it has one."""

    asset: UUID
    version: int
    file_key: str
    content_guid: UUID | None


class Request(NamedTuple):
    """A request to send to the image analysis."""

    guid: UUID
    sighting_guid: UUID
    model: str
    pictures: list[Picture]


def rerun_detection(
    services: Services, db: Session, sighting: AssetGroupSighting
) -> AssetGroupSighting:
    """Detect again in assets that have no annotations, or were rotated since the last detection.

    Raises:
        Conflict: The sighting is not in curation, or a request is without an answer.
    """
    lock(db, sighting)
    group = sighting.asset_group
    context = Context(
        db,
        sighting,
        assets=_assets_to_detect(db, sighting),
        model=group.model,
        obstacle=obstacle_of(services[ImageAnalysis], group.model),
        is_awaited=_is_awaited(db, sighting),
    )
    advance(services, db, group, Event.DETECTION_REQUESTED, [context])
    return sighting


def request_of(db: Session, sighting_guid: UUID, *, attempt: int) -> Request | None:
    """Return the active request of a sighting, to be sent; None if there is none.

    The image analysis may have accepted an earlier attempt, so each has a guid of its own.
    """
    sighting = db.get(AssetGroupSighting, sighting_guid, with_for_update=True)
    row = db.scalar(
        select(DetectionJob)
        .where(DetectionJob.asset_group_sighting_guid == sighting_guid, DetectionJob.active)
        .order_by(DetectionJob.created.desc())
    )
    if sighting is None or row is None:
        return None
    if attempt > 1:
        row.active, row.error = False, "sent again under another name"
        row = add_request(db, sighting, row.model, row.asset_guids)
    sighting.detection_attempts = attempt
    set_percentage(db, sighting.progress_detection, BEGUN)
    guids = [UUID(guid) for guid in row.asset_guids]
    found = db.execute(
        select(Asset.guid, Asset.version, AssetImage.file_key, Asset.content_guid)
        .join(AssetImage, AssetImage.asset_guid == Asset.guid)
        .where(Asset.guid.in_(guids), AssetImage.format == FORMAT)
    )
    pictures = {each.guid: Picture(*each) for each in found}
    in_order = [pictures[guid] for guid in guids if guid in pictures]
    return Request(row.guid, sighting.guid, row.model, in_order)


def save_images(db: Session, request: Request, images: Mapping[UUID, UUID]) -> None:
    """Save the names that the image analysis has given to pictures, by asset.

    An asset that was rotated meanwhile has another picture, which has no name yet.
    """
    row = db.get(DetectionJob, request.guid)
    if row is None:
        return
    row.asset_guids = [str(picture.asset) for picture in request.pictures]
    row.image_guids = [str(images[picture.asset]) for picture in request.pictures]
    for picture in request.pictures:
        same = Asset.guid == picture.asset, Asset.version == picture.version
        db.execute(update(Asset).where(*same).values(content_guid=images[picture.asset]))


def show_accepted(db: Session, request: Request) -> None:
    """Show in the progress that the image analysis has accepted a request."""
    sighting = db.get(AssetGroupSighting, request.sighting_guid)
    if sighting is not None:
        set_percentage(db, sighting.progress_detection, ACCEPTED)


def active_requests(db: Session, *, older_than: timedelta | None = None) -> Sequence[UUID]:
    """Return the guids of the requests without an answer, or only of the older ones."""
    active = select(DetectionJob.guid).where(DetectionJob.active)
    if older_than is not None:
        active = active.where(DetectionJob.created < utc_now() - older_than)
    return db.scalars(active).all()


def images_of(db: Session, guid: UUID) -> list[UUID]:
    """Return the pictures of an active request in their order, each once."""
    row = db.get(DetectionJob, guid)
    if row is None or not row.active:
        return []
    return list(dict.fromkeys(UUID(image) for image in row.image_guids))


def apply_result(services: Services, db: Session, guid: UUID, result: DetectionResult) -> None:
    """Create the annotations that the image analysis has found, and advance the sighting."""
    found = _lock_request(db, guid)
    if found is None:
        return
    sighting, row = found
    annotations = [
        str(create_annotation(services[Events], db, asset, **_annotation(detection, scale)).guid)
        for asset, image, scale in _unchanged_assets(db, row)
        for detection in result.by_image.get(image, ())
    ]
    row.active, row.ended = False, utc_now()
    row.result = {"annotations": annotations}
    db.flush()
    if sighting.stage is Stage.DETECTION:
        context = Context(db, sighting, is_awaited=_is_awaited(db, sighting))
        advance(services, db, sighting.asset_group, Event.DETECTED, [context])


def fail_request(services: Services, db: Session, guid: UUID, reason: str) -> None:
    """End a request without an answer, and advance the sighting."""
    found = _lock_request(db, guid)
    if found is not None:
        _fail(services, db, found[0], reason)


def fail_detection(services: Services, db: Session, sighting_guid: UUID, reason: str) -> None:
    """End all requests of a sighting without an answer, and advance it."""
    sighting = db.get(AssetGroupSighting, sighting_guid, with_for_update=True)
    if sighting is not None:
        _fail(services, db, sighting, reason)


def _fail(services: Services, db: Session, sighting: AssetGroupSighting, reason: str) -> None:
    reason = UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", reason)[:MAX_REASON]
    own = DetectionJob.asset_group_sighting_guid == sighting.guid, DetectionJob.active
    db.execute(update(DetectionJob).where(*own).values(active=False, ended=utc_now(), error=reason))
    if sighting.stage is Stage.DETECTION:
        context = Context(db, sighting, reason=reason)
        advance(services, db, sighting.asset_group, Event.DETECTION_FAILED, [context])


def _is_awaited(db: Session, sighting: AssetGroupSighting) -> bool:
    """Return whether a request of a sighting is without an answer."""
    active = DetectionJob.asset_group_sighting_guid == sighting.guid, DetectionJob.active
    return bool(db.scalar(select(exists().where(*active))))


def _assets_to_detect(db: Session, sighting: AssetGroupSighting) -> list[UUID]:
    of_sightings = asset_group_sighting_asset.c
    annotated = exists().where(Annotation.asset_guid == Asset.guid)
    rotated = [UUID(guid) for guid in sighting.updated_assets]
    wanted = (
        select(Asset.guid)
        .join(asset_group_sighting_asset)
        .where(
            of_sightings.asset_group_sighting_guid == sighting.guid,
            Asset.state == AssetState.READY,
            Asset.width.is_not(None),
            ~annotated | Asset.guid.in_(rotated),
        )
    )
    return list(db.scalars(wanted.order_by(of_sightings.position)))


def _lock_request(db: Session, guid: UUID) -> tuple[AssetGroupSighting, DetectionJob] | None:
    """Lock the sighting of a request; None if the request is not active."""
    sighting = db.scalar(
        select(AssetGroupSighting)
        .join(AssetGroupSighting.detection_jobs)
        .where(DetectionJob.guid == guid)
        .with_for_update(of=AssetGroupSighting)
        .execution_options(populate_existing=True)
    )
    row = db.get(DetectionJob, guid, populate_existing=True)
    if sighting is None or row is None or not row.active:
        return None
    return sighting, row


def _unchanged_assets(db: Session, row: DetectionJob) -> Iterator[tuple[Asset, UUID, float]]:
    """Yield each asset that still has the picture that was sent, its name there, and the scale."""
    sent = dict(zip(map(UUID, row.asset_guids), map(UUID, row.image_guids), strict=False))
    rows = db.execute(
        select(Asset, AssetImage.width)
        .join(AssetImage, AssetImage.asset_guid == Asset.guid)
        .where(Asset.guid.in_(sent), AssetImage.format == FORMAT)
        .order_by(Asset.position)
    ).all()
    for asset, width in rows:
        if asset.content_guid == sent[asset.guid] and asset.width is not None:
            yield asset, asset.content_guid, asset.width / width


def _annotation(detection: Detection, scale: float) -> dict[str, Any]:
    """Return the values of the annotation of a detection, in pixels of the asset."""
    rect = [round(number * scale) for number in detection.rect]
    return {
        "ia_class": detection.ia_class[:MAX_CLASS],
        "viewpoint": detection.viewpoint if detection.viewpoint in VIEWPOINTS else "unknown",
        "bounds": {"rect": rect, "theta": detection.theta},
        "content_guid": detection.content_guid,
    }

"""The jobs of asset group sightings: detection, and commits without curation.

Sending a request for detection takes long, so its job first reads what it sends as plain values,
and the request is a row before it is sent. The first outcome of a request ends it: it is not active
afterwards, and later outcomes are ignored.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select, update

from houston.core.db.session import Session
from houston.core.db.types import utc_now
from houston.core.errors import ApiError
from houston.core.events import Events
from houston.core.jobs import JobContext, Jobs, job
from houston.core.services import Services
from houston.core.settings import Settings
from houston.core.storage import Storage
from houston.core.values import storable
from houston.domain.viewpoints import VIEWPOINTS
from houston.modules.annotations.services import create_annotation
from houston.modules.asset_groups.models import AssetGroupSighting, DetectionJob, Stage
from houston.modules.asset_groups.pipeline import (
    COLLECT,
    COMMIT,
    DETECT,
    Context,
    Event,
    add_request,
)
from houston.modules.asset_groups.services.stages import advance, commit_sighting, is_awaited
from houston.modules.assets.models import Asset, AssetImage
from houston.modules.image_analysis.interface import (
    Detection,
    DetectionResult,
    ImageAnalysis,
    Pending,
    Refused,
    reason_of,
)
from houston.modules.jobs.services import set_percentage

logger = logging.getLogger(__name__)

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
    model: str
    pictures: list[Picture]


def give_up(services: Services, db: Session, arguments: Mapping[str, Any], error: str) -> None:
    """Show that detection has failed after the last attempt to send its request."""
    sighting = db.get(AssetGroupSighting, UUID(arguments["sighting"]), with_for_update=True)
    if sighting is not None:
        _fail(services, db, sighting, reason_of(error))


@job(DETECT, max_attempts=10, on_failure=give_up)
def detect(context: JobContext, sighting: str) -> None:
    """Send the pictures of a sighting, and then the request, to the image analysis.

    No transaction is open while they are sent.
    """
    db, services = context.db, context.services
    request = _request_of(db, UUID(sighting), attempt=context.claim.attempt)
    context.set_progress(10)
    if request is None:
        return
    path = f"/api/v1/asset_groups/sighting/{sighting}/sage_detected/{request.guid}"
    try:
        images = send_pictures(services, request.pictures)
        _save_images(db, request, images)
        context.set_progress(90)
        names = list(dict.fromkeys(images.values()))
        callback = services[Settings]["houston.base_url"] + path
        services[ImageAnalysis].analyst.detect(request.guid, request.model, names, callback)
    except Refused as error:
        _fail_request(services, db, request.guid, str(error))
    else:
        _note_acceptance(db, request.guid)


@job(COLLECT)
def collect(context: JobContext, request: str) -> None:
    """Collect the answer of the image analysis to a request, and advance the sighting."""
    guid = UUID(request)
    row = context.db.get(DetectionJob, guid)
    # Several assets may have the same picture.
    names = dict.fromkeys(row.image_guids) if row is not None and row.active else ()
    images = [UUID(name) for name in names]
    context.set_progress(10)
    if not images:
        return
    try:
        result = context.services[ImageAnalysis].analyst.detection_result(guid, images)
    except Refused as error:
        # One that is not known to be accepted is sent again under another name.
        if row is not None and row.accepted is not None:
            _fail_request(context.services, context.db, guid, str(error))
        return
    if not isinstance(result, Pending):
        _apply_result(context.services, context.db, guid, result)


@job("asset_groups.poll", every=300.0)
def poll(context: JobContext) -> None:
    """Collect all missing answers, as callbacks get lost, and end requests that are too old."""
    db, patience = context.db, context.services[ImageAnalysis].patience
    active = select(DetectionJob.guid).where(DetectionJob.active)
    old = active.where(DetectionJob.created < utc_now() - patience)
    for guid in db.scalars(old).all():
        _fail_request(context.services, db, guid, f"No answer came within {patience}.")
    accepted = active.where(DetectionJob.accepted.is_not(None))
    requests = ({"request": str(guid)} for guid in db.scalars(accepted).all())
    context.services[Jobs].enqueue_many(db, COLLECT, requests)


@job(COMMIT)
def commit(context: JobContext, sighting: str) -> None:
    """Commit a sighting without assets, which needs no curation; an invalid one stays."""
    row = context.db.get(AssetGroupSighting, UUID(sighting))
    if row is None:
        return
    try:
        with context.db.begin_nested():
            commit_sighting(context.services, context.db, row)
    except ApiError as error:
        logger.warning("sighting %s was not committed by its job: %s", sighting, error)


def _request_of(db: Session, sighting_guid: UUID, *, attempt: int) -> Request | None:
    """Return the active request of a sighting, to be sent; None if there is none."""
    sighting = db.get(AssetGroupSighting, sighting_guid, with_for_update=True)
    row = db.scalar(
        select(DetectionJob)
        .where(DetectionJob.asset_group_sighting_guid == sighting_guid, DetectionJob.active)
        .order_by(DetectionJob.created.desc())
    )
    if sighting is None or row is None:
        return None
    if attempt > 1:
        # The image analysis may have accepted the earlier attempt.
        row.active, row.error = False, "sent again under another name"
        row = add_request(db, sighting, row.model, row.asset_guids)
    sighting.detection_attempts = attempt
    set_percentage(db, sighting.progress_detection, BEGUN)
    guids = [UUID(guid) for guid in row.asset_guids]
    rows = db.execute(
        select(Asset.guid, Asset.version, AssetImage.file_key, Asset.content_guid)
        .join(AssetImage, AssetImage.asset_guid == Asset.guid)
        .where(Asset.guid.in_(guids), AssetImage.format == FORMAT)
    )
    found = {each.guid: Picture(*each) for each in rows}
    return Request(row.guid, row.model, [found[guid] for guid in guids if guid in found])


def send_pictures(services: Services, pictures: Sequence[Picture]) -> dict[UUID, UUID]:
    """Send the pictures that the image analysis does not have, and return its names by asset."""
    analyst = services[ImageAnalysis].analyst
    known = [picture.content_guid for picture in pictures if picture.content_guid]
    missing = analyst.missing_images(known) if known else set()
    names: dict[UUID, UUID] = {}
    for picture in pictures:
        name = picture.content_guid
        if name is None or name in missing:
            with services[Storage].open(picture.file_key) as file:
                name = analyst.add_image(file, "image/jpeg")
        names[picture.asset] = name
    return names


def _save_images(db: Session, request: Request, images: Mapping[UUID, UUID]) -> None:
    """Save the names that the image analysis has given to pictures, by asset."""
    row = db.get(DetectionJob, request.guid)
    if row is None:
        return
    row.asset_guids = [str(picture.asset) for picture in request.pictures]
    row.image_guids = [str(images[picture.asset]) for picture in request.pictures]
    save_names(db, request.pictures, images)


def _note_acceptance(db: Session, guid: UUID) -> None:
    """Note that the image analysis has accepted a request."""
    found = _lock_request(db, guid)
    if found is not None:
        sighting, row = found
        row.accepted = utc_now()
        set_percentage(db, sighting.progress_detection, ACCEPTED)


def save_names(db: Session, pictures: Sequence[Picture], names: Mapping[UUID, UUID]) -> None:
    """Save the names of pictures at the image analysis, by asset."""
    for picture in pictures:
        # An asset that was rotated meanwhile has another picture, which has no name yet.
        same = Asset.guid == picture.asset, Asset.version == picture.version
        db.execute(update(Asset).where(*same).values(content_guid=names[picture.asset]))


def _apply_result(services: Services, db: Session, guid: UUID, result: DetectionResult) -> None:
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
        context = Context(db, sighting, is_awaited=is_awaited(db, sighting))
        advance(services, db, sighting.asset_group, Event.DETECTED, [context])


def _fail_request(services: Services, db: Session, guid: UUID, reason: str) -> None:
    """End a request without an answer, and advance the sighting."""
    found = _lock_request(db, guid)
    if found is not None:
        _fail(services, db, found[0], reason)


def _fail(services: Services, db: Session, sighting: AssetGroupSighting, reason: str) -> None:
    """End all requests of a sighting without an answer, and advance it."""
    reason = storable(reason)[:MAX_REASON]
    own = DetectionJob.asset_group_sighting_guid == sighting.guid, DetectionJob.active
    db.execute(update(DetectionJob).where(*own).values(active=False, ended=utc_now(), error=reason))
    if sighting.stage is Stage.DETECTION:
        context = Context(db, sighting, reason=reason)
        advance(services, db, sighting.asset_group, Event.DETECTION_FAILED, [context])


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

"""What goes on with reported sightings after the answer."""

import logging
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from houston.core.db.session import Session
from houston.core.errors import ApiError
from houston.core.jobs import JobContext, Jobs, job
from houston.core.services import Services
from houston.core.settings import Settings
from houston.core.storage import Storage
from houston.modules.asset_groups.models import AssetGroupSighting
from houston.modules.asset_groups.services import commit_sighting, detection
from houston.modules.asset_groups.services.errands import COLLECT, COMMIT, DETECT
from houston.modules.image_analysis.interface import ImageAnalysis, Pending, Refused, Unreachable

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 10
BACKOFF_SECONDS = 10.0
POLL_SECONDS = 300.0
NOT_ASKED = "The image analysis could not be asked."


def give_up(services: Services, db: Session, arguments: Mapping[str, Any], error: str) -> None:
    """The image analysis did not take a request, however often it was asked.

    People are told what it says itself, and of our own errors nothing.
    """
    kind, _, reason = error.partition(": ")
    told = reason if kind == Unreachable.__name__ else NOT_ASKED
    detection.give_up(services, db, UUID(arguments["sighting"]), told)


@job(DETECT, max_attempts=MAX_ATTEMPTS, backoff=BACKOFF_SECONDS, on_failure=give_up)
def detect(context: JobContext, sighting: str) -> None:
    """Ask the image analysis about a sighting, after it has been shown the pictures.

    Of the database nothing is held while it takes its time.
    """
    order = detection.order_of(context.db, UUID(sighting), attempt=context.claim.attempt)
    context.set_progress(10)
    if order is None:
        return
    analyst = _analysis(context).analyst
    try:
        images = _show_pictures(context, order)
        detection.remember_images(context.db, order, images)
        context.set_progress(90)
        names = list(dict.fromkeys(images.values()))
        analyst.detect(order.guid, order.model, names, _callback(context, order))
    except Refused as error:
        detection.end_request(context.services, context.db, order.guid, str(error))
    else:
        detection.show_accepted(context.db, order)


@job(COLLECT)
def collect(context: JobContext, request: str) -> None:
    """Fetch what the image analysis says to a request, and let the sighting go on."""
    guid = UUID(request)
    images = detection.images_of(context.db, guid)
    context.set_progress(10)
    if not images:
        return
    try:
        result = _analysis(context).analyst.detection_result(guid, images)
    except Refused as error:
        detection.end_request(context.services, context.db, guid, str(error))
        return
    if not isinstance(result, Pending):
        detection.apply_result(context.services, context.db, guid, result)


@job("asset_groups.poll", every=POLL_SECONDS)
def poll(context: JobContext) -> None:
    """Ask for all answers that are still to come, since calls get lost; end what takes too long."""
    patience = _analysis(context).patience
    for guid in detection.overdue_requests(context.db, patience):
        detection.end_request(
            context.services, context.db, guid, f"No answer came within {patience}."
        )
    waiting = detection.waiting_requests(context.db)
    context.services[Jobs].enqueue_many(
        context.db, COLLECT, ({"request": str(guid)} for guid in waiting)
    )


@job(COMMIT)
def commit(context: JobContext, sighting: str) -> None:
    """Commit a sighting without assets, as nobody will curate it; one that is unfit stays."""
    row = context.db.get(AssetGroupSighting, UUID(sighting))
    if row is None:
        return
    try:
        with context.db.begin_nested():
            commit_sighting(context.services, context.db, row)
    except ApiError as error:
        logger.warning("sighting %s was not committed by itself: %s", sighting, error)


def _show_pictures(context: JobContext, order: detection.Order) -> dict[UUID, UUID]:
    """Show the image analysis the pictures that it has not seen; its names for all, by asset."""
    storage = context.services[Storage]
    analyst = _analysis(context).analyst
    known = [picture.content_guid for picture in order.pictures if picture.content_guid]
    forgotten = analyst.missing_images(known) if known else set()
    names: dict[UUID, UUID] = {}
    for picture in order.pictures:
        name = picture.content_guid
        if name is None or name in forgotten:
            with storage.open(picture.file_key) as file:
                name = analyst.add_image(file, detection.MIME_TYPE)
        names[picture.asset] = name
    return names


def _callback(context: JobContext, order: detection.Order) -> str:
    base: str = context.services[Settings]["houston.base_url"]
    path = f"/api/v1/asset_groups/sighting/{order.sighting_guid}/sage_detected/{order.guid}"
    return base + path


def _analysis(context: JobContext) -> ImageAnalysis:
    return context.services[ImageAnalysis]

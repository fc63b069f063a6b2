"""The jobs of asset group sightings: detection, and commits without curation."""

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
from houston.modules.asset_groups.pipeline import COLLECT, COMMIT, DETECT
from houston.modules.asset_groups.services import detection
from houston.modules.asset_groups.services.stages import commit_sighting
from houston.modules.image_analysis.interface import ImageAnalysis, Pending, Refused, Unreachable

logger = logging.getLogger(__name__)

POLL_SECONDS = 300.0
NOT_SENT = "The image analysis could not be asked."


def give_up(services: Services, db: Session, arguments: Mapping[str, Any], error: str) -> None:
    """Show that detection has failed after the last attempt to send its request."""
    # People see the messages of the image analysis, but not those of errors of this program.
    kind, _, message = error.partition(": ")
    reason = message if kind == Unreachable.__name__ else NOT_SENT
    detection.fail_detection(services, db, UUID(arguments["sighting"]), reason)


@job(DETECT, max_attempts=10, on_failure=give_up)
def detect(context: JobContext, sighting: str) -> None:
    """Send the pictures of a sighting, and then the request, to the image analysis.

    No transaction is open while they are sent.
    """
    request = detection.request_of(context.db, UUID(sighting), attempt=context.claim.attempt)
    context.set_progress(10)
    if request is None:
        return
    path = f"/api/v1/asset_groups/sighting/{request.sighting_guid}/sage_detected/{request.guid}"
    callback = context.services[Settings]["houston.base_url"] + path
    try:
        images = _send_pictures(context, request)
        detection.save_images(context.db, request, images)
        context.set_progress(90)
        names = list(dict.fromkeys(images.values()))
        analyst = context.services[ImageAnalysis].analyst
        analyst.detect(request.guid, request.model, names, callback)
    except Refused as error:
        detection.fail_request(context.services, context.db, request.guid, str(error))
    else:
        detection.show_accepted(context.db, request)


@job(COLLECT)
def collect(context: JobContext, request: str) -> None:
    """Collect the answer of the image analysis to a request, and advance the sighting."""
    guid = UUID(request)
    images = detection.images_of(context.db, guid)
    context.set_progress(10)
    if not images:
        return
    try:
        result = context.services[ImageAnalysis].analyst.detection_result(guid, images)
    except Refused as error:
        detection.fail_request(context.services, context.db, guid, str(error))
        return
    if not isinstance(result, Pending):
        detection.apply_result(context.services, context.db, guid, result)


@job("asset_groups.poll", every=POLL_SECONDS)
def poll(context: JobContext) -> None:
    """Collect all missing answers, as callbacks get lost, and end requests that are too old."""
    patience = context.services[ImageAnalysis].patience
    for guid in detection.active_requests(context.db, older_than=patience):
        reason = f"No answer came within {patience}."
        detection.fail_request(context.services, context.db, guid, reason)
    requests = ({"request": str(guid)} for guid in detection.active_requests(context.db))
    context.services[Jobs].enqueue_many(context.db, COLLECT, requests)


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


def _send_pictures(context: JobContext, request: detection.Request) -> dict[UUID, UUID]:
    """Send the pictures that the image analysis does not have, and return its names by asset."""
    storage = context.services[Storage]
    analyst = context.services[ImageAnalysis].analyst
    known = [picture.content_guid for picture in request.pictures if picture.content_guid]
    missing = analyst.missing_images(known) if known else set()
    names: dict[UUID, UUID] = {}
    for picture in request.pictures:
        name = picture.content_guid
        if name is None or name in missing:
            with storage.open(picture.file_key) as file:
                name = analyst.add_image(file, "image/jpeg")
        names[picture.asset] = name
    return names

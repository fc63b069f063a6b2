"""What becomes of a request to the image analysis: an answer, a refusal, or silence.

Each is heard once: whoever comes second finds that the request is not active any more.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from houston.core.db.session import Session
from houston.core.db.types import utc_now
from houston.core.events import Events
from houston.core.jobs import Jobs
from houston.core.services import Services
from houston.core.values import UNSTORABLE
from houston.domain.viewpoints import VIEWPOINTS
from houston.modules.annotations.services import create_annotation
from houston.modules.asset_groups.models import AssetGroupSighting, DetectionJob, Stage
from houston.modules.asset_groups.pipeline import Case, Event
from houston.modules.asset_groups.services.detection.requests import SHOWN
from houston.modules.asset_groups.services.detection.wanting import is_awaited
from houston.modules.asset_groups.services.errands import COLLECT
from houston.modules.asset_groups.services.happening import happen
from houston.modules.assets.models import Asset, AssetImage
from houston.modules.image_analysis.interface import Detection, DetectionResult

UNKNOWN = "unknown"
LONGEST_REASON = 500
LONGEST_CLASS = 255


def waiting_requests(db: Session) -> Sequence[UUID]:
    """The requests that wait for an answer."""
    return db.scalars(select(DetectionJob.guid).where(DetectionJob.active)).all()


def overdue_requests(db: Session, patience: timedelta) -> Sequence[UUID]:
    """The requests that have waited longer than that."""
    overdue = DetectionJob.active, DetectionJob.created < utc_now() - patience
    return db.scalars(select(DetectionJob.guid).where(*overdue)).all()


def fetch_answer(jobs: Jobs, db: Session, request: DetectionJob) -> UUID:
    """Have the answer to a request fetched; the guid of the job that does it."""
    return jobs.enqueue(db, COLLECT, {"request": str(request.guid)})


def images_of(db: Session, guid: UUID) -> list[UUID]:
    """The pictures that an unanswered request is about, each once and in their order."""
    request = db.get(DetectionJob, guid)
    if request is None or not request.active:
        return []
    return list(dict.fromkeys(UUID(image) for image in request.image_guids))


def apply_result(services: Services, db: Session, guid: UUID, result: DetectionResult) -> None:
    """Draw what was found, and let the sighting go on."""
    found = _locked(db, guid)
    if found is None:
        return
    sighting, request = found
    annotations = [
        str(create_annotation(services[Events], db, asset, **_drawn(detection, scale)).guid)
        for asset, image, scale in _assets(db, request)
        for detection in result.by_image.get(image, ())
    ]
    request.active, request.ended = False, utc_now()
    request.result = {"annotations": annotations}
    db.flush()
    if sighting.stage is Stage.DETECTION:
        happen(services, Event.DETECTED, Case(db, sighting, is_awaited=is_awaited(db, sighting)))


def end_request(services: Services, db: Session, guid: UUID, reason: str) -> None:
    """Expect no answer any more, and let the sighting go on without."""
    found = _locked(db, guid)
    if found is not None:
        _fail(services, db, found[0], reason)


def give_up(services: Services, db: Session, sighting_guid: UUID, reason: str) -> None:
    """Ask no more about a sighting, and let it go on without an answer."""
    sighting = db.get(AssetGroupSighting, sighting_guid, with_for_update=True)
    if sighting is not None:
        _fail(services, db, sighting, reason)


def _fail(services: Services, db: Session, sighting: AssetGroupSighting, reason: str) -> None:
    reason = UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", reason)[:LONGEST_REASON]
    own = DetectionJob.asset_group_sighting_guid == sighting.guid, DetectionJob.active
    db.execute(update(DetectionJob).where(*own).values(active=False, ended=utc_now(), error=reason))
    if sighting.stage is Stage.DETECTION:
        happen(services, Event.DETECTION_FAILED, Case(db, sighting, reason=reason))


def _locked(db: Session, guid: UUID) -> tuple[AssetGroupSighting, DetectionJob] | None:
    """The sighting and the request, if that still waits for its answer."""
    about = select(DetectionJob.asset_group_sighting_guid).where(DetectionJob.guid == guid)
    sighting = db.scalar(
        select(AssetGroupSighting)
        .where(AssetGroupSighting.guid.in_(about))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    request = db.get(DetectionJob, guid, populate_existing=True)
    if sighting is None or request is None or not request.active:
        return None
    return sighting, request


def _assets(db: Session, request: DetectionJob) -> Iterator[tuple[Asset, UUID, float]]:
    """The assets that still look as they did, with the name and the scale of what was sent."""
    sent = dict(zip(map(UUID, request.asset_guids), map(UUID, request.image_guids), strict=False))
    rows = db.execute(
        select(Asset, AssetImage.width)
        .join(AssetImage, AssetImage.asset_guid == Asset.guid)
        .where(Asset.guid.in_(sent), AssetImage.format == SHOWN)
        .order_by(Asset.position)
    ).all()
    for asset, width in rows:
        if asset.content_guid == sent[asset.guid] and asset.width is not None:
            yield asset, asset.content_guid, asset.width / width


def _drawn(detection: Detection, scale: float) -> dict[str, Any]:
    """An annotation as it is to be drawn."""
    viewpoint = detection.viewpoint if detection.viewpoint in VIEWPOINTS else UNKNOWN
    rect = [round(number * scale) for number in detection.rect]
    return {
        "ia_class": detection.ia_class[:LONGEST_CLASS],
        "viewpoint": viewpoint,
        "bounds": {"rect": rect, "theta": detection.theta},
        "content_guid": detection.content_guid,
    }

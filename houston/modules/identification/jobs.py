"""The jobs of identification: they send requests to the image analysis, and collect its answers.

Sending a request takes long, so its job first reads what it sends as plain values. The image
analysis gets the pictures and boxes that it does not have: those of the annotation to compare, and
some of the candidates, so that a set which it has never seen is complete after a few requests.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import and_, exists, insert, select, update

from houston.core.db.session import Session
from houston.core.db.types import utc_now
from houston.core.errors import BadRequest
from houston.core.jobs import JobContext, Jobs, job
from houston.core.services import Services
from houston.core.settings import Settings
from houston.modules.annotations.models import Annotation
from houston.modules.asset_groups.jobs import (
    ACCEPTED,
    BEGUN,
    FORMAT,
    Picture,
    save_names,
    send_pictures,
)
from houston.modules.assets.models import Asset, AssetImage
from houston.modules.identification.models import (
    IdentificationJob,
    IdentificationScore,
    ScoreKind,
)
from houston.modules.identification.services import matching
from houston.modules.identification.services.requests import (
    COLLECT,
    NOTHING_TO_COMPARE,
    SEND,
    end_if_idle,
    fail_request,
    locked,
    skip_request,
    succeed,
)
from houston.modules.image_analysis.interface import (
    Box,
    Candidate,
    IdentificationRequest,
    IdentificationResult,
    ImageAnalysis,
    Pending,
    Refused,
    Score,
    reason_of,
)
from houston.modules.jobs.services import set_percentage
from houston.modules.sightings.models import Encounter, Sighting, SightingStage

MAX_SENT = 100
"""The candidates that a request sends to the image analysis."""
MAX_SCORES = 500
"""The scores of each kind that are stored, the best ones."""


class Animal(NamedTuple):
    """An annotation with its picture, and their names at the image analysis if they have any.

    `scale` is the size of the picture that is sent in relation to the picture of the asset; it is
    None where there is none to send.
    """

    guid: UUID
    updated: Any
    ia_class: str
    bounds: Mapping[str, Any]
    content_guid: UUID | None
    individual_guid: UUID | None
    picture: Picture
    scale: float | None

    @property
    def can_be_sent(self) -> bool:
        """Return whether there is a picture to send."""
        return self.scale is not None

    def box(self, image: UUID) -> Box:
        """Return its box in a picture that the image analysis has."""
        assert self.scale is not None
        left, top, width, height = (round(each * self.scale) for each in self.bounds["rect"])
        rect = (left, top, max(width, 1), max(height, 1))
        return Box(image, self.ia_class, rect, self.bounds["theta"], self.individual_guid)


class Request(NamedTuple):
    """A request to send to the image analysis."""

    row: UUID
    remote: UUID
    algorithm: str
    path: str
    subject: Animal
    candidates: Sequence[Animal]


def give_up(services: Services, db: Session, arguments: Mapping[str, Any], error: str) -> None:
    """Show that a comparison has failed after the last attempt to send its request."""
    row = locked(db, UUID(arguments["request"]))
    if row is not None:
        fail_request(db, row, reason_of(error))


@job(SEND, max_attempts=10, on_failure=give_up)
def send(context: JobContext, request: str) -> None:
    """Send the animals of a request that the image analysis does not know, and then the request.

    No transaction is open while they are sent.
    """
    attempt = context.claim.attempt
    found = _read(context.db, UUID(request), attempt)
    context.set_progress(10)
    if found is None:
        return
    analyst = context.services[ImageAnalysis].analyst
    try:
        names = _send_animals(context, found, are_lost=attempt > 1)
        subject = names.get(found.subject.guid)
        if subject is None:
            raise Refused("The annotation has no picture that can be compared.")
        candidates = [
            Candidate(names[animal.guid], animal.individual_guid)
            for animal in found.candidates
            if names.get(animal.guid, subject) != subject
        ]
        _name_query(context.db, found.row, subject)
        context.set_progress(90)
        if not candidates:
            raise Refused(NOTHING_TO_COMPARE)
        callback = context.services[Settings]["houston.base_url"] + found.path
        body = IdentificationRequest(found.algorithm, subject, candidates, callback)
        analyst.identify(found.remote, body)
    except Refused as error:
        row = locked(context.db, found.row)
        if row is not None:
            fail_request(context.db, row, str(error))
    else:
        row = locked(context.db, found.row)
        if row is not None:
            row.accepted = utc_now()
            set_percentage(context.db, row.progress, ACCEPTED)


@job(COLLECT)
def collect(context: JobContext, request: str) -> None:
    """Collect the answer of the image analysis to a request."""
    db, guid = context.db, UUID(request)
    row = db.get(IdentificationJob, guid)
    if row is None or not row.active or row.query_content_guid is None:
        return
    remote, query = row.remote_guid, row.query_content_guid
    context.set_progress(10)
    try:
        result = context.services[ImageAnalysis].analyst.identification_result(remote, query)
    except Refused as error:
        row = locked(db, guid)
        # What it is not known to have accepted is sent again, and may have a name that it lacks.
        if row is not None and row.accepted is not None:
            fail_request(db, row, str(error))
        return
    if not isinstance(result, Pending):
        _apply(db, guid, result)


@job("identification.poll", every=300.0)
def poll(context: JobContext) -> None:
    """Collect all missing answers, and end requests that are too old.

    Callbacks get lost, and the requests of an annotation are deleted with it.
    """
    db, patience = context.db, context.services[ImageAnalysis].patience
    active = select(IdentificationJob.guid).where(IdentificationJob.active)
    old = active.where(IdentificationJob.started < utc_now() - patience)
    for guid in db.scalars(old).all():
        row = locked(db, guid)
        if row is not None:
            fail_request(db, row, f"No answer came within {patience}.")
    accepted = active.where(IdentificationJob.accepted.is_not(None))
    requests = [{"request": str(guid)} for guid in db.scalars(accepted).all()]
    context.services[Jobs].enqueue_many(db, COLLECT, requests)
    has_active = exists().where(
        IdentificationJob.sighting_guid == Sighting.guid, IdentificationJob.active
    )
    idle = select(Sighting).where(Sighting.stage == SightingStage.IDENTIFICATION, ~has_active)
    for sighting in db.scalars(idle.with_for_update()).all():
        end_if_idle(db, sighting)


def _read(db: Session, guid: UUID, attempt: int) -> Request | None:
    """Return an active request, to be sent; None if it is ended, or there is nothing to compare."""
    row = locked(db, guid)
    if row is None:
        return None
    row.attempts = attempt
    if attempt > 1:
        # The image analysis may have accepted the earlier attempt.
        row.remote_guid = uuid4()
    if row.progress is not None:
        row.progress.analysis_guid = row.remote_guid
    db.flush()
    set_percentage(db, row.progress, BEGUN)
    try:
        subject = matching.subject_of(db, row.annotation_guid)
        within = matching.condition_in(subject, row.matching_set)
    except BadRequest as error:
        fail_request(db, row, error.message)
        return None
    candidates = [_animal(each) for each in db.execute(matching.newest(ANIMALS.where(within)))]
    if not candidates:
        skip_request(db, row, NOTHING_TO_COMPARE)
        return None
    own = db.execute(ANIMALS.where(Annotation.guid == row.annotation_guid)).one()
    path = f"/api/v1/sightings/{row.sighting_guid}/sage_identified/{row.guid}"
    return Request(row.guid, row.remote_guid, row.algorithm, path, _animal(own), candidates)


ANIMALS = matching.joined(
    Annotation.guid,
    Annotation.updated,
    Annotation.ia_class,
    Annotation.bounds,
    Annotation.content_guid,
    Encounter.individual_guid,
    Asset.guid.label("asset"),
    Asset.version,
    AssetImage.file_key,
    Asset.content_guid.label("image"),
    AssetImage.width,
    Asset.width.label("whole_width"),
).outerjoin(AssetImage, and_(AssetImage.asset_guid == Asset.guid, AssetImage.format == FORMAT))


def _animal(row: Any) -> Animal:
    picture = Picture(row.asset, row.version, row.file_key, row.image)
    scale = row.width / row.whole_width if row.width and row.whole_width else None
    return Animal(
        row.guid,
        row.updated,
        row.ia_class,
        row.bounds,
        row.content_guid,
        row.individual_guid,
        picture,
        scale,
    )


def _send_animals(context: JobContext, request: Request, *, are_lost: bool) -> dict[UUID, UUID]:
    """Send animals that the image analysis does not know, and return the names of all by guid.

    Args:
        are_lost: Whether the image analysis may have lost candidates: it did not take the request.
    """
    analyst = context.services[ImageAnalysis].analyst
    animals = [request.subject, *request.candidates]
    names = {each.guid: each.content_guid for each in animals if each.content_guid}
    doubtful = animals if are_lost else animals[:1]
    asked = list(dict.fromkeys(names[each.guid] for each in doubtful if each.guid in names))
    missing = analyst.missing_annotations(asked) if asked else set()
    names = {guid: name for guid, name in names.items() if name not in missing}
    new = [each for each in animals if each.guid not in names and each.can_be_sent]
    new = new[: MAX_SENT + 1]
    if not new:
        return names
    pictures = list({each.picture.asset: each.picture for each in new}.values())
    images = send_pictures(context.services, pictures)
    sent = analyst.add_annotations([each.box(images[each.picture.asset]) for each in new])
    save_names(context.db, pictures, images)
    for each, name in zip(new, sent, strict=True):
        # One that was changed meanwhile has another box, which has no name yet.
        same = Annotation.guid == each.guid, Annotation.updated == each.updated
        context.db.execute(update(Annotation).where(*same).values(content_guid=name))
    return names | dict(zip((each.guid for each in new), sent, strict=True))


def _name_query(db: Session, guid: UUID, name: UUID) -> None:
    own = IdentificationJob.guid == guid
    db.execute(update(IdentificationJob).where(own).values(query_content_guid=name))


def _apply(db: Session, guid: UUID, result: IdentificationResult) -> None:
    """Store the scores of a request, and end it."""
    row = locked(db, guid)
    if row is None:
        return
    row.extern_reference = result.extern_reference
    kinds = {
        ScoreKind.ANNOTATION: result.by_annotation[:MAX_SCORES],
        ScoreKind.INDIVIDUAL: result.by_name[:MAX_SCORES],
    }
    candidates = _candidates(db, row, [each for scores in kinds.values() for each in scores])
    scores = [
        {
            "job_guid": guid,
            "annotation_guid": candidates[each.content_guid],
            "kind": kind,
            "content_guid": each.content_guid,
            "score": each.score,
            "rank": rank,
        }
        for kind, found in kinds.items()
        for rank, each in enumerate(found)
        if each.content_guid in candidates
    ]
    if scores:
        db.execute(insert(IdentificationScore), scores)
    succeed(db, row)


def _candidates(
    db: Session, row: IdentificationJob, scores: Sequence[Score]
) -> Mapping[UUID, UUID]:
    """Return the annotation of each name in some scores; of several, the first with an encounter.

    Annotations with equal boxes in equal pictures have one name.
    """
    names = {each.content_guid for each in scores}
    subject = matching.subject_of(db, row.annotation_guid)
    found = (
        select(Annotation.content_guid, Annotation.guid)
        .where(Annotation.content_guid.in_(names), Annotation.guid != subject.guid)
        .where(Annotation.encounter_guid.is_distinct_from(subject.encounter_guid))
        .order_by(Annotation.encounter_guid.is_(None), Annotation.created, Annotation.guid)
    )
    annotations: dict[Any, UUID] = {}
    for name, guid in db.execute(found):
        annotations.setdefault(name, guid)
    return annotations

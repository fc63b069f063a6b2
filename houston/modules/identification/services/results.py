"""The results of a sighting: the scores of its annotations, and what is known of the candidates."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from houston.core.db.session import Session
from houston.core.errors import NotFound
from houston.core.values import TextEnum
from houston.domain.observations import observed_time
from houston.modules.annotations.models import Annotation
from houston.modules.assets.models import Asset, picture_address
from houston.modules.identification.models import (
    IdentificationJob,
    IdentificationScore,
    ScoreKind,
)
from houston.modules.identification.services.matching import FIELDS
from houston.modules.individuals.models import FIRST_NAME, Individual, Name
from houston.modules.sightings.models import Encounter, Sighting

HEATMAPS = "/api/v1/annotations/sage-heatmaps/src"
BATCH = 1000
"""The guids of a statement: a database takes a limited number of parameters."""


class ResultStatus(TextEnum):
    """The state of the comparison of an annotation."""

    NOT_RUN = "not_run"
    PENDING = "pending"
    FAILED = "failed"
    COMPLETE = "complete"


@dataclass(frozen=True)
class ScoredCandidate:
    """The score of a candidate."""

    guid: UUID
    score: float
    id_finish_time: str | None
    heatmap_src: str | None


@dataclass(frozen=True)
class AlgorithmResult:
    """The scores by one algorithm, the best first."""

    scores_by_annotation: list[ScoredCandidate] = field(default_factory=list)
    scores_by_individual: list[ScoredCandidate] = field(default_factory=list)


@dataclass(frozen=True)
class QueryAnnotation:
    """An annotation of the sighting, with its scores by algorithm if there are any."""

    guid: UUID
    status: ResultStatus
    individual_guid: UUID | None
    failure_reason: str | None
    algorithms: Mapping[str, AlgorithmResult]


@dataclass(frozen=True)
class Results:
    """The results of a sighting."""

    query_annotations: Sequence[QueryAnnotation]
    annotation_data: Mapping[str, SimpleNamespace]
    individual_data: Mapping[str, SimpleNamespace]


def results_of(db: Session, sighting: Sighting, base_url: str) -> Results:
    """Return the results of a sighting, each annotation by the last request of each algorithm.

    Args:
        base_url: The address of the server, for the addresses of pictures.
    """
    queries = _annotations(db, Encounter.sighting_guid == sighting.guid)
    requests = _last_requests(db, sighting.guid)
    complete = [row.guid for each in requests.values() for row in each if row.success]
    scores = _scores(db, complete)
    own = {annotation.guid for annotation, _ in queries}
    wanted = {each.annotation_guid for found in scores.values() for each in found} - own
    candidates = [
        each for batch in _batches(wanted) for each in _annotations(db, Annotation.guid.in_(batch))
    ]
    shown = [*queries, *candidates]
    individuals = {encounter.individual_guid for _, encounter in shown} - {None}
    names = _names(db, individuals)
    reason = getattr(sighting.progress_identification, "message", None)
    return Results(
        [
            _query(annotation, encounter, requests[annotation.guid], scores, reason)
            for annotation, encounter in queries
        ],
        {
            str(annotation.guid): _annotation_data(sighting, annotation, encounter, names, base_url)
            for annotation, encounter in shown
        },
        _individual_data(db, individuals, names, base_url),
    )


def asset_of(db: Session, sighting: Sighting, annotation: Annotation) -> Asset:
    """Return the asset of an annotation of a sighting, or of a candidate in its results.

    Raises:
        NotFound: The annotation is none of them.
    """
    own = select(Encounter.guid).where(Encounter.sighting_guid == sighting.guid)
    scored = (
        select(IdentificationScore.annotation_guid)
        .join(IdentificationScore.job)
        .where(IdentificationJob.sighting_guid == sighting.guid)
    )
    shown = or_(Annotation.encounter_guid.in_(own), Annotation.guid.in_(scored))
    asset = db.scalar(
        select(Asset)
        .join(Annotation, Annotation.asset_guid == Asset.guid)
        .where(Annotation.guid == annotation.guid, shown)
    )
    if asset is None:
        raise NotFound("Annotation not found in the ID results for this Sighting.")
    return asset


def _annotations(db: Session, condition: Any) -> list[tuple[Annotation, Encounter]]:
    """Return the annotations of a condition that have an encounter, in their order."""
    found = (
        select(Annotation, Encounter)
        .join(Encounter, Encounter.guid == Annotation.encounter_guid)
        .where(condition)
        .options(joinedload(Annotation.asset), joinedload(Encounter.sighting))
        .order_by(Annotation.created, Annotation.guid)
    )
    return [(row[0], row[1]) for row in db.execute(found)]


def _last_requests(db: Session, sighting: UUID) -> Mapping[UUID, Sequence[IdentificationJob]]:
    """Return the last request of each algorithm by annotation, the last one first."""
    found = (
        select(IdentificationJob)
        .where(IdentificationJob.sighting_guid == sighting)
        .order_by(IdentificationJob.started.desc(), IdentificationJob.guid)
    )
    requests: dict[UUID, dict[str, IdentificationJob]] = defaultdict(dict)
    for row in db.scalars(found):
        requests[row.annotation_guid].setdefault(row.algorithm, row)
    return defaultdict(list, {guid: list(each.values()) for guid, each in requests.items()})


def _scores(db: Session, requests: Sequence[UUID]) -> Mapping[UUID, Sequence[IdentificationScore]]:
    """Return the scores of requests by their guids, the best first."""
    scores = defaultdict[UUID, list[IdentificationScore]](list)
    for batch in _batches(requests):
        found = select(IdentificationScore).where(IdentificationScore.job_guid.in_(batch))
        for row in db.scalars(found.order_by(IdentificationScore.rank)):
            scores[row.job_guid].append(row)
    return scores


def _query(
    annotation: Annotation,
    encounter: Encounter,
    requests: Sequence[IdentificationJob],
    scores: Mapping[UUID, Sequence[IdentificationScore]],
    reason: str | None,
) -> QueryAnnotation:
    """Return an annotation with its scores; the reason is that of a sighting without requests."""
    status, failure = ResultStatus.NOT_RUN, reason
    if requests:
        status, failure = _status(requests), requests[0].failure_reason
    is_complete = status is ResultStatus.COMPLETE
    return QueryAnnotation(
        guid=annotation.guid,
        status=status,
        individual_guid=encounter.individual_guid,
        failure_reason=None if is_complete else failure,
        algorithms={
            row.algorithm: _algorithm(row, scores.get(row.guid, ()))
            for row in requests
            if is_complete and row.success
        },
    )


def _status(requests: Sequence[IdentificationJob]) -> ResultStatus:
    if any(row.active for row in requests):
        return ResultStatus.PENDING
    return ResultStatus.COMPLETE if any(row.success for row in requests) else ResultStatus.FAILED


def _algorithm(
    request: IdentificationJob, scores: Iterable[IdentificationScore]
) -> AlgorithmResult:
    result = AlgorithmResult()
    lists = {
        ScoreKind.ANNOTATION: result.scores_by_annotation,
        ScoreKind.INDIVIDUAL: result.scores_by_individual,
    }
    ended = request.ended.strftime("%Y-%m-%d %H:%M:%S") if request.ended else None
    for row in scores:
        heatmap = f"{HEATMAPS}/{row.guid}" if request.extern_reference else None
        lists[row.kind].append(ScoredCandidate(row.annotation_guid, row.score, ended, heatmap))
    return result


def _annotation_data(
    sighting: Sighting,
    annotation: Annotation,
    encounter: Encounter,
    names: Mapping[UUID, Sequence[Name]],
    base_url: str,
) -> SimpleNamespace:
    observed = encounter if encounter.time else encounter.sighting
    moment = observed_time(observed)
    known = names.get(encounter.individual_guid, ()) if encounter.individual_guid else ()
    first = (name.value for name in known if name.context == FIRST_NAME)
    path = f"/api/v1/sightings/{sighting.guid}/annotations/src/{annotation.guid}"
    return SimpleNamespace(
        guid=annotation.guid,
        ia_class=annotation.ia_class,
        viewpoint=annotation.viewpoint,
        bounds=annotation.bounds,
        asset_src=annotation.asset_src,
        asset_filename=annotation.asset.filename,
        asset_dimensions=annotation.asset.dimensions,
        image_url=base_url + path,
        encounter_guid=encounter.guid,
        encounter_location=encounter.location_guid or encounter.sighting.location_guid,
        individual_guid=encounter.individual_guid,
        individual_first_name=next(first, None),
        sighting_guid=encounter.sighting_guid,
        sighting_time=moment.time if moment else None,
        sighting_time_specificity=observed.time_specificity,
    )


def _names(db: Session, individuals: Collection[Any]) -> Mapping[UUID, Sequence[Name]]:
    names = defaultdict[UUID, list[Name]](list)
    for batch in _batches(individuals):
        found = select(Name).where(Name.individual_guid.in_(batch))
        for name in db.scalars(found.order_by(Name.created, Name.guid)):
            names[name.individual_guid].append(name)
    return names


def _individual_data(
    db: Session,
    individuals: Collection[Any],
    names: Mapping[UUID, Sequence[Name]],
    base_url: str,
) -> dict[str, SimpleNamespace]:
    found: dict[str, SimpleNamespace] = {}
    for batch in _batches(individuals):
        last_seen = (
            select(Individual.guid, Individual.featured_asset_guid, func.max(FIELDS["time"]))
            .join(Individual.encounters)
            .join(Encounter.sighting)
            .where(Individual.guid.in_(batch))
            .group_by(Individual.guid, Individual.featured_asset_guid)
        )
        for guid, featured, last in db.execute(last_seen):
            image = base_url + picture_address(featured) if featured else None
            found[str(guid)] = SimpleNamespace(
                names=names.get(guid, ()), last_seen=last, image=image
            )
    return found


def _batches(guids: Collection[Any]) -> Iterable[Sequence[UUID]]:
    ordered = sorted(guids)
    return (ordered[start : start + BATCH] for start in range(0, len(ordered), BATCH))

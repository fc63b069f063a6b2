"""The services of requests: they begin and end the identification of sightings.

A request compares one annotation by one algorithm. It is a row before a job sends it. The first
outcome of a request ends it: it is not active afterwards, and later outcomes are ignored. When no
request of a sighting is active, its identification has ended.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, exists, select

from houston.core.db.models import lock
from houston.core.db.session import Session
from houston.core.db.types import utc_now
from houston.core.errors import BadRequest
from houston.core.jobs import Jobs
from houston.core.services import Services
from houston.core.values import storable
from houston.modules.annotations.models import Annotation
from houston.modules.asset_groups.services.checks import SIGHTING, Checker, Place
from houston.modules.identification.models import IdentificationJob
from houston.modules.identification.services import matching
from houston.modules.image_analysis.interface import ImageAnalysis
from houston.modules.jobs.models import ACTIVE, Progress, ProgressStatus
from houston.modules.jobs.services import (
    begin_again,
    cancel,
    complete,
    create_progress,
    fail,
    skip,
    sum_up,
)
from houston.modules.sightings.events import IdentificationDue
from houston.modules.sightings.models import Encounter, Sighting, SightingStage
from houston.modules.sightings.services.identification import (
    begin_identification,
    end_identification,
)

SEND, COLLECT = "identification.send", "identification.collect"
"""The names of the jobs."""
MAX_REASON = 500
NOTHING_TO_COMPARE = "There is nothing to compare the annotation with."
NOT_COMPARED = {ProgressStatus.SKIPPED, ProgressStatus.CANCELLED}
NOTHING_COMPARED = "There is nothing to compare the annotations of the sighting with."

Configs = Sequence[Mapping[str, Any]]


def identify_sighting(services: Services, db: Session, event: IdentificationDue) -> None:
    """Request the comparison of all annotations of a sighting, as it is configured."""
    sighting = event.sighting
    annotations = db.scalars(
        select(Annotation.guid)
        .join(Encounter, Encounter.guid == Annotation.encounter_guid)
        .where(Encounter.sighting_guid == sighting.guid)
        .order_by(Annotation.created, Annotation.guid)
    ).all()
    request_comparisons(services, db, sighting, annotations, sighting.id_configs)


def rerun(services: Services, db: Session, sighting: Sighting, configs: Configs) -> Sighting:
    """Identify the animals of a sighting again; without configurations, by those that it has.

    A comparison that is without an answer is not requested again.

    Raises:
        Unprocessable: An algorithm is unknown.
        BadRequest: The query of a matching set is not valid.
    """
    lock(db, sighting)
    if configs:
        check_configs(services, db, configs)
        sighting.id_configs = [dict(config) for config in configs]
    if not is_active(db, sighting.guid):
        _reset_progress(db, sighting)
    begin_identification(services, db, sighting)
    return sighting


def identify_annotation(
    services: Services, db: Session, annotation: Annotation, config: Mapping[str, Any]
) -> int:
    """Request the comparison of one annotation, and return the number of requests.

    Args:
        config: The members that replace those of the configurations of its sighting.

    Raises:
        Unprocessable: An algorithm is unknown.
        BadRequest: The annotation has no encounter, or the query is not valid.
    """
    subject = matching.subject_of(db, annotation.guid)
    if subject.sighting_guid is None:
        raise BadRequest(
            f"Annotation {annotation.guid} has no Encounter so cannot be matched against"
        )
    check_configs(services, db, [config])
    sighting = db.get_one(Sighting, subject.sighting_guid)
    lock(db, sighting)
    stored = sighting.id_configs or ([{}] if config.get("algorithms") else [])
    configs = [
        wanted
        for wanted in ({**each, **config} for each in stored)
        if not matching.is_empty(db, subject, query_of(wanted))
    ]
    count = request_comparisons(services, db, sighting, [annotation.guid], configs)
    if count:
        ended = IdentificationJob.annotation_guid == annotation.guid, ~IdentificationJob.active
        steps = select(IdentificationJob.progress_guid).where(*ended)
        db.execute(delete(Progress).where(Progress.guid.in_(steps)))
        sum_up(db, sighting.progress_identification)
    return count


def check_configs(services: Services, db: Session, configs: Configs) -> None:
    """Check configurations of identification.

    Raises:
        Unprocessable: An algorithm is unknown.
        BadRequest: The query of a matching set is not valid.
    """
    checker = Checker(services, db)
    checker.run(SIGHTING, {"idConfigs": configs}, Place("", "id_configs"))
    checker.finish()
    for config in configs:
        if query := query_of(config):
            matching.check(query)


def query_of(config: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the query of the matching set of a configuration; None for the default."""
    query = config.get("matching_set")
    return query if isinstance(query, dict) and query else None


def request_comparisons(
    services: Services,
    db: Session,
    sighting: Sighting,
    annotations: Sequence[UUID],
    configs: Configs,
) -> int:
    """Request comparisons of annotations of a locked sighting, and return their number.

    There are none where the image analysis is not available.
    """
    if not services[ImageAnalysis].analyst.available:
        return 0
    found = select(IdentificationJob.annotation_guid, IdentificationJob.algorithm).where(
        IdentificationJob.sighting_guid == sighting.guid, IdentificationJob.active
    )
    known = {(row.annotation_guid, row.algorithm) for row in db.execute(found)}
    wanted = {
        (annotation, algorithm): query_of(config)
        for config in configs
        for algorithm in config.get("algorithms", ())
        for annotation in annotations
        if (annotation, algorithm) not in known
    }
    progress = sighting.progress_identification or _reset_progress(db, sighting)
    rows = [_request(sighting, *key, query, progress) for key, query in wanted.items()]
    if rows:
        sighting.stage = SightingStage.IDENTIFICATION
        db.add_all(rows)
        db.flush()
        sum_up(db, progress)
        arguments = [{"request": str(row.guid)} for row in rows]
        for row, guid in zip(rows, services[Jobs].enqueue_many(db, SEND, arguments), strict=True):
            assert row.progress is not None
            row.progress.job_guid = guid
    return len(rows)


def _request(
    sighting: Sighting,
    annotation: UUID,
    algorithm: str,
    query: dict[str, Any] | None,
    progress: Progress,
) -> IdentificationJob:
    remote = uuid4()
    step = Progress(
        description=f"Identification for Annotation {annotation}",
        parent_guid=progress.guid,
        analysis_guid=remote,
    )
    return IdentificationJob(
        guid=uuid4(),
        sighting_guid=sighting.guid,
        annotation_guid=annotation,
        algorithm=algorithm,
        matching_set=query,
        remote_guid=remote,
        progress=step,
    )


def _reset_progress(db: Session, sighting: Sighting) -> Progress:
    """Return the progress of a sighting without the steps of its last identification."""
    progress = sighting.progress_identification
    if progress is None:
        progress = create_progress(db, f"Identification for Sighting {sighting.guid}")
        sighting.progress_identification = progress
        return progress
    db.execute(delete(Progress).where(Progress.parent_guid == progress.guid))
    begin_again(db, progress)
    return progress


def locked(db: Session, request: UUID) -> IdentificationJob | None:
    """Return a request whose sighting is locked; None if it is not active, or deleted."""
    sighting = db.scalar(
        select(Sighting)
        .join(IdentificationJob, IdentificationJob.sighting_guid == Sighting.guid)
        .where(IdentificationJob.guid == request)
        .with_for_update(of=Sighting)
        .execution_options(populate_existing=True)
    )
    row = db.get(IdentificationJob, request, populate_existing=True)
    return row if sighting is not None and row is not None and row.active else None


def is_active(db: Session, sighting: UUID) -> bool:
    """Return whether a request of a sighting is without an answer."""
    own = IdentificationJob.sighting_guid == sighting, IdentificationJob.active
    return db.scalar(select(exists().where(*own))) or False


def succeed(db: Session, row: IdentificationJob) -> None:
    """End a request with an answer."""
    row.active, row.success, row.ended = False, True, utc_now()
    complete(db, row.progress)
    end_if_idle(db, row.sighting)


def fail_request(db: Session, row: IdentificationJob, reason: str) -> None:
    """End a request without an answer, and show the reason."""
    _end(row, reason)
    fail(db, row.progress, row.failure_reason)
    end_if_idle(db, row.sighting)


def skip_request(db: Session, row: IdentificationJob, reason: str) -> None:
    """End a request that is not sent, with the reason."""
    _end(row, reason)
    skip(db, row.progress, row.failure_reason)
    end_if_idle(db, row.sighting)


def end_if_idle(db: Session, sighting: Sighting) -> None:
    """End the identification of a locked sighting, unless a request is without an answer.

    It counts as skipped where nothing was compared.
    """
    db.flush()
    if is_active(db, sighting.guid):
        return
    own = Progress.parent_guid == sighting.progress_identification_guid
    for step in db.scalars(select(Progress).where(own, Progress.status.in_(ACTIVE))).all():
        cancel(db, step, "The annotation was deleted.")
    reason = None
    if set(db.scalars(select(Progress.status).where(own))) <= NOT_COMPARED:
        reason = NOTHING_COMPARED
        begin_again(db, sighting.progress_identification)
    end_identification(db, sighting, reason)


def _end(row: IdentificationJob, reason: str) -> None:
    row.active, row.success, row.ended = False, False, utc_now()
    row.failure_reason = storable(reason)[:MAX_REASON]

"""The lists of requests: of a sighting, of an annotation, and for the job control."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy import select

from houston.core.api.loading import rows_by
from houston.core.db.session import Session
from houston.core.json import dumps
from houston.core.services import Services
from houston.modules.identification.models import (
    IdentificationJob,
    IdentificationScore,
    ScoreKind,
)
from houston.modules.jobs.analysis import JobDetails
from houston.modules.sightings.models import Sighting

JOB_TYPE = "Sighting"
IDENTIFICATION_JOBS: Any = select(
    IdentificationJob.sighting_guid.label("object_guid"),
    IdentificationJob.guid.label("job_id"),
    IdentificationJob.started.label("start"),
    IdentificationJob.active.label("active"),
)
OLDEST_FIRST = (IdentificationJob.started, IdentificationJob.guid)
LIST_OF_KIND = {
    ScoreKind.ANNOTATION: "scores_by_annotation",
    ScoreKind.INDIVIDUAL: "scores_by_individual",
}


def jobs_of(
    _services: Services, db: Session, sightings: Sequence[Sighting]
) -> list[list[SimpleNamespace]]:
    """Return the requests of each sighting, without their results."""
    guids = [sighting.guid for sighting in sightings]
    jobs = defaultdict[UUID, list[SimpleNamespace]](list)
    for row in rows_by(db, IdentificationJob.sighting_guid, guids, order=OLDEST_FIRST):
        jobs[row.sighting_guid].append(_job(row))
    return [jobs[guid] for guid in guids]


def detailed_jobs_of(
    _services: Services, db: Session, sightings: Sequence[Sighting]
) -> list[list[SimpleNamespace]]:
    """Return the requests of each sighting, with their results and what was sent."""
    guids = [sighting.guid for sighting in sightings]
    found = detailed_jobs(db, IdentificationJob.sighting_guid.in_(guids))
    return [[job for job in found if job.object_guid == guid] for guid in guids]


def detailed_jobs(db: Session, condition: Any) -> list[SimpleNamespace]:
    """Return the requests of a condition, with their results and what was sent."""
    rows = db.scalars(select(IdentificationJob).where(condition).order_by(*OLDEST_FIRST)).all()
    results = _results(db, rows)
    return [
        SimpleNamespace(
            **vars(_job(row)),
            type=JOB_TYPE,
            object_guid=row.sighting_guid,
            result=results[row.guid],
            request=_request(row),
            response=row.failure_reason,
        )
        for row in rows
    ]


def details_of_jobs(db: Session, guids: Sequence[UUID]) -> Mapping[UUID, JobDetails]:
    """Return the details of some requests by guid, for the job control."""
    rows = db.scalars(select(IdentificationJob).where(IdentificationJob.guid.in_(guids))).all()
    results = _results(db, rows)
    return {
        row.guid: JobDetails(
            model=row.algorithm,
            end=row.ended,
            result=results[row.guid],
            request=_request(row),
            response=row.failure_reason,
        )
        for row in rows
    }


def _job(row: IdentificationJob) -> SimpleNamespace:
    query = row.matching_set
    return SimpleNamespace(
        job_id=row.guid,
        algorithm=row.algorithm,
        annotation=row.annotation_guid,
        matching_set=None if query is None else dumps(query).decode(),
        active=row.active,
        start=row.started,
        end=row.ended,
        success=row.success,
        failure_reason=row.failure_reason,
    )


def _request(row: IdentificationJob) -> dict[str, Any]:
    query = row.query_content_guid
    return {
        "jobid": str(row.remote_guid),
        "algorithm": row.algorithm,
        "query": None if query is None else str(query),
    }


def _results(
    db: Session, rows: Sequence[IdentificationJob]
) -> Mapping[UUID, dict[str, Any] | None]:
    """Return the scores of requests by their guids; None for those without an answer."""
    results: dict[UUID, dict[str, Any] | None] = {
        row.guid: {name: [] for name in LIST_OF_KIND.values()}
        | {"extern_ref": row.extern_reference}
        if row.success
        else None
        for row in rows
    }
    found = select(IdentificationScore).where(IdentificationScore.job_guid.in_(results))
    for score in db.scalars(found.order_by(IdentificationScore.rank)):
        if result := results[score.job_guid]:
            result[LIST_OF_KIND[score.kind]].append({str(score.annotation_guid): score.score})
    return results

"""The requests to the image analysis, for those who look after it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from houston.modules.asset_groups.models import AssetGroupSighting, DetectionJob
from houston.modules.jobs.services.analysis import DebuggedJob
from houston.modules.jobs.sources import JobDetails

TYPE = "AssetGroupSighting"
REQUESTS: Any = select(
    DetectionJob.asset_group_sighting_guid.label("object_guid"),
    DetectionJob.guid.label("job_id"),
    DetectionJob.created.label("start"),
    DetectionJob.active.label("active"),
)


def details(db: Session, guids: Sequence[UUID]) -> Mapping[UUID, JobDetails]:
    """What is known of some requests."""
    rows = db.scalars(select(DetectionJob).where(DetectionJob.guid.in_(guids)))
    return {row.guid: _details(row) for row in rows}


def debugged_requests(db: Session, sighting: AssetGroupSighting) -> Sequence[DebuggedJob]:
    """The requests about a sighting with all that is known of them, the first one first."""
    own = DetectionJob.asset_group_sighting_guid == sighting.guid
    jobs = db.execute(
        REQUESTS.add_columns(literal(TYPE).label("type")).where(own).order_by(DetectionJob.created)
    ).all()
    known = details(db, [job.job_id for job in jobs])
    return [DebuggedJob(job, known[job.job_id]) for job in jobs]


def _details(row: DetectionJob) -> JobDetails:
    return JobDetails(
        model=row.model,
        asset_guids=row.asset_guids,
        end=row.ended,
        result=row.result,
        request={"jobid": str(row.guid), "detector": row.model, "images": row.image_guids},
        response=row.error,
    )

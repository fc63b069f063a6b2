"""The requests to the image analysis, for those who look after it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, literal, select

from houston.core.db.session import Session
from houston.modules.asset_groups.models import (
    AssetGroupSighting,
    DetectionJob,
    asset_group_sighting_asset,
)
from houston.modules.assets.models import Asset
from houston.modules.jobs.analysis import DebuggedJob, JobDetails

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
    return _debugged(db, DetectionJob.asset_group_sighting_guid == sighting.guid)


def debugged_requests_of_asset(db: Session, asset: Asset) -> Sequence[DebuggedJob]:
    """The requests about the sighting that has an asset, as `debugged_requests` gives them."""
    belonging = asset_group_sighting_asset.c
    sightings = select(belonging.asset_group_sighting_guid).where(
        belonging.asset_guid == asset.guid
    )
    return _debugged(db, DetectionJob.asset_group_sighting_guid.in_(sightings))


def _debugged(db: Session, condition: ColumnElement[bool]) -> Sequence[DebuggedJob]:
    requests = REQUESTS.add_columns(literal(TYPE).label("type")).where(condition)
    jobs = db.execute(requests.order_by(DetectionJob.created)).all()
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

"""Lists and counts of asset groups, of their sightings, and of detection jobs."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, exists, func, select

from houston.core.api.contributions import Subject
from houston.core.api.listing import Listing
from houston.core.db.expressions import HasKey
from houston.core.db.session import Session
from houston.core.services import Services
from houston.modules.annotations.models import Annotation
from houston.modules.asset_groups.models import (
    AssetGroup,
    AssetGroupSighting,
    AssetGroupSightingEncounter,
    DetectionJob,
    Stage,
    asset_group_sighting_asset,
)
from houston.modules.assets.models import Asset
from houston.modules.jobs.analysis import DebuggedJob, JobDetails, JobSource, debugged_jobs_of
from houston.modules.site_settings.registry import Clearing, Usage
from houston.modules.users.models import PUBLIC_EMAIL, User

GROUP = AssetGroup.__table__.c
SIGHTING = AssetGroupSighting.__table__.c
OF_SIGHTINGS = asset_group_sighting_asset.c

GROUPS = Listing(
    select(*GROUP),
    sort=("guid", "description", "upload_type", "created", "updated"),
    words=("description",),
    fields={"owner_guid": GROUP.owner_guid},
)

NUMBER_OF_ANNOTATIONS = (
    select(func.count())
    .select_from(Annotation)
    .join(asset_group_sighting_asset, OF_SIGHTINGS.asset_guid == Annotation.asset_guid)
    .where(OF_SIGHTINGS.asset_group_sighting_guid == SIGHTING.guid)
)
NUMBER_OF_ENCOUNTERS = (
    select(func.count())
    .select_from(AssetGroupSightingEncounter)
    .where(AssetGroupSightingEncounter.asset_group_sighting_guid == SIGHTING.guid)
)
SIGHTINGS = Listing(
    select(
        SIGHTING.guid,
        SIGHTING.stage,
        SIGHTING.created,
        SIGHTING.updated,
        SIGHTING.sighting.label("details"),
        NUMBER_OF_ANNOTATIONS.scalar_subquery().label("number_annotations"),
        NUMBER_OF_ENCOUNTERS.scalar_subquery().label("number_encounters"),
    ),
    sort=("guid", "stage", "created", "updated"),
    fields={"asset_group_guid": SIGHTING.asset_group_guid, "sighting_guid": SIGHTING.sighting_guid}
    | {
        name: SIGHTING.sighting[name].as_string()
        for name in ("time", "timeSpecificity", "locationId", "verbatimLocality", "comments")
    },
)
UNPROCESSED = SIGHTING.stage != Stage.PROCESSED


def unprocessed_of(owners: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition of the unprocessed sightings in asset groups of some owners."""
    groups = select(GROUP.guid).join(User, User.guid == GROUP.owner_guid).where(owners)
    return UNPROCESSED & SIGHTING.asset_group_guid.in_(groups)


PUBLIC_SIGHTINGS = SIGHTINGS.where(unprocessed_of(User.email_folded == PUBLIC_EMAIL))
CONTRIBUTED_SIGHTINGS = SIGHTINGS.where(
    unprocessed_of(User.is_contributor & User.is_researcher.is_(False))
)

UNPROCESSED_GROUPS = (
    select(GROUP.guid, GROUP.upload_type)
    .where(GROUP.owner_guid == bindparam("owner"), ~GROUP.is_processed)
    .order_by(GROUP.created, GROUP.guid)
)

HAS_UNPROCESSED_GROUPS = exists().where(GROUP.owner_guid == Subject.guid, ~GROUP.is_processed)


def unprocessed_groups(
    _services: Services, db: Session, accounts: Sequence[Any]
) -> list[Sequence[Any]]:
    """Return the unprocessed asset groups of each account; only the caller's shows them."""
    execute = db.connection().execute
    return [execute(UNPROCESSED_GROUPS, {"owner": account.guid}).all() for account in accounts]


def count_unprocessed(db: Session) -> int:
    """Return the number of unprocessed sightings."""
    return db.scalar(select(func.count()).where(UNPROCESSED)) or 0


SIGHTING_FIELDS = AssetGroupSighting.sighting
ENCOUNTER_FIELDS = AssetGroupSightingEncounter.encounter


def usage_of(column: Any, name: str) -> Usage:
    """Return the function that counts the unprocessed objects by the ids in one of their fields."""

    def count(db: Session, ids: set[str]) -> Mapping[str, int]:
        id = column[name].as_string()
        counts = dict(db.execute(_unprocessed(column, id, func.count()).group_by(id)).all())
        return {id: counts.get(id, 0) for id in ids}

    return count


def usage_of_custom_fields(column: Any) -> Usage:
    """Return the function that counts the unprocessed objects with a value in each custom field.

    Null is a value.
    """

    def count(db: Session, ids: set[str]) -> Mapping[str, int]:
        every, values = _unprocessed(column, func.count()), column["customFields"]
        return {id: db.scalar(every.where(HasKey(values, id))) for id in ids}

    return count


def clearing_of_custom_fields(column: Any) -> Clearing:
    """Return the function that deletes the values of a custom field of unprocessed objects."""

    def clear(db: Session, id: str) -> None:
        holds = HasKey(column["customFields"], id)
        for row in db.scalars(_unprocessed(column, column.class_).where(holds).with_for_update()):
            values = {**getattr(row, column.key)}
            values["customFields"] = {**values["customFields"]}
            del values["customFields"][id]
            setattr(row, column.key, values)
        db.flush()

    return clear


def _unprocessed(column: Any, *selected: Any) -> Any:
    statement = select(*selected).select_from(column.class_).where(UNPROCESSED)
    if column is ENCOUNTER_FIELDS:
        return statement.join(AssetGroupSightingEncounter.asset_group_sighting)
    return statement


JOB_TYPE = "AssetGroupSighting"
DETECTION_JOBS: Any = select(
    DetectionJob.asset_group_sighting_guid.label("object_guid"),
    DetectionJob.guid.label("job_id"),
    DetectionJob.created.label("start"),
    DetectionJob.active.label("active"),
)


def details_of_jobs(db: Session, guids: Sequence[UUID]) -> Mapping[UUID, JobDetails]:
    """Return the details of some detection jobs by guid."""
    rows = db.scalars(select(DetectionJob).where(DetectionJob.guid.in_(guids)))
    return {
        row.guid: JobDetails(
            model=row.model,
            asset_guids=row.asset_guids,
            end=row.ended,
            result=row.result,
            request={"jobid": str(row.guid), "detector": row.model, "images": row.image_guids},
            response=row.error,
        )
        for row in rows
    }


SOURCE = JobSource(JOB_TYPE, DETECTION_JOBS, details_of_jobs)


def detection_jobs(db: Session, sightings: Any) -> list[DebuggedJob]:
    """Return the detection jobs of sightings, by their guids or a select of them, with details."""
    return debugged_jobs_of(db, SOURCE, sightings)


def detection_jobs_of_asset(db: Session, asset: Asset) -> list[DebuggedJob]:
    """Return the detection jobs of the asset group sighting of an asset, as those of a sighting."""
    sightings = select(OF_SIGHTINGS.asset_group_sighting_guid)
    return detection_jobs(db, sightings.where(OF_SIGHTINGS.asset_guid == asset.guid))

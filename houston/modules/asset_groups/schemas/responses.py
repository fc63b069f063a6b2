"""The schemas of asset groups, of their sightings and encounters, and of detection jobs."""

from collections.abc import Callable
from typing import Any, NamedTuple
from uuid import UUID

from houston.core.db.types import utc_now
from houston.core.schema.nodes import (
    Boolean,
    Choice,
    Guid,
    Instant,
    Integer,
    Json,
    ListOf,
    MapOf,
    Number,
    Schema,
    String,
    Text,
)
from houston.modules.annotations.schemas import AnnotationListSchema
from houston.modules.asset_groups.models import (
    AssetGroupSightingEncounter,
    Stage,
    UploadType,
)
from houston.modules.asset_groups.phases import pipeline_of, preparation_of
from houston.modules.asset_groups.pipeline import STAGES
from houston.modules.assets.schemas import AssetInGroupSchema, AssetListSchema
from houston.modules.jobs.schemas import PhaseSchema, ProgressSchema
from houston.modules.users.models import User
from houston.modules.users.schemas import PublicUserSchema

MAX_SIGHTINGS, MAX_ENCOUNTERS, MAX_ASSETS, MAX_GROUP_ASSETS = 10_000, 10_000, 10_000, 100_000
Compute = Callable[[Any], Any]


def detail(name: str, default: Any = None) -> Compute:
    """Make the function that returns a detail of a sighting or an encounter, if it is known."""

    def read(row: Any) -> Any:
        value = row.details.get(name)
        return default if value is None else value

    return read


def constant(value: Any) -> Compute:
    """Make the function that returns what all sightings have that are not committed."""
    return lambda _row: value


class DetectionPhaseSchema(PhaseSchema):
    """The phase of detection."""

    assets = Integer(0, name="numAssets", source="assets")
    annotations = Integer(0, name="numAnnotations", source="annotations")


class PipelineSummarySchema(Schema):
    """The combined status of all phases."""

    from_mapping = True
    complete = Boolean(description="Whether each phase is complete or skipped.")
    progress = Number(0, 1, description="The mean progress of the phases.")


class AssetGroupStatusSchema(Schema):
    """The status of an asset group."""

    preparation = PhaseSchema(compute=preparation_of)
    now = Instant(compute=lambda _group: utc_now(), volatile=True)
    migrated = Boolean(
        compute=lambda group: not group.asset_group_sightings,
        description="Whether it has no sightings.",
    )


class AssetGroupSightingStatusSchema(Schema):
    """The status of an asset group sighting."""

    preparation = PhaseSchema()
    detection = DetectionPhaseSchema()
    curation = PhaseSchema()
    identification = PhaseSchema()
    now = Instant(compute=lambda _pipeline: utc_now(), volatile=True)
    stage = Choice(Stage)
    migrated = Boolean(description="Whether it has no pipeline.")
    summary = PipelineSummarySchema()


class ObservedSchema(Schema):
    """When and where a sighting or an encounter was observed."""

    guid = Guid()
    time = Text(nullable=True, compute=detail("time"))
    specificity = Text(name="timeSpecificity", nullable=True, compute=detail("timeSpecificity"))
    location = Text(name="locationId", nullable=True, compute=detail("locationId"))
    locality = Text(name="verbatimLocality", compute=detail("verbatimLocality", ""))
    latitude = Number(name="decimalLatitude", nullable=True, compute=detail("decimalLatitude"))
    longitude = Number(name="decimalLongitude", nullable=True, compute=detail("decimalLongitude"))


class AssetGroupSightingListSchema(ObservedSchema):
    """An asset group sighting in a list."""

    stage = Choice(Stage, description=f"The stage: {STAGES}.")
    submitted = Instant(name="submissionTime", source="created")
    annotations = Integer(
        0,
        name="numberAnnotations",
        source="number_annotations",
        description="Annotations on its assets, assigned to an encounter or not.",
    )
    encounters = Integer(0, name="numberEncounters", source="number_encounters")


class DetectionJobSchema(Schema):
    """A request to the image analysis."""

    job_id = Guid(source="guid")
    model = String()
    active = Boolean(description="Whether it is without an answer.")
    start = Instant(source="created")
    asset_guids = ListOf(Guid())


class DetectionJobDebugSchema(DetectionJobSchema):
    """A request to the image analysis with its result."""

    end = Instant(nullable=True, source="ended")
    error = Text(nullable=True)
    json_result = Json(nullable=True, source="result")


class SightingInGroupSchema(Schema):
    """What an asset group sighting has in both of its forms."""

    asset_group_guid = Guid()
    creator = PublicUserSchema(source="asset_group.owner")
    assets = ListOf(AssetInGroupSchema(), max_items=MAX_ASSETS)
    detection_start_time = Instant(nullable=True, source="detection_start")
    curation_start_time = Instant(nullable=True, source="curation_start")
    progress_preparation = ProgressSchema(nullable=True, source="asset_group.progress_preparation")
    progress_detection = ProgressSchema(nullable=True)
    progress_identification = ProgressSchema(nullable=True)


class AssetGroupSightingSchema(SightingInGroupSchema, AssetGroupSightingListSchema):
    """An asset group sighting with its assets."""

    config = MapOf(
        Json(),
        loads=("annotations", "encounters.annotations"),
        description="`sighting` is the sighting as a request, as it is now.",
    )
    sighting_guid = Guid(nullable=True, description="The sighting that it has become.")
    jobs = ListOf(DetectionJobSchema(), source="detection_jobs")


class AssetGroupSightingDebugSchema(AssetGroupSightingSchema):
    """An asset group sighting with internal details."""

    jobs = ListOf(DetectionJobDebugSchema(), source="detection_jobs")
    detection_attempts = Integer(0)
    updated_assets = ListOf(Guid(), description="Those rotated since the last detection.")


class Assigned(NamedTuple):
    """An annotation with the encounter that it is assigned to."""

    guid: UUID
    asset_guid: UUID
    ia_class: str
    viewpoint: str
    encounter_guid: UUID


def _assigned(encounter: AssetGroupSightingEncounter) -> list[Assigned]:
    return [
        Assigned(each.guid, each.asset_guid, each.ia_class, each.viewpoint, encounter.guid)
        for each in encounter.annotations
    ]


def _submitter(encounter: AssetGroupSightingEncounter) -> User | None:
    visitor = encounter.asset_group_sighting.asset_group.submitter
    return visitor if visitor and visitor.is_active else None


class AssignedAnnotationSchema(AnnotationListSchema):
    """An annotation that is assigned to an encounter."""

    encounter_guid = Guid()


class AssetGroupSightingEncounterSchema(ObservedSchema):
    """An encounter of an asset group sighting, in the form of an encounter."""

    guid = Guid(description="The guid of this draft; a committed encounter has another one.")
    created = Instant(source="asset_group_sighting.created")
    created_houston = Instant(name="createdHouston", source="asset_group_sighting.created")
    updated = Instant(source="asset_group_sighting.updated")
    taxonomy = Text(nullable=True, compute=detail("taxonomy"))
    sex = Text(nullable=True, compute=detail("sex"))
    custom_fields = MapOf(Json(), name="customFields", compute=detail("customFields", {}))
    individual = MapOf(Json(), compute=constant({}))
    owner = PublicUserSchema(
        compute=lambda encounter: (
            encounter.owner or encounter.asset_group_sighting.asset_group.owner
        ),
        loads=("owner", "asset_group_sighting.asset_group.owner"),
    )
    submitter = PublicUserSchema(
        nullable=True,
        compute=_submitter,
        loads=("asset_group_sighting.asset_group.submitter",),
        description="The visitor who has left an address, once they have an account.",
    )
    annotations = ListOf(AssignedAnnotationSchema(), compute=_assigned, loads=("annotations",))
    has_view = Boolean(name="hasView", compute=constant(True))
    has_edit = Boolean(name="hasEdit", source="asset_group_sighting.has_edit")
    version = Integer(nullable=True, compute=constant(None))


class AssetGroupSightingAsSightingSchema(SightingInGroupSchema, ObservedSchema):
    """An asset group sighting in the form of a sighting."""

    stage = Choice(Stage, description=f"The stage: {STAGES}.")
    created = Instant()
    updated = Instant()
    submitted = Instant(name="submissionTime", source="created")
    location = Text(name="locationId", compute=detail("locationId", ""))
    comments = Text(nullable=True, compute=detail("comments"))
    custom_fields = MapOf(Json(), name="customFields", compute=detail("customFields", {}))
    encounters = ListOf(AssetGroupSightingEncounterSchema(), max_items=MAX_ENCOUNTERS)
    encounter_counts = MapOf(Json(), name="encounterCounts", compute=constant({}))
    featured = Guid(name="featuredAssetGuid", nullable=True, compute=detail("featuredAssetGuid"))
    models = ListOf(String(), name="speciesDetectionModel", source="asset_group.models")
    configs = ListOf(MapOf(Json()), name="idConfigs", compute=detail("idConfigs", []))
    match_state = Text(nullable=True, compute=detail("match_state"))
    sighting_guid = Guid(
        name="sightingGuid",
        source="sighting_guid",
        nullable=True,
        description="The sighting that it has become.",
    )
    identification_start_time = Instant(nullable=True, compute=constant(None))
    unreviewed_start_time = Instant(nullable=True, compute=constant(None))
    review_time = Instant(nullable=True, compute=constant(None))
    has_view = Boolean(name="hasView", compute=constant(True))
    has_edit = Boolean(name="hasEdit", source="has_edit")
    version = Integer(nullable=True, compute=constant(None))
    pipeline_status = AssetGroupSightingStatusSchema(compute=pipeline_of, loads=("annotations",))


class UnprocessedAssetGroupSchema(Schema):
    """An unprocessed asset group in the account of its owner."""

    uuid = Guid(source="guid")
    upload_type = Choice(UploadType, name="uploadType", source="upload_type")


class AssetGroupListSchema(Schema):
    """An asset group in a list."""

    guid = Guid()
    description = String()
    upload_type = Choice(UploadType, description="A form has one sighting.")
    owner_guid = Guid()
    created = Instant()
    updated = Instant()


class AssetGroupSchema(AssetGroupListSchema):
    """An asset group with its assets and sightings."""

    creator = PublicUserSchema(source="owner")
    assets = ListOf(AssetListSchema(), max_items=MAX_GROUP_ASSETS)
    asset_group_sightings = ListOf(AssetGroupSightingSchema(), max_items=MAX_SIGHTINGS)
    progress_preparation = ProgressSchema(nullable=True)
    progress_detection = ProgressSchema(nullable=True)
    progress_identification = ProgressSchema(nullable=True)
    pipeline_status = AssetGroupStatusSchema(compute=lambda group: group)


class AssetGroupDebugSchema(AssetGroupSchema):
    """An asset group with internal details."""

    config = MapOf(Json(), description="The request, without its sightings.")
    submitter_guid = Guid(nullable=True)
    asset_group_sightings = ListOf(AssetGroupSightingDebugSchema(), max_items=MAX_SIGHTINGS)

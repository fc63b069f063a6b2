"""What goes out of reported sightings and their encounters."""

from collections.abc import Callable
from typing import Any, NamedTuple
from uuid import UUID

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
from houston.modules.annotations.models import Annotation
from houston.modules.annotations.schemas import AnnotationListSchema
from houston.modules.asset_groups.models import AssetGroupSightingEncounter, Stage
from houston.modules.asset_groups.pipeline.page import STAGES
from houston.modules.asset_groups.schemas.pipeline import AssetGroupSightingStatusSchema
from houston.modules.asset_groups.status import status_of_sighting
from houston.modules.assets.schemas import AssetInGroupSchema
from houston.modules.jobs.schemas import ProgressSchema
from houston.modules.users.schemas import PublicUserSchema

MOST_ASSETS, MOST_ENCOUNTERS = 10_000, 10_000

Compute = Callable[[Any], Any]


def told(name: str, default: Any = None) -> Compute:
    """Reads what is known of a sighting or of an animal; nothing is `default`."""

    def read(row: Any) -> Any:
        value = row.told.get(name)
        return default if value is None else value

    return read


def none(_row: Any) -> None:
    """What there is only of sightings that were committed."""
    return None


def nothing(_row: Any) -> dict[str, Any]:
    """What there is only of sightings that were committed, and clients want to be an object."""
    return {}


class ToldSchema(Schema):
    """When and where something was seen, as far as it is known."""

    time = Text(nullable=True, compute=told("time"))
    specificity = Text(name="timeSpecificity", nullable=True, compute=told("timeSpecificity"))
    location = Text(name="locationId", nullable=True, compute=told("locationId"))
    locality = Text(name="verbatimLocality", compute=told("verbatimLocality", ""))
    latitude = Number(name="decimalLatitude", nullable=True, compute=told("decimalLatitude"))
    longitude = Number(name="decimalLongitude", nullable=True, compute=told("decimalLongitude"))


class AssetGroupSightingListSchema(ToldSchema):
    """A reported sighting in a list."""

    guid = Guid()
    stage = Choice(Stage, description=f"Where it stands: {STAGES}.")
    submitted = Instant(name="submissionTime", source="created")
    annotations = Integer(
        0,
        name="numberAnnotations",
        source="number_annotations",
        loads=("annotations",),
        description="Annotations on its assets, assigned to an encounter or not.",
    )
    encounters = Integer(0, name="numberEncounters", source="number_encounters")


class DetectionJobSchema(Schema):
    """A request to the image analysis."""

    job_id = Guid(source="guid")
    model = String()
    active = Boolean(description="Whether the answer is still to come.")
    start = Instant(source="created")
    asset_guids = ListOf(Guid())


class DetectionJobDebugSchema(DetectionJobSchema):
    """A request to the image analysis with all that came of it."""

    end = Instant(nullable=True, source="ended")
    error = Text(nullable=True)
    json_result = Json(nullable=True, source="result")


class AssetGroupSightingSchema(AssetGroupSightingListSchema):
    """A reported sighting with its assets."""

    config = MapOf(
        Json(),
        loads=("encounters.annotations",),
        description="`sighting` is all of it as it was submitted or changed.",
    )
    assets = ListOf(AssetInGroupSchema(), max_items=MOST_ASSETS)
    creator = PublicUserSchema(source="asset_group.owner")
    sighting_guid = Guid(nullable=True, description="The sighting that it has become.")
    detection_start_time = Instant(nullable=True, source="detection_start")
    curation_start_time = Instant(nullable=True, source="curation_start")
    jobs = ListOf(DetectionJobSchema(), source="detection_jobs")
    asset_group_guid = Guid()
    progress_preparation = ProgressSchema(nullable=True, source="asset_group.progress_preparation")
    progress_detection = ProgressSchema(nullable=True)
    progress_identification = ProgressSchema(nullable=True)


class AssetGroupSightingDebugSchema(AssetGroupSightingSchema):
    """A reported sighting with all that is known of it."""

    jobs = ListOf(DetectionJobDebugSchema(), source="detection_jobs")
    detection_attempts = Integer(0)
    updated_assets = ListOf(Guid(), description="Assets that were turned since the last detection.")


class Assigned(NamedTuple):
    """An annotation with the encounter that it is assigned to."""

    guid: UUID
    asset_guid: UUID
    ia_class: str
    viewpoint: str
    encounter_guid: UUID


def assigned(encounter: AssetGroupSightingEncounter) -> list[Assigned]:
    """The annotations of an encounter."""

    def assign(annotation: Annotation) -> Assigned:
        named = annotation.guid, annotation.asset_guid, annotation.ia_class, annotation.viewpoint
        return Assigned(*named, encounter.guid)

    return [assign(annotation) for annotation in encounter.annotations]


class AssignedAnnotationSchema(AnnotationListSchema):
    """An annotation that is assigned to an encounter."""

    encounter_guid = Guid()


class PendingEncounterSchema(ToldSchema):
    """An animal of a reported sighting."""

    guid = Guid(description="It will have another when it is committed.")
    created = Instant(source="asset_group_sighting.created")
    created_houston = Instant(name="createdHouston", source="asset_group_sighting.created")
    updated = Instant(source="asset_group_sighting.updated")
    taxonomy = Text(nullable=True, compute=told("taxonomy"))
    sex = Text(nullable=True, compute=told("sex"))
    custom_fields = MapOf(Json(), name="customFields", compute=told("customFields", {}))
    individual = MapOf(Json(), compute=nothing)
    owner = PublicUserSchema(
        compute=lambda encounter: (
            encounter.owner or encounter.asset_group_sighting.asset_group.owner
        ),
        loads=("owner", "asset_group_sighting.asset_group.owner"),
    )
    submitter = PublicUserSchema(nullable=True, source="asset_group_sighting.asset_group.submitter")
    annotations = ListOf(AssignedAnnotationSchema(), compute=assigned, loads=("annotations",))
    has_view = Boolean(name="hasView", compute=lambda _encounter: True)
    has_edit = Boolean(name="hasEdit", source="asset_group_sighting.has_edit")
    version = Integer(nullable=True, compute=none)


class PendingSightingSchema(ToldSchema):
    """A reported sighting in the shape of a sighting."""

    guid = Guid()
    asset_group_guid = Guid()
    stage = Choice(Stage, description=f"Where it stands: {STAGES}.")
    created = Instant()
    updated = Instant()
    submitted = Instant(name="submissionTime", source="created")
    creator = PublicUserSchema(source="asset_group.owner")
    location = Text(name="locationId", compute=told("locationId", ""))
    comments = Text(nullable=True, compute=told("comments"))
    custom_fields = MapOf(Json(), name="customFields", compute=told("customFields", {}))
    encounters = ListOf(PendingEncounterSchema(), max_items=MOST_ENCOUNTERS)
    encounter_counts = MapOf(Json(), name="encounterCounts", compute=nothing)
    assets = ListOf(AssetInGroupSchema(), max_items=MOST_ASSETS)
    featured = Guid(name="featuredAssetGuid", nullable=True, compute=told("featuredAssetGuid"))
    models = ListOf(String(), name="speciesDetectionModel", source="asset_group.models")
    configs = ListOf(Json(), name="idConfigs", compute=told("idConfigs", []))
    match_state = Text(nullable=True, compute=told("match_state"))
    sighting_guid = Guid(
        name="sightingGuid",
        source="sighting_guid",
        nullable=True,
        description="The sighting that it has become.",
    )
    detection_start_time = Instant(nullable=True, source="detection_start")
    curation_start_time = Instant(nullable=True, source="curation_start")
    identification_start_time = Instant(nullable=True, compute=none)
    unreviewed_start_time = Instant(nullable=True, compute=none)
    review_time = Instant(nullable=True, compute=none)
    has_view = Boolean(name="hasView", compute=lambda _sighting: True)
    has_edit = Boolean(name="hasEdit", source="has_edit")
    version = Integer(nullable=True, compute=none)
    progress_preparation = ProgressSchema(nullable=True, source="asset_group.progress_preparation")
    progress_detection = ProgressSchema(nullable=True)
    progress_identification = ProgressSchema(nullable=True)
    pipeline_status = AssetGroupSightingStatusSchema(
        compute=status_of_sighting, loads=("annotations",)
    )

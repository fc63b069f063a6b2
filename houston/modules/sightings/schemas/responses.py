"""The responses with sightings and with encounters."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from houston.core.api.rights import has_edit, has_view
from houston.core.db.session import Session
from houston.core.schema.nodes import (
    Boolean,
    Choice,
    Guid,
    Instant,
    Json,
    ListOf,
    MapOf,
    Number,
    Schema,
    String,
    Text,
)
from houston.core.services import Services
from houston.domain.observations import MatchState, Sex, observed_time
from houston.domain.times import Specificity
from houston.modules.annotations.schemas import AnnotationListSchema, BoundsSchema
from houston.modules.asset_groups.schemas.responses import (
    DetectionPhaseSchema,
    PipelineSummarySchema,
)
from houston.modules.assets.schemas import AssetSchema
from houston.modules.jobs.models import ProgressStatus
from houston.modules.jobs.schemas import PhaseSchema, ProgressSchema
from houston.modules.jobs.services import load_progress
from houston.modules.sightings.models import (
    REVIEWED,
    Encounter,
    Sighting,
    SightingStage,
)
from houston.modules.sightings.phases import pipeline_of
from houston.modules.sightings.resources import EncounterResource, SightingResource
from houston.modules.site_settings.services import known_regions
from houston.modules.users.models import User
from houston.modules.users.schemas import PublicUserSchema

LAST = "\U0010ffff"
"""The key of a place without a name, which is sorted last."""
MAX_ASSETS, MAX_ENCOUNTERS = 10_000, 10_000


def time_of(row: Any) -> str | None:
    """The time of an observation in the offset of the observer (contract C-09)."""
    moment = observed_time(row)
    return None if moment is None else moment.time


def species_of(sighting: Sighting) -> list[UUID]:
    """The species of a sighting."""
    return [each.taxonomy_guid for each in sighting.taxonomies]


def region_names(services: Services, db: Session, rows: Sequence[Any]) -> list[str | None]:
    """The name of the region of each row, by its `location_guid`."""
    return _names_of(services, db, [row.location_guid for row in rows])


def region_keys(services: Services, db: Session, rows: Sequence[Any]) -> list[str]:
    """The name of each region in lower case; `LAST` where there is none."""
    return [(name or LAST).strip().lower() for name in region_names(services, db, rows)]


def _names_of(services: Services, db: Session, guids: Iterable[UUID | None]) -> list[str | None]:
    regions = known_regions(services, db)
    found = [regions.get(str(guid)) for guid in guids]
    return [region and region.name for region in found]


class EncounterAnnotationSchema(AnnotationListSchema):
    """An annotation of an encounter."""

    created = Instant()
    bounds = BoundsSchema()
    asset_src = String(description="The address of the picture.")


class PlacedSchema(Schema):
    """The place of an observation; the name of its region is loaded from the site."""

    guid = Guid()
    location = Guid(name="locationId", source="location_guid", nullable=True)
    locality = Text(name="verbatimLocality", source="verbatim_locality", nullable=True)
    latitude = Number(-90, 90, name="decimalLatitude", source="decimal_latitude", nullable=True)
    longitude = Number(
        -180, 180, name="decimalLongitude", source="decimal_longitude", nullable=True
    )


def _own_or_sightings(name: str) -> Any:
    """The function that returns a value of an encounter, or of its sighting without one."""

    def read(encounter: Encounter) -> Any:
        value = getattr(encounter, name)
        return getattr(encounter.sighting, name) if value is None else value

    return read


_region = _own_or_sightings("location_guid")


def encounter_region_names(
    services: Services, db: Session, encounters: Sequence[Encounter]
) -> list[str | None]:
    """The name of the region of each encounter, or of that of its sighting."""
    return _names_of(services, db, map(_region, encounters))


def _private(name: str, hidden: Any = None) -> Any:
    """The function that returns a value of an encounter that the caller may read, or else none."""
    return lambda encounter: getattr(encounter, name) if encounter.has_view else hidden


def _time(encounter: Encounter) -> str | None:
    return time_of(encounter if encounter.time else encounter.sighting)


def _specificity(encounter: Encounter) -> Specificity | None:
    return (encounter if encounter.time else encounter.sighting).time_specificity


def _taxonomy(encounter: Encounter) -> Any:
    if encounter.taxonomy_guid or not encounter.sighting.taxonomies:
        return encounter.taxonomy_guid
    return encounter.sighting.taxonomies[0].taxonomy_guid


class EncounterSchema(PlacedSchema):
    """One animal in a sighting; it has the time, place and species of the sighting by default.

    As a part of a sighting or an individual, one that the caller may not read has neither its exact
    place nor its custom fields.
    """

    created = Instant()
    created_houston = Instant(name="createdHouston", source="created")
    updated = Instant()
    sighting = Guid(source="sighting_guid")
    owner = PublicUserSchema()
    owner_guid = Guid()
    submitter = PublicUserSchema(nullable=True)
    has_view = has_view(Encounter, EncounterResource)
    has_edit = has_edit(Encounter, EncounterResource)
    time = String(
        nullable=True,
        compute=_time,
        loads=("sighting",),
        description="ISO 8601 with the offset of the observer.",
    )
    specificity = Choice(Specificity, name="timeSpecificity", nullable=True, compute=_specificity)
    location = Guid(name="locationId", nullable=True, compute=_region)
    latitude = Number(
        -90, 90, name="decimalLatitude", nullable=True, compute=_private("decimal_latitude")
    )
    longitude = Number(
        -180, 180, name="decimalLongitude", nullable=True, compute=_private("decimal_longitude")
    )
    taxonomy = Guid(nullable=True, compute=_taxonomy, loads=("sighting.taxonomies",))
    sex = Choice(Sex, nullable=True)
    custom_fields = MapOf(
        Json(nullable=True), name="customFields", compute=_private("custom_fields", {})
    )
    annotations = ListOf(EncounterAnnotationSchema())
    draft = Guid(
        name="asset_group_sighting_encounter_guid",
        nullable=True,
        description="The encounter in curation that it comes from.",
    )


class SightingStatusSchema(Schema):
    """The status of the pipeline of a sighting."""

    preparation = PhaseSchema()
    detection = DetectionPhaseSchema()
    curation = PhaseSchema()
    identification = PhaseSchema()
    now = Instant(volatile=True)
    stage = Choice(SightingStage)
    migrated = Boolean(description="Whether it does not come from an asset group.")
    summary = PipelineSummarySchema()


class SightingListSchema(Schema):
    """A sighting in a list."""

    guid = Guid()


class EncounterListSchema(Schema):
    """An encounter in a list."""

    guid = Guid()


def _creator(sighting: Sighting) -> User | None:
    return sighting.encounters[0].owner if sighting.encounters else None


def _submitted(sighting: Sighting) -> datetime:
    origin = sighting.asset_group_sighting
    return origin.created if origin else sighting.created


def _of_origin(name: str) -> Any:
    """The function that returns an attribute of the asset group sighting of a sighting."""
    return lambda sighting: getattr(sighting.asset_group_sighting, name, None)


def _models(sighting: Sighting) -> list[str]:
    origin = sighting.asset_group_sighting
    return origin.asset_group.models if origin else []


def _identification_start(sighting: Sighting) -> datetime | None:
    progress = sighting.progress_identification
    is_begun = progress is not None and progress.status is not ProgressStatus.SKIPPED
    return progress.created if progress and is_begun else None


def _unreviewed_start(sighting: Sighting) -> datetime | None:
    is_active = sighting.stage is SightingStage.IDENTIFICATION
    return None if is_active else sighting.unreviewed_start


def _review_time(sighting: Sighting) -> datetime | None:
    return sighting.review_time if sighting.match_state in REVIEWED else None


def _state(sighting: Sighting) -> str | None:
    return pipeline_of(sighting).state


ORIGIN = "asset_group_sighting"
OF_PIPELINE = (
    f"{ORIGIN}.progress_detection",
    f"{ORIGIN}.progress_identification",
    f"{ORIGIN}.asset_group.progress_preparation",
    "progress_identification",
)
"""The progress from which the phases are made."""
PHASES = ("preparation", "detection", "curation", "identification")


class SightingSchema(PlacedSchema):
    """A sighting with its encounters, and the status of its pipeline."""

    created = Instant()
    updated = Instant()
    has_view = has_view(Sighting, SightingResource)
    has_edit = has_edit(Sighting, SightingResource)
    name = String(0, 120, nullable=True)
    time = String(compute=time_of, description="ISO 8601 with the offset of the observer.")
    specificity = Choice(Specificity, name="timeSpecificity", source="time_specificity")
    stage = Choice(SightingStage)
    match_state = Choice(MatchState)
    comments = Text(nullable=True)
    custom_fields = MapOf(Json(nullable=True), name="customFields", source="custom_fields")
    taxonomies = ListOf(
        Guid(),
        compute=species_of,
        loads=("taxonomies",),
        description="The species.",
    )
    creator = PublicUserSchema(
        nullable=True,
        compute=_creator,
        loads=("encounters.owner",),
        description="The owner of the first encounter.",
    )
    assets = ListOf(AssetSchema(), max_items=MAX_ASSETS)
    featured = Guid(
        name="featuredAssetGuid",
        nullable=True,
        source="featured_asset",
        description="The chosen asset, or the first one.",
    )
    encounters = ListOf(EncounterSchema(), max_items=MAX_ENCOUNTERS)
    models = ListOf(
        String(),
        name="speciesDetectionModel",
        compute=_models,
        loads=(f"{ORIGIN}.asset_group",),
    )
    configs = ListOf(MapOf(Json(nullable=True)), name="idConfigs", source="id_configs", as_is=True)
    submitted = Instant(name="submissionTime", compute=_submitted, loads=(ORIGIN,))
    detection_start_time = Instant(nullable=True, compute=_of_origin("detection_start"))
    curation_start_time = Instant(nullable=True, compute=_of_origin("curation_start"))
    identification_start_time = Instant(nullable=True, compute=_identification_start)
    unreviewed_start_time = Instant(nullable=True, compute=_unreviewed_start)
    review_time = Instant(nullable=True, compute=_review_time)
    progress_identification = ProgressSchema(nullable=True)
    pipeline_status = SightingStatusSchema(
        compute=pipeline_of, preloads=dict.fromkeys(OF_PIPELINE, load_progress)
    )
    pipeline_state = Choice(
        PHASES,
        nullable=True,
        compute=_state,
        description="The first phase that is neither complete nor skipped.",
    )


class SightingDebugSchema(SightingSchema):
    """A sighting with the details of its identification jobs."""


class ChangedSightingSchema(SightingSchema):
    """A sighting after a change; it is empty if the last encounter was removed with it."""

    always = frozenset()


class DeletedSightingSchema(Schema):
    """A sighting that was deleted with its last encounter."""


class FeaturedAssetSchema(Schema):
    """The asset that stands for a sighting, as it was chosen."""

    guid = Guid()
    featured_asset_guid = Guid(nullable=True)


class ChosenAssetSchema(Schema):
    """The choice of the asset that stands for a sighting."""

    featured_asset_guid = Guid(description="One of the assets of the sighting.")


class SuccessSchema(Schema):
    """The success of a change."""

    success = Boolean(compute=bool)

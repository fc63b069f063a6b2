"""The lists and searches of sightings and of encounters, their numbers, and what they use."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, case, func, select

from houston.core.api.listing import Listing, Page
from houston.core.api.search.fields import Either, PointField, Related
from houston.core.api.search.names import RelatedRows
from houston.core.db.session import Session
from houston.core.security.grants import Identity, Permission
from houston.core.services import Services
from houston.modules.annotations.models import Annotation
from houston.modules.asset_groups.models import AssetGroupSighting
from houston.modules.jobs.analysis import DebuggedJob, JobSources, debugged_jobs_of
from houston.modules.sightings.models import (
    REVIEWED,
    Encounter,
    Sighting,
    SightingStage,
    SightingTaxonomy,
    sighting_asset,
)
from houston.modules.sightings.resources import EncounterResource, SightingResource
from houston.modules.site_settings.searching import (
    custom_fields_of,
    region_name_of,
    region_order_of,
)
from houston.modules.users.models import User

SIGHTING, ENCOUNTER = Sighting.__table__.c, Encounter.__table__.c
VIEW = {"has_view": Permission.READ}


def _number(column: Any, *conditions: Any) -> ColumnElement[int]:
    """The number of different values of a column among the rows of some conditions."""
    counted = select(func.count(column.distinct())).where(*conditions)
    return counted.correlate(Sighting.__table__).scalar_subquery()


OF_SIGHTING = ENCOUNTER.sighting_guid == SIGHTING.guid
NUMBER_OF_ENCOUNTERS = _number(ENCOUNTER.guid, OF_SIGHTING)
NUMBER_OF_INDIVIDUALS = _number(ENCOUNTER.individual_guid, OF_SIGHTING)
NUMBER_OF_ANNOTATIONS = _number(
    Annotation.guid, Annotation.encounter_guid == ENCOUNTER.guid, OF_SIGHTING
)
NUMBER_OF_IMAGES = _number(
    sighting_asset.c.asset_guid, sighting_asset.c.sighting_guid == SIGHTING.guid
)
SUBMITTED = func.coalesce(
    select(AssetGroupSighting.created)
    .where(AssetGroupSighting.guid == SIGHTING.asset_group_sighting_guid)
    .correlate(Sighting.__table__)
    .scalar_subquery(),
    SIGHTING.created,
)
STATE = case((SIGHTING.stage == SightingStage.IDENTIFICATION, "identification"))
"""The first phase that is not over: a sighting has left the others behind."""
OWNERS = RelatedRows(
    lambda condition: Sighting.encounters.any(Encounter.owner.has(condition)),
    {"guid": User.guid, "full_name": User.full_name},
)
OF_ENCOUNTERS = RelatedRows(
    Sighting.encounters.any,
    {
        "guid": Encounter.guid,
        "sex": Encounter.sex,
        "taxonomy_guid": Encounter.taxonomy_guid,
        "customFields": custom_fields_of("Encounter", Encounter.custom_fields),
    },
)
TAXONOMIES = Either(
    Related(SightingTaxonomy.taxonomy_guid, Sighting.taxonomies.any),
    Related(Encounter.taxonomy_guid, Sighting.encounters.any),
)

SIGHTINGS = Listing(
    select(
        SIGHTING.guid,
        SIGHTING.created,
        SIGHTING.updated,
        SIGHTING.time,
        SIGHTING.time_offset,
        SIGHTING.time_specificity,
        SIGHTING.match_state,
        SIGHTING.stage,
        SIGHTING.location_guid,
        SIGHTING.verbatim_locality,
        SIGHTING.comments,
        SIGHTING.decimal_latitude,
        SIGHTING.decimal_longitude,
        SIGHTING.custom_fields,
        STATE.label("pipeline_state"),
        SUBMITTED.label("submitted"),
        NUMBER_OF_ENCOUNTERS.label("number_encounters"),
        NUMBER_OF_IMAGES.label("number_images"),
        NUMBER_OF_ANNOTATIONS.label("number_annotations"),
        NUMBER_OF_INDIVIDUALS.label("number_individuals"),
    ),
    sort=("guid", "created", "updated", "time", "match_state", "stage"),
    words=("guid", "verbatim_locality"),
    fields={
        "timeSpecificity": SIGHTING.time_specificity,
        "comments": SIGHTING.comments,
        "verbatimLocality": SIGHTING.verbatim_locality,
        "locationId": SIGHTING.location_guid,
        "locationId_value": region_name_of(SIGHTING.location_guid),
        "location_geo_point": PointField(SIGHTING.decimal_latitude, SIGHTING.decimal_longitude),
        "taxonomy_guids": TAXONOMIES,
        "customFields": custom_fields_of("Sighting", SIGHTING.custom_fields),
        "owners": OWNERS,
        "encounters": OF_ENCOUNTERS,
        "submissionTime": SUBMITTED,
        "pipelineState": STATE,
        "numberEncounters": NUMBER_OF_ENCOUNTERS,
        "numberImages": NUMBER_OF_IMAGES,
        "numberAnnotations": NUMBER_OF_ANNOTATIONS,
        "numberIndividuals": NUMBER_OF_INDIVIDUALS,
    },
)

OWN_TIME = ENCOUNTER.time.is_not(None)
OWN_POINT = ENCOUNTER.decimal_latitude.is_not(None) & ENCOUNTER.decimal_longitude.is_not(None)


def _own(name: str, condition: Any = None) -> Any:
    """The value of an encounter under a condition, and that of its sighting otherwise."""
    own, inherited = ENCOUNTER[name], SIGHTING[name]
    if condition is None:
        return func.coalesce(own, inherited).label(name)
    return case((condition, own), else_=inherited).label(name)


TIME, LOCATION, LOCALITY = _own("time"), _own("location_guid"), _own("verbatim_locality")
LATITUDE, LONGITUDE = (_own(f"decimal_{name}", OWN_POINT) for name in ("latitude", "longitude"))
ENCOUNTERS = Listing(
    select(
        ENCOUNTER.guid,
        ENCOUNTER.created,
        ENCOUNTER.updated,
        ENCOUNTER.sighting_guid,
        ENCOUNTER.individual_guid,
        ENCOUNTER.owner_guid,
        ENCOUNTER.submitter_guid,
        ENCOUNTER.taxonomy_guid,
        ENCOUNTER.sex,
        ENCOUNTER.custom_fields,
        TIME,
        _own("time_offset", OWN_TIME),
        _own("time_specificity", OWN_TIME),
        LOCATION,
        LOCALITY,
        LATITUDE,
        LONGITUDE,
        SIGHTING.match_state,
    ).join_from(Encounter.__table__, Sighting.__table__),
    sort=("guid", "created", "updated", "time", "match_state", "sex"),
    words=("guid", "verbatim_locality"),
    fields={
        "sighting_guid": ENCOUNTER.sighting_guid,
        "individual_guid": ENCOUNTER.individual_guid,
        "submitter_guid": ENCOUNTER.submitter_guid,
        "owner_guid": ENCOUNTER.owner_guid,
        "taxonomy_guid": ENCOUNTER.taxonomy_guid,
        "verbatimLocality": LOCALITY.element,
        "locationId": LOCATION.element,
        "locationId_value": region_name_of(LOCATION.element),
        "location_geo_point": PointField(LATITUDE.element, LONGITUDE.element),
        "timeSpecificity": case(
            (OWN_TIME, ENCOUNTER.time_specificity), else_=SIGHTING.time_specificity
        ),
        "customFields": custom_fields_of("Encounter", ENCOUNTER.custom_fields),
        "owner": RelatedRows(Encounter.owner.has, {"guid": User.guid, "full_name": User.full_name}),
        "annotations": RelatedRows(
            Encounter.annotations.any,
            {"guid": Annotation.guid, "ia_class": Annotation.ia_class},
        ),
    },
)


def _with_encounter_of(owner: Any) -> Any:
    return select(ENCOUNTER.sighting_guid).where(ENCOUNTER.owner_guid == owner)


READABLE_SIGHTINGS = Listing(
    select(SIGHTING.guid, SIGHTING.created, SIGHTING.updated, SIGHTING.time),
    sort=SIGHTINGS.sort,
    grants=SightingResource.grants,
)
MAX_UNPROCESSED = 1000
UNPROCESSED = (
    select(SIGHTING.guid)
    .where(SIGHTING.guid.in_(_with_encounter_of(bindparam("owner"))))
    .where(SIGHTING.match_state.not_in(REVIEWED))
    .order_by(SIGHTING.created.desc(), SIGHTING.guid)
    .limit(MAX_UNPROCESSED)
)
JOB_TYPE = "Sighting"
"""The type of the analysis jobs of sightings, which a module above adds."""


def sightings_of(
    db: Session, identity: Identity | None, user: User, query: Mapping[str, Any]
) -> Page:
    """Return a page of the sightings with an encounter of a user that the caller may read."""
    own = SIGHTING.guid.in_(_with_encounter_of(user.guid))
    page = READABLE_SIGHTINGS.page(db, identity, query, where=own)
    guids = [row.guid for row in page.rows]
    rows = {row.guid: row for row in db.scalars(select(Sighting).where(SIGHTING.guid.in_(guids)))}
    return Page([rows[guid] for guid in guids], page.total)


def unprocessed_sightings(
    _services: Services, db: Session, accounts: Sequence[Any]
) -> list[Sequence[UUID]]:
    """Return the sightings of each account that need work; only the caller's shows them."""
    execute = db.connection().execute
    return [execute(UNPROCESSED, {"owner": each.guid}).scalars().all() for each in accounts]


def count_sightings(db: Session) -> int:
    """Return the number of sightings."""
    return db.scalar(select(func.count()).select_from(Sighting)) or 0


def identification_jobs(
    services: Services, db: Session, sightings: Sequence[Any]
) -> list[list[DebuggedJob]]:
    """Return the identification jobs of each sighting with their details."""
    sources = [source for source in services[JobSources] if source.type == JOB_TYPE]
    return [
        [job for source in sources for job in debugged_jobs_of(db, source, [sighting.guid])]
        for sighting in sightings
    ]


Usage = Callable[[Session, set[str]], Mapping[str, int]]


def usage_of(column: Any) -> Usage:
    """Return the function that counts the rows by the ids of the site in a column."""

    def count(db: Session, ids: set[str]) -> Mapping[str, int]:
        rows = db.execute(select(column, func.count()).group_by(column))
        counts = {str(guid): number for guid, number in rows}
        return {id: counts.get(id.lower(), 0) for id in ids}

    return count


def usage_of_custom_fields(model: Any) -> Usage:
    """Return the function that counts the rows with a value in each custom field."""

    def count(db: Session, ids: set[str]) -> Mapping[str, int]:
        every = select(func.count()).select_from(model)
        values = {id: model.custom_fields[id].as_string() for id in ids}
        return {id: db.scalar(every.where(values[id].is_not(None))) or 0 for id in ids}

    return count

"""The searches of sightings and of encounters."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, case, func, select

from houston.core.api.listing import Inherited, Listing
from houston.core.api.search.fields import Either, PointField, Related
from houston.core.api.search.inherited import InheritedField
from houston.core.api.search.names import RelatedRows
from houston.core.security.grants import Permission
from houston.modules.annotations.models import Annotation
from houston.modules.asset_groups.models import AssetGroupSighting
from houston.modules.sightings.models import (
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
    region_within,
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
        "locationId_within": region_within(SIGHTING.location_guid),
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
    order_by={
        "time.datetime": SIGHTING.time,
        "verbatimLocality": SIGHTING.verbatim_locality,
        "locationId_keyword": region_order_of(SIGHTING.location_guid),
        "locationId_value": region_order_of(SIGHTING.location_guid),
        "submissionTime": SUBMITTED,
        "numberEncounters": NUMBER_OF_ENCOUNTERS,
        "numberImages": NUMBER_OF_IMAGES,
        "numberAnnotations": NUMBER_OF_ANNOTATIONS,
        "numberIndividuals": NUMBER_OF_INDIVIDUALS,
    },
    grants=SightingResource.grants,
    rights=VIEW,
    restricts=False,
    private=(
        "comments",
        "customFields",
        "custom_fields",
        "decimal_latitude",
        "decimal_longitude",
        "location_geo_point",
    ),
)
"""All sightings; the place and the notes of those that the caller may not read are private."""

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


def _inherited(field: Any, make: Callable[[Any], Any]) -> InheritedField:
    """A field of encounters; `make` makes that of the columns of a table."""
    link, key = ENCOUNTER.sighting_guid, SIGHTING.guid
    return InheritedField(field, make(ENCOUNTER), make(SIGHTING), link=link, key=key)


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
        "verbatimLocality": _inherited(LOCALITY.element, lambda columns: columns.verbatim_locality),
        "time": _inherited(TIME.element, lambda columns: columns.time),
        "locationId": _inherited(LOCATION.element, lambda columns: columns.location_guid),
        "locationId_within": region_within(LOCATION.element),
        "locationId_value": region_name_of(LOCATION.element),
        "location_geo_point": _inherited(
            PointField(LATITUDE.element, LONGITUDE.element),
            lambda columns: PointField(columns.decimal_latitude, columns.decimal_longitude),
        ),
        "timeSpecificity": case(
            (OWN_TIME, ENCOUNTER.time_specificity), else_=SIGHTING.time_specificity
        ),
        "customFields": custom_fields_of("Encounter", ENCOUNTER.custom_fields),
        "owner": RelatedRows(Encounter.owner.has, {"guid": User.guid, "full_name": User.full_name}),
        "annotations": RelatedRows(
            Encounter.annotations.any,
            {
                "guid": Annotation.guid,
                "ia_class": Annotation.ia_class,
                "viewpoint": Annotation.viewpoint,
            },
        ),
    },
    order_by={
        "time.datetime": TIME.element,
        "verbatimLocality": LOCALITY.element,
        "locationId_keyword": region_order_of(LOCATION.element),
        "locationId_value": region_order_of(LOCATION.element),
    },
    grants=EncounterResource.grants,
    rights=VIEW,
    restricts=False,
    inherited=Inherited(
        ("decimal_latitude", "decimal_longitude", "location_geo_point"),
        OWN_POINT,
        SightingResource.grants,
    ),
)
"""All encounters; the place that one has from a sighting is for those who read the sighting."""

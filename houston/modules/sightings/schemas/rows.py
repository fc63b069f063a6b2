"""The rows of lists and searches of sightings and of encounters.

A row that the caller may not read in full has its guid, its dates, region, owners and counts, but
neither comments, exact coordinates, names nor custom fields.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from types import SimpleNamespace
from typing import Any

from sqlalchemy import select, union_all

from houston.core.db.session import Session
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
from houston.core.services import Services
from houston.domain.observations import MatchState, Sex
from houston.domain.times import Specificity
from houston.modules.sightings.models import Encounter, SightingStage, SightingTaxonomy
from houston.modules.sightings.schemas.responses import region_keys, region_names, time_of
from houston.modules.users.models import User
from houston.modules.users.schemas import PublicUserSchema

OWNER = (User.guid, User.full_name, User.profile_fileupload_guid)


class PointSchema(Schema):
    """A point by its degrees."""

    lat = Number(-90, 90)
    lon = Number(-180, 180)


def _point(row: Any) -> SimpleNamespace | None:
    if row.decimal_latitude is None or row.decimal_longitude is None:
        return None
    return SimpleNamespace(lat=row.decimal_latitude, lon=row.decimal_longitude)


class ObservationRowSchema(Schema):
    """What the rows of sightings and encounters share."""

    guid = Guid()
    created = Instant()
    updated = Instant()
    has_view = Boolean(name="hasView", source="has_view")
    time = String(nullable=True, compute=time_of)
    specificity = Choice(
        Specificity, name="timeSpecificity", source="time_specificity", nullable=True
    )
    match_state = Choice(MatchState)
    location = Guid(name="locationId", source="location_guid", nullable=True)
    locality = Text(name="verbatimLocality", source="verbatim_locality", nullable=True)
    latitude = Number(name="decimalLatitude", source="decimal_latitude", nullable=True)
    longitude = Number(name="decimalLongitude", source="decimal_longitude", nullable=True)
    point = PointSchema(name="location_geo_point", nullable=True, compute=_point)
    custom_fields = MapOf(
        Json(nullable=True), name="customFields", source="custom_fields", nullable=True
    )


class EncountersOfRowSchema(Schema):
    """The values of all encounters of a sighting."""

    sex = ListOf(Choice(Sex))
    taxonomy_guid = ListOf(Guid())
    custom_fields = MapOf(
        ListOf(Json(nullable=True)),
        name="customFields",
        source="custom_fields",
        description="The values by field.",
    )


class SightingRowSchema(ObservationRowSchema):
    """A sighting in a search."""

    stage = Choice(SightingStage)
    comments = Text(nullable=True)
    submitted = Instant(name="submissionTime", source="submitted")
    state = Choice(
        ("identification",), name="pipelineState", source="pipeline_state", nullable=True
    )
    encounters_number = Integer(0, name="numberEncounters", source="number_encounters")
    images_number = Integer(0, name="numberImages", source="number_images")
    annotations_number = Integer(0, name="numberAnnotations", source="number_annotations")
    individuals_number = Integer(0, name="numberIndividuals", source="number_individuals")


class EncounterRowSchema(ObservationRowSchema):
    """An encounter in a search, with the time and the place of its sighting if it has none."""

    sighting_guid = Guid()
    individual_guid = Guid(nullable=True)
    owner_guid = Guid()
    submitter_guid = Guid(nullable=True)
    taxonomy_guid = Guid(nullable=True)
    sex = Choice(Sex, nullable=True)


def owners_of(_services: Services, db: Session, rows: Sequence[Any]) -> list[list[Any]]:
    """The owners of the encounters of each sighting, in the order of the encounters."""
    found = _by_sighting(
        db,
        rows,
        select(Encounter.sighting_guid, *OWNER)
        .join(User, User.guid == Encounter.owner_guid)
        .order_by(Encounter.created, Encounter.position),
    )
    return [list({owner.guid: owner for owner in found[row.guid]}.values()) for row in rows]


def taxonomies_of(_services: Services, db: Session, rows: Sequence[Any]) -> list[list[Any]]:
    """The species of each sighting and of its encounters."""
    own = select(SightingTaxonomy.sighting_guid, SightingTaxonomy.taxonomy_guid)
    seen = select(Encounter.sighting_guid, Encounter.taxonomy_guid)
    both = union_all(own, seen.where(Encounter.taxonomy_guid.is_not(None))).subquery()
    found = _by_sighting(db, rows, select(both.c.sighting_guid, both.c.taxonomy_guid))
    return [sorted({each.taxonomy_guid for each in found[row.guid]}, key=str) for row in rows]


def encounters_of(_services: Services, db: Session, rows: Sequence[Any]) -> list[SimpleNamespace]:
    """The values of the encounters of each sighting; custom fields of readable ones alone."""
    columns = (Encounter.sex, Encounter.taxonomy_guid, Encounter.custom_fields)
    found = _by_sighting(db, rows, select(Encounter.sighting_guid, *columns))
    return [
        SimpleNamespace(
            sex=_distinct(each.sex for each in found[row.guid]),
            taxonomy_guid=_distinct(each.taxonomy_guid for each in found[row.guid]),
            custom_fields=_gathered(found[row.guid]) if row.has_view else {},
        )
        for row in rows
    ]


def owner_of(_services: Services, db: Session, rows: Sequence[Any]) -> list[Any]:
    """The owner of each encounter."""
    guids = {row.owner_guid for row in rows}
    owners = {owner.guid: owner for owner in db.execute(select(*OWNER).where(User.guid.in_(guids)))}
    return [owners[row.owner_guid] for row in rows]


def _by_sighting(db: Session, rows: Sequence[Any], statement: Any) -> dict[Any, list[Any]]:
    """The rows of a statement by the guid of their sighting, its first column."""
    found: dict[Any, list[Any]] = defaultdict(list)
    sighting = statement.selected_columns[0]
    for each in db.execute(statement.where(sighting.in_([row.guid for row in rows]))):
        found[each[0]].append(each)
    return found


def _distinct(values: Iterable[Any]) -> list[Any]:
    return list(dict.fromkeys(value for value in values if value is not None))


def _gathered(encounters: Sequence[Any]) -> dict[str, list[Any]]:
    gathered: dict[str, list[Any]] = defaultdict(list)
    for encounter in encounters:
        for id, value in encounter.custom_fields.items():
            gathered[id].append(value)
    return gathered


def includeme(config: Any) -> None:
    """Load the fields of rows that are those of other rows, for all rows of a page at once."""
    owner, owners = PublicUserSchema(), ListOf(PublicUserSchema())
    region = String(nullable=True, description="The name of the region.")
    for schema in (SightingRowSchema, EncounterRowSchema):
        config.contribute(schema, "locationId_value", region.clone(), region_names)
        config.contribute(schema, "locationId_keyword", String(), region_keys)
    config.contribute(SightingRowSchema, "owners", owners, owners_of)
    config.contribute(SightingRowSchema, "taxonomy_guids", ListOf(Guid()), taxonomies_of)
    config.contribute(SightingRowSchema, "encounters", EncountersOfRowSchema(), encounters_of)
    config.contribute(EncounterRowSchema, "owner", owner, owner_of)

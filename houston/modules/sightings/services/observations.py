"""The values of observations as requests have them, by which changes are checked and written."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from houston.domain import times
from houston.domain.observations import Observed, Sex
from houston.modules.sightings.models import Encounter

TIME = ("time", "timeSpecificity")
LOCATION, LOCALITY = "locationId", "verbatimLocality"
LATITUDE, LONGITUDE = "decimalLatitude", "decimalLongitude"
FIELDS = "customFields"


def values_of(row: Observed) -> dict[str, Any]:
    """The values of an observation, as a request that sets all of them has them."""
    return times_of(row) | {
        LOCATION: str(row.location_guid) if row.location_guid else None,
        LOCALITY: row.verbatim_locality,
        LATITUDE: row.decimal_latitude,
        LONGITUDE: row.decimal_longitude,
        FIELDS: row.custom_fields,
    }


def times_of(row: Observed) -> dict[str, Any]:
    """The two halves of the time of an observation, or None for each."""
    moment = row.observed
    halves = (None, None) if moment is None else (moment.time, moment.specificity)
    return dict(zip(TIME, halves, strict=True))


def set_values(row: Observed, values: Mapping[str, Any]) -> None:
    """Set an observation to valid values; what they lack is not known."""
    row.observed, _ = times.read(values)
    row.location_guid = guid_of(values.get(LOCATION))
    row.verbatim_locality = values.get(LOCALITY) or None
    row.decimal_latitude = values.get(LATITUDE)
    row.decimal_longitude = values.get(LONGITUDE)
    row.custom_fields = values.get(FIELDS) or {}


def values_of_encounter(encounter: Encounter) -> dict[str, Any]:
    """The own values of an encounter, as a request that sets all of them has them."""
    taxonomy = encounter.taxonomy_guid
    return values_of(encounter) | {
        "sex": encounter.sex,
        "taxonomy": str(taxonomy) if taxonomy else None,
    }


def set_encounter(encounter: Encounter, values: Mapping[str, Any]) -> None:
    """Set an encounter to valid values; what they lack is not known, or that of its sighting."""
    set_values(encounter, values)
    encounter.sex = Sex(values["sex"]) if values.get("sex") else None
    encounter.taxonomy_guid = guid_of(values.get("taxonomy"))


def guid_of(text: str | None) -> UUID | None:
    """The guid of a text, or None."""
    return UUID(text) if text else None

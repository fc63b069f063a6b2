"""The fields of a submission, of its sightings and of their encounters: tables of what each is.

What a client has not set it sends as null or as an empty text. Both are good for a field that is
not required, save for lists and objects. Numbers may come as text, as spreadsheets have them.
"""

from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any, NamedTuple

from houston.core.errors import shown
from houston.core.values import GUID_FORM
from houston.modules.asset_groups.validation.faults import Faults, Place

LONGEST_TEXT = 10_000
LONGEST_NUMBER = 50

Reader = Callable[[Any, str, str], Any]
"""Reads a value, given the field's name and the words of its place; raises ValueError."""


class Rule(NamedTuple):
    """How a field is read, and whether it must be there."""

    read: Reader
    required: bool = False


def text(value: Any, field: str, where: str) -> str | None:
    """A text, or None."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise _incorrect(field, "str", where)
    if len(value) > LONGEST_TEXT:
        raise ValueError(f"{field} is longer than {LONGEST_TEXT} characters in {where}")
    return value


def guid(value: Any, field: str, where: str) -> str | None:
    """A guid as lower-case text, or None."""
    if value is None or value == "":
        return None
    if not isinstance(value, str) or not GUID_FORM.match(value):
        raise ValueError(f"{field} is not a valid uuid string in {where}")
    return value.lower()


def moment_text(value: Any, field: str, where: str) -> str | None:
    """A part of a moment, or None."""
    if value is not None and not isinstance(value, str):
        raise ValueError(f"{field} field must be a string in {where}")
    return value


def email(value: Any, field: str, where: str) -> str | None:
    """Somebody's address, or None."""
    if value is not None and not isinstance(value, str):
        raise ValueError(f"{where} {field} must be a string")
    return value


def individual(value: Any, _field: str, where: str) -> str | None:
    """The guid of an individual as lower-case text, or None."""
    if value is None or value == "":
        return None
    if not isinstance(value, str) or not GUID_FORM.match(value):
        raise ValueError(f"{where} individual {shown(value)} not valid")
    return value.lower()


def number(value: Any, field: str, where: str) -> float | None:
    """A finite number, or None."""
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise _incorrect(field, "float", where)
    found = _float(value)
    if found is None:
        raise ValueError(f"Cannot convert {shown(value)} to float for {field} in {where}")
    return found


def items(value: Any, field: str, where: str) -> list[Any]:
    """A list."""
    if not isinstance(value, list):
        raise _incorrect(field, "list", where)
    return value


def some_items(value: Any, field: str, where: str) -> list[Any]:
    """A list with something in it."""
    if not items(value, field, where):
        raise ValueError(f"{field} in {where} must have at least one entry")
    found: list[Any] = value
    return found


def mapping(value: Any, field: str, where: str) -> dict[str, Any]:
    """An object."""
    if not isinstance(value, dict):
        raise _incorrect(field, "dict", where)
    return value


def anything(value: Any, _field: str, _where: str) -> Any:
    """Any value at all."""
    return value


SUBMISSION: Mapping[str, Rule] = {
    "uploadType": Rule(text, required=True),
    "speciesDetectionModel": Rule(some_items, required=True),
    "sightings": Rule(some_items, required=True),
    "transactionId": Rule(guid),
    "submitterEmail": Rule(text),
    "description": Rule(text),
    "token": Rule(text),
    "taxonomies": Rule(anything),
}

SIGHTING: Mapping[str, Rule] = {
    "locationId": Rule(guid, required=True),
    "time": Rule(moment_text, required=True),
    "timeSpecificity": Rule(moment_text, required=True),
    "encounters": Rule(some_items, required=True),
    "assetReferences": Rule(items),
    "idConfigs": Rule(items),
    "decimalLatitude": Rule(number),
    "decimalLongitude": Rule(number),
    "verbatimLocality": Rule(text),
    "name": Rule(text),
    "comments": Rule(text),
    "customFields": Rule(mapping),
    "taxonomies": Rule(items),
    "match_state": Rule(text),
    "assetId": Rule(guid),
    "featuredAssetGuid": Rule(guid),
    "speciesDetectionModel": Rule(anything),
}

ENCOUNTER: Mapping[str, Rule] = {
    "locationId": Rule(guid),
    "time": Rule(moment_text),
    "timeSpecificity": Rule(moment_text),
    "taxonomy": Rule(guid),
    "sex": Rule(text),
    "decimalLatitude": Rule(number),
    "decimalLongitude": Rule(number),
    "verbatimLocality": Rule(text),
    "comments": Rule(text),
    "customFields": Rule(mapping),
    "ownerEmail": Rule(email),
    "individualUuid": Rule(individual),
    "annotations": Rule(items),
    "firstName": Rule(text),
    "FirstName": Rule(text),
    "utcOffset": Rule(anything),
}
"""`firstName`, `comments` and `utcOffset` are columns of the web client's spreadsheets."""


def read_fields(
    given: Mapping[str, Any], rules: Mapping[str, Rule], place: Place, faults: Faults
) -> dict[str, Any]:
    """The values of the fields that are given and right; the others are noted as faults."""
    unknown = [name for name in given if name not in rules]
    if unknown:
        listed = ", ".join(f"'{shown(name)}'" for name in unknown)
        text = f"[{listed}] are not valid field name(s) in {place.words}"
        faults.add(place.field(shown(unknown[0])), text)
    values: dict[str, Any] = {}
    for name, rule in rules.items():
        if rule.required and given.get(name) in (None, ""):
            faults.add(place.field(name), f"{name} field missing from {place.words}")
        elif name in given:
            try:
                values[name] = rule.read(given[name], name, place.words)
            except ValueError as error:
                faults.add(place.field(name), str(error))
    return values


def _float(value: int | float | str) -> float | None:
    if isinstance(value, str) and (len(value) > LONGEST_NUMBER or "_" in value):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if isfinite(found) else None


def _incorrect(field: str, expected: str, where: str) -> ValueError:
    return ValueError(f"{field} field had incorrect type, expected {expected} in {where}")

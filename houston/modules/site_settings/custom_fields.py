"""The values of custom fields, which are read as their definitions say."""

from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from functools import cache
from typing import Any
from uuid import UUID

from colander import Invalid

from houston.core.db.session import Session
from houston.core.schema import integer_of, number_of
from houston.core.schema.nodes import Boolean, Integer, Json, Number, String, Text
from houston.core.services import Services
from houston.core.values import equal, quoted
from houston.domain import times
from houston.modules.fileuploads.models import FileUpload
from houston.modules.site_settings.registry import SettingsRegistry, definitions_of
from houston.modules.site_settings.structured import FIELDS, MAX_ITEMS, REFERENCES, GuidText

Faults = dict[str, list[str]]

NOT_SEVERAL = "multiple=True but value is not list"
TEXT, LINE, BOOLEAN, ANY = Text(), String(), Boolean(), Json()
INTEGER, NUMBER, GUID = Integer(), Number(), GuidText(lower=True)


class CustomFields:
    """The checker of the custom fields of one class of objects, for one request."""

    def __init__(self, services: Services, db: Session, noun: str) -> None:
        self._registry, self._db = services[SettingsRegistry], db
        self._definitions = definitions_of(self._registry.read(db)[FIELDS + noun])
        self._exists = cache(self._look_up)

    def check(self, values: Mapping[str, Any]) -> tuple[dict[str, Any], Faults]:
        """Validate values by the ids of the definitions; absent ones are not missed, even required.

        Returns:
            The values to store, and the messages about the others, by the same ids.
        """
        good: dict[str, Any] = {}
        faults: Faults = {}
        for id, value in values.items():
            if id not in self._definitions:
                faults |= _unknown(id)
                continue
            try:
                good[id] = self._read(self._definitions[id], value)
            except (Invalid, ValueError) as refused:
                label = self._definitions[id]["schema"]["label"]
                reason = f'Value "{quoted(value)}" is not valid for {label}'
                faults[id] = [NOT_SEVERAL if refused.args == (NOT_SEVERAL,) else reason]
        return good, faults

    def check_removal(self, id: str, values: Mapping[str, Any]) -> Faults:
        """Validate the removal of the value of an id, which the values of the object may lack.

        Returns:
            The message about an id without a definition and without a value.
        """
        return {} if id in self._definitions or id in values else _unknown(id)

    def _read(self, definition: Mapping[str, Any], value: Any) -> Any:
        schema, required = definition["schema"], bool(definition.get("required"))
        display = schema["displayType"]
        # A range of dates is called multiple as well, since it has two.
        several = display == "multiselect" or (definition["multiple"] and display != "daterange")
        if several and value is not None:
            if not isinstance(value, list):
                raise ValueError(NOT_SEVERAL)
            if not required <= len(value) <= MAX_ITEMS:
                raise ValueError
            return [self._read_one(schema, each, nullable=True) for each in value]
        return self._read_one(schema, value, nullable=not required or _is_choice(schema, None))

    def _read_one(self, schema: Mapping[str, Any], value: Any, *, nullable: bool) -> Any:
        display = schema["displayType"]
        is_null = value is None or (display in PAIRS and value == [None, None])
        if nullable and is_null:
            return value
        if display in READERS:
            return READERS[display](value)
        if display in REFERENCES:
            value = GUID.deserialize(value)
            is_valid = self._exists(REFERENCES[display], value)
        else:
            is_valid = _is_choice(schema, value)
        if not is_valid:
            raise ValueError
        return value

    def _look_up(self, kind: str, guid: str) -> bool:
        """Return whether a value can refer to an object, which is looked up once."""
        if kind == "region":
            region = self._registry.read(self._db).regions.get(guid)
            return region is not None and not region.placeholder_only
        if kind == "file":
            return self._db.get(FileUpload, UUID(guid)) is not None
        check = self._registry.references.get(kind)
        return check is not None and check(self._db, guid)


def _unknown(id: str) -> Faults:
    return {quoted(id): [f"invalid customField definition id {quoted(id)}"]}


def _is_choice(schema: Mapping[str, Any], value: Any) -> bool:
    return any(equal(choice["value"], value) for choice in schema.get("choices") or ())


def _whole_number(value: Any) -> Any:
    """A whole number, or a text of one, such as spreadsheets have; 1.0 is none."""
    if isinstance(value, float):
        raise ValueError
    return INTEGER.deserialize(integer_of(value.strip()) if isinstance(value, str) else value)


def _number(value: Any) -> Any:
    """A number, or a text of one."""
    return NUMBER.deserialize(number_of(value.strip()) if isinstance(value, str) else value)


def _moment(value: Any) -> str:
    """A time in ISO 8601; without an offset it is in UTC, so that all can be compared."""
    moment = times.read_iso(LINE.deserialize(value))
    if moment is None:
        raise ValueError
    aware = moment.replace(tzinfo=moment.tzinfo or timezone.utc)
    return aware.isoformat(timespec="microseconds")


def _specified_time(value: Any) -> dict[str, str]:
    """A time with its specificity, in the fields `time` and `timeSpecificity`."""
    moment, _ = times.read(ANY.deserialize(value))
    if moment is None:
        raise ValueError
    return {"time": moment.time, "timeSpecificity": moment.specificity.value}


def _pair(read: Callable[[Any], Any], value: Any) -> list[Any]:
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError
    return [read(each) for each in value]


def _date_range(value: Any) -> list[str]:
    dates = _pair(_moment, value)
    first, last = map(datetime.fromisoformat, dates)
    if first > last:
        raise ValueError
    return dates


def _position(value: Any) -> list[float]:
    position = _pair(_number, value)
    latitude, longitude = position
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise ValueError
    return position


PAIRS: Mapping[str, Callable[[Any], Any]] = {"daterange": _date_range, "latlong": _position}
READERS: Mapping[str, Callable[[Any], Any]] = {
    "string": TEXT.deserialize,
    "longstring": TEXT.deserialize,
    "boolean": BOOLEAN.deserialize,
    "integer": _whole_number,
    "float": _number,
    "feetmeters": _number,
    "date": _moment,
    "specifiedTime": _specified_time,
    **PAIRS,
}
"""The functions that read a value of the other display types.

They raise ValueError or colander.Invalid for one that is not valid.
"""

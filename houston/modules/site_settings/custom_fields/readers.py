"""How the value of a custom field is read, by its display type; null is not asked of these."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from math import isfinite
from typing import Any
from uuid import UUID

from sqlalchemy import select

from houston.core.db.session import Session
from houston.core.schema.reading import NUMBER
from houston.core.services import Services
from houston.core.values import GUID_FORM, MAX_INTEGER, MIN_INTEGER, equal
from houston.domain import times
from houston.modules.fileuploads.models import FileUpload
from houston.modules.site_settings.registered import Registered
from houston.modules.site_settings.snapshot import snapshot

LONGEST_TEXT = 10_000
LONGEST_NUMBER = 50
INTEGER = re.compile(r"[+-]?[0-9]{1,30}\Z", re.ASCII)


class InvalidValue(ValueError):
    """A value that its field does not take; without a text the contract's sentence says so."""


class References:
    """What the values of one request refer to, each asked for once."""

    def __init__(self, services: Services, db: Session) -> None:
        self._services, self._db = services, db
        self._known: dict[tuple[str, str], bool] = {}

    def has_region(self, guid: str) -> bool:
        """Whether there is a region of this guid that is no mere heading."""
        region = snapshot(self._services, self._db).regions.get(guid)
        return region is not None and not region.placeholder_only

    def has(self, kind: str, guid: str) -> bool:
        """Whether there is a `file`, or an object of another module that is referred to so."""
        if (kind, guid) not in self._known:
            self._known[kind, guid] = self._look_up(kind, guid)
        return self._known[kind, guid]

    def _look_up(self, kind: str, guid: str) -> bool:
        if kind == "file":
            found = select(FileUpload.guid).where(FileUpload.guid == UUID(guid))
            return self._db.scalar(found) is not None
        check = self._services[Registered].references.get(kind)
        return check is not None and check(self._db, guid)


Schema = Mapping[str, Any]
Reader = Callable[[Any, Schema, References], Any]
"""The value as it is stored; raises InvalidValue."""


def _text(value: Any, _schema: Schema, _references: References) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise InvalidValue
    return value


def _choice(value: Any, schema: Schema, _references: References) -> Any:
    if not any(equal(choice["value"], value) for choice in schema["choices"]):
        raise InvalidValue
    return value


def _boolean(value: Any, _schema: Schema, _references: References) -> bool:
    if not isinstance(value, bool):
        raise InvalidValue
    return value


def _integer(value: Any, _schema: Schema, _references: References) -> int:
    """A whole number, or a text of one as forms and spreadsheets have it."""
    if isinstance(value, str) and INTEGER.match(value.strip()):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidValue
    if not MIN_INTEGER <= value <= MAX_INTEGER:
        raise InvalidValue
    return value


def _number(value: Any, _schema: Schema, _references: References) -> int | float:
    """A number, or a text of one."""
    if isinstance(value, str) and len(value) <= LONGEST_NUMBER and NUMBER.match(value.strip()):
        value = float(value)
    if not isinstance(value, int | float) or isinstance(value, bool) or not isfinite(value):
        raise InvalidValue
    return value


def _date(value: Any, _schema: Schema, _references: References) -> str:
    return _moment(value).isoformat(timespec="microseconds")


def _range_of_dates(value: Any, _schema: Schema, _references: References) -> list[str]:
    if not isinstance(value, list) or len(value) != 2:
        raise InvalidValue
    first, second = map(_moment, value)
    if first > second:
        raise InvalidValue
    return [each.isoformat(timespec="microseconds") for each in (first, second)]


def _position(value: Any, schema: Schema, references: References) -> list[int | float]:
    if not isinstance(value, list) or len(value) != 2:
        raise InvalidValue
    latitude, longitude = (_number(each, schema, references) for each in value)
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise InvalidValue
    return [latitude, longitude]


def _region(value: Any, _schema: Schema, references: References) -> str:
    guid = _guid(value)
    if not references.has_region(guid):
        raise InvalidValue
    return guid


def _individual(value: Any, _schema: Schema, references: References) -> str:
    return _reference("individual", value, references)


def _file(value: Any, _schema: Schema, references: References) -> str:
    return _reference("file", value, references)


def _specified_time(value: Any, _schema: Schema, _references: References) -> dict[str, str]:
    moment, _ = times.read(value)
    if moment is None:
        raise InvalidValue
    return {"time": moment.time, "timeSpecificity": moment.specificity.value}


READERS: Mapping[str, Reader] = {
    "string": _text,
    "longstring": _text,
    "select": _choice,
    "multiselect": _choice,
    "boolean": _boolean,
    "integer": _integer,
    "float": _number,
    "feetmeters": _number,
    "date": _date,
    "daterange": _range_of_dates,
    "latlong": _position,
    "individual": _individual,
    "locationId": _region,
    "locationID": _region,
    "file": _file,
    "specifiedTime": _specified_time,
}


def _moment(value: Any) -> datetime:
    """An aware moment: one without an offset is taken for UTC, so that all can be compared."""
    moment = times.read_iso(value) if isinstance(value, str) else None
    if moment is None:
        raise InvalidValue
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def _guid(value: Any) -> str:
    if not isinstance(value, str) or not GUID_FORM.match(value):
        raise InvalidValue
    return value.lower()


def _reference(kind: str, value: Any, references: References) -> str:
    guid = _guid(value)
    if not references.has(kind, guid):
        raise InvalidValue
    return guid

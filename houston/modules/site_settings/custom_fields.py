"""The values of custom fields: the definition of a field is made into the schema of its value."""

from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from functools import cache
from typing import Any
from uuid import UUID

from colander import Function, Invalid, null
from sqlalchemy import select

from houston.core.db.session import Session
from houston.core.schema import integer_of, number_of
from houston.core.schema.nodes import (
    Boolean,
    Field,
    Integer,
    Json,
    ListOf,
    Number,
    String,
    Text,
    Validator,
)
from houston.core.services import Services
from houston.core.values import GUID_FORM, equal, quoted
from houston.domain import times
from houston.modules.fileuploads.models import FileUpload
from houston.modules.site_settings.nodes import MAX_ITEMS, GuidText
from houston.modules.site_settings.registry import SettingsRegistry
from houston.modules.site_settings.values import read_values

Faults = dict[str, list[str]]

NOT_VALID = "Not a valid value."
NOT_SEVERAL = "multiple=True but value is not list"


class CustomFields:
    """The checker of the custom fields of one class of objects, for one request.

    Args:
        services: The parts of the application.
        db: The session.
        noun: The class: `Sighting`, `Encounter` or `Individual`.
    """

    def __init__(self, services: Services, db: Session, noun: str) -> None:
        self._definitions = read_values(services, db).definitions(noun)
        self._references = References(services, db)
        self._nodes: dict[str, Field] = {}

    def check(self, values: Mapping[str, Any]) -> tuple[dict[str, Any], Faults]:
        """Validate values; absent ones are not missed, even of required fields.

        Args:
            values: The values by the ids of the definitions.

        Returns:
            The values to store, and the messages about the others, by the same ids.
        """
        good: dict[str, Any] = {}
        faults: Faults = {}
        for id, value in values.items():
            if id not in self._definitions:
                faults[quoted(id)] = [f"invalid customField definition id {quoted(id)}"]
                continue
            try:
                good[id] = self._node(id).deserialize(value)
            except Invalid as invalid:
                label = self._definitions[id]["schema"]["label"]
                reason = f'Value "{quoted(value)}" is not valid for {label}'
                faults[id] = [NOT_SEVERAL if invalid.msg == NOT_SEVERAL else reason]
        return good, faults

    def _node(self, id: str) -> Field:
        if id not in self._nodes:
            self._nodes[id] = value_node(self._definitions[id], self._references)
        return self._nodes[id]


class References:
    """The objects that the values of a request refer to, each looked up once."""

    def __init__(self, services: Services, db: Session) -> None:
        self._services, self._db = services, db
        self._exists = cache(self._look_up)

    def to(self, kind: str) -> Validator:
        """The validator of the guids of a `region`, a `file`, or another registered kind."""
        validator: Validator = Function(lambda guid: self._exists(kind, guid), NOT_VALID)
        return validator

    def _look_up(self, kind: str, guid: str) -> bool:
        if not GUID_FORM.match(guid):
            return False
        if kind == "region":
            region = read_values(self._services, self._db).regions.get(guid)
            return region is not None and not region.placeholder_only
        if kind == "file":
            found = select(FileUpload.guid).where(FileUpload.guid == UUID(guid))
            return self._db.scalar(found) is not None
        check = self._services[SettingsRegistry].references.get(kind)
        return check is not None and check(self._db, guid)


def value_node(definition: Mapping[str, Any], references: References) -> Field:
    """The schema of the value of a custom field.

    Args:
        definition: The definition, as it is stored.
        references: The lookup of the objects that values refer to.
    """
    schema, required = definition["schema"], bool(definition.get("required"))
    display = schema["displayType"]
    node = NODES[display](schema, references)
    # A range of dates is called multiple as well, since it has two.
    if display == "multiselect" or (definition["multiple"] and display != "daterange"):
        node.nullable = True
        node = Several(node, min_items=int(required), max_items=MAX_ITEMS)
    node.nullable = not required or _is_choice(None, schema)
    return node


class WholeNumber(Integer):
    """A whole number, or a text of one, such as spreadsheets have; 1.0 is none."""

    def deserialize(self, cstruct: Any = null) -> Any:
        """The number."""
        if isinstance(cstruct, float):
            raise Invalid(self, NOT_VALID)
        return super().deserialize(_meaning(cstruct, integer_of))


class AnyNumber(Number):
    """A number, or a text of one."""

    def deserialize(self, cstruct: Any = null) -> Any:
        """The number."""
        return super().deserialize(_meaning(cstruct, number_of))


class Moment(String):
    """A time in ISO 8601; without an offset it is in UTC, so that all can be compared."""

    def deserialize(self, cstruct: Any = null) -> Any:
        """The time as it is stored, to the microsecond."""
        text = super().deserialize(cstruct)
        if text is None:
            return None
        moment = times.read_iso(text)
        if moment is None:
            raise Invalid(self, NOT_VALID)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
        return aware.isoformat(timespec="microseconds")


class SpecifiedTime(Json):
    """A time with its specificity, in the fields `time` and `timeSpecificity`."""

    def deserialize(self, cstruct: Any = null) -> Any:
        """The two fields."""
        value = super().deserialize(cstruct)
        if value is None:
            return None
        moment, _ = times.read(value)
        if moment is None:
            raise Invalid(self, NOT_VALID)
        return {"time": moment.time, "timeSpecificity": moment.specificity.value}


class Pair(ListOf):
    """A list of two values, which may both be null where the pair itself may be."""

    def __init__(self, member: Field, is_valid: Callable[[Any], bool]) -> None:
        # Colander asks the second validator even if the first has found another length.
        check = Function(lambda pair: len(pair) == 2 and is_valid(pair), NOT_VALID)
        super().__init__(member, min_items=2, max_items=2, validators=[check])

    def deserialize(self, cstruct: Any = null) -> Any:
        """The two values."""
        if cstruct == [None, None] and self.nullable:
            return cstruct
        return super().deserialize(cstruct)


class Several(ListOf):
    """A list of values, each of which may be null."""

    def deserialize(self, cstruct: Any = null) -> Any:
        """The values."""
        if cstruct is not None and not isinstance(cstruct, list):
            raise Invalid(self, NOT_SEVERAL)
        return super().deserialize(cstruct)


def _meaning(value: Any, of_text: Callable[[str], Any]) -> Any:
    return of_text(value.strip()) if isinstance(value, str) else value


def _is_choice(value: Any, schema: Mapping[str, Any]) -> bool:
    return any(equal(choice["value"], value) for choice in schema.get("choices") or ())


def _choice(schema: Mapping[str, Any], _references: References) -> Field:
    return Json(validator=Function(lambda value: _is_choice(value, schema), NOT_VALID))


def _in_order(dates: list[str]) -> bool:
    first, last = map(datetime.fromisoformat, dates)
    return first <= last


def _reference(kind: str) -> Callable[[Any, References], Field]:
    return lambda _, references: GuidText(lower=True, validators=[references.to(kind)])


NODES: Mapping[str, Callable[[Mapping[str, Any], References], Field]] = {
    "string": lambda *_: Text(),
    "longstring": lambda *_: Text(),
    "select": _choice,
    "multiselect": _choice,
    "boolean": lambda *_: Boolean(),
    "integer": lambda *_: WholeNumber(),
    "float": lambda *_: AnyNumber(),
    "feetmeters": lambda *_: AnyNumber(),
    "date": lambda *_: Moment(),
    "daterange": lambda *_: Pair(Moment(), _in_order),
    "latlong": lambda *_: Pair(AnyNumber(-180, 180), lambda position: abs(position[0]) <= 90),
    "individual": _reference("individual"),
    "locationId": _reference("region"),
    "locationID": _reference("region"),
    "file": _reference("file"),
    "specifiedTime": lambda *_: SpecifiedTime(),
}
"""The functions that make the node of a value of its definition's schema, by display type."""

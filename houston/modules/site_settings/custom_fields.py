"""The values of custom fields: the definition of a field is made into the schema of its value."""

from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import Any
from uuid import UUID

from colander import Invalid, SchemaNode, null
from sqlalchemy import select

from houston.core.db.session import Session
from houston.core.errors import shown
from houston.core.schema.nodes import Boolean, Field, Integer, Json, ListOf, Number, String
from houston.core.schema.reading import integer_of, number_of
from houston.core.services import Services
from houston.core.values import GUID_FORM, equal
from houston.domain import times
from houston.modules.fileuploads.models import FileUpload
from houston.modules.site_settings.nodes import MAX_ITEMS, MAX_TEXT, GuidText, lowered
from houston.modules.site_settings.registry import SettingsRegistry
from houston.modules.site_settings.values import read_values

Faults = dict[str, list[str]]

PAIRS = frozenset({"daterange", "latlong"})
"""The display types whose value is a list of two, which may both be null."""
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
                faults[shown(id)] = [f"invalid customField definition id {shown(id)}"]
                continue
            try:
                good[id] = self._node(id).deserialize(value)
            except Invalid as invalid:
                label = self._definitions[id]["schema"]["label"]
                reason = f'Value "{shown(value)}" is not valid for {label}'
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
        self._known: dict[tuple[str, str], bool] = {}

    def check_of(self, kind: str) -> Callable[[SchemaNode, str], None]:
        """The validator of the guids of a `region`, a `file`, or another registered kind."""

        def check_reference(node: SchemaNode, guid: str) -> None:
            if not GUID_FORM.match(guid):
                return  # which another validator refuses
            if (kind, guid) not in self._known:
                self._known[kind, guid] = self._exists(kind, guid)
            if not self._known[kind, guid]:
                raise Invalid(node, NOT_VALID)

        return check_reference

    def _exists(self, kind: str, guid: str) -> bool:
        if kind == "region":
            region = read_values(self._services, self._db).regions.get(guid)
            return region is not None and not region.placeholder_only
        if kind == "file":
            found = select(FileUpload.guid).where(FileUpload.guid == UUID(guid))
            return self._db.scalar(found) is not None
        check = self._services[SettingsRegistry].references.get(kind)
        return check is not None and check(self._db, guid)


class WholeNumber(Integer):
    """A whole number, or a text of one, such as spreadsheets have; 1.0 is none."""

    def deserialize(self, cstruct: Any = null) -> Any:
        """The number.

        Raises:
            colander.Invalid: It is none.
        """
        if isinstance(cstruct, float):
            raise Invalid(self, NOT_VALID)
        return super().deserialize(_meaning(cstruct, integer_of))


class AnyNumber(Number):
    """A number, or a text of one."""

    def deserialize(self, cstruct: Any = null) -> Any:
        """The number.

        Raises:
            colander.Invalid: It is none.
        """
        return super().deserialize(_meaning(cstruct, number_of))


class Moment(String):
    """A time in ISO 8601; without an offset it is in UTC, so that all can be compared."""

    def deserialize(self, cstruct: Any = null) -> Any:
        """The time as it is stored, to the microsecond.

        Raises:
            colander.Invalid: It is no time.
        """
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
        """The two fields.

        Raises:
            colander.Invalid: One of them is missing or wrong.
        """
        if cstruct is None or cstruct is null:
            return super().deserialize(cstruct)
        moment, _ = times.read(cstruct)
        if moment is None:
            raise Invalid(self, NOT_VALID)
        return {"time": moment.time, "timeSpecificity": moment.specificity.value}


class Pair(ListOf):
    """A list of two values, which may both be null where the pair itself may be."""

    def __init__(self, member: Field, check: Callable[[SchemaNode, Any], None]) -> None:
        super().__init__(member, min_items=2, max_items=2)
        self._check = check

    def deserialize(self, cstruct: Any = null) -> Any:
        """The pair.

        Raises:
            colander.Invalid: It is none.
        """
        if cstruct == [None, None] and self.nullable:
            return cstruct
        pair = super().deserialize(cstruct)
        if pair is not None:
            self._check(self, pair)
        return pair


class Several(ListOf):
    """A list of values, each of which may be null."""

    def __init__(self, member: Field, *, min_items: int) -> None:
        member.nullable = True
        super().__init__(member, min_items=min_items, max_items=MAX_ITEMS)

    def deserialize(self, cstruct: Any = null) -> Any:
        """The values.

        Raises:
            colander.Invalid: It is no list, or some values are wrong.
        """
        if cstruct is not None and not isinstance(cstruct, list):
            raise Invalid(self, NOT_SEVERAL)
        return super().deserialize(cstruct)


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
        node = Several(node, min_items=1 if required else 0)
    node.nullable = not required or _has_null(schema)
    return node


def _text(_schema: Any, _references: References) -> Field:
    return String(0, MAX_TEXT)


def _choice(schema: Mapping[str, Any], _references: References) -> Field:
    def check_choice(node: SchemaNode, value: Any) -> None:
        if not any(equal(choice["value"], value) for choice in schema["choices"]):
            raise Invalid(node, NOT_VALID)

    return Json(validator=check_choice)


def _dates(_schema: Any, _references: References) -> Field:
    return Pair(Moment(), check_order)


def _position(_schema: Any, _references: References) -> Field:
    return Pair(AnyNumber(-180, 180), check_latitude)


def _reference_to(kind: str) -> Callable[[Any, References], Field]:
    """The function that makes the node of the guid of an object of a kind."""

    def make(_schema: Any, references: References) -> Field:
        return GuidText(preparer=lowered, validators=[references.check_of(kind)])

    return make


NODES: Mapping[str, Callable[[Mapping[str, Any], References], Field]] = {
    "string": _text,
    "longstring": _text,
    "select": _choice,
    "multiselect": _choice,
    "boolean": lambda _schema, _references: Boolean(),
    "integer": lambda _schema, _references: WholeNumber(),
    "float": lambda _schema, _references: AnyNumber(),
    "feetmeters": lambda _schema, _references: AnyNumber(),
    "date": lambda _schema, _references: Moment(),
    "daterange": _dates,
    "latlong": _position,
    "individual": _reference_to("individual"),
    "locationId": _reference_to("region"),
    "locationID": _reference_to("region"),
    "file": _reference_to("file"),
    "specifiedTime": lambda _schema, _references: SpecifiedTime(),
}
"""The functions that make the nodes of values, by display type."""


def check_order(node: SchemaNode, dates: list[str]) -> None:
    """Raise colander.Invalid for a range whose end is before its start."""
    first, last = map(datetime.fromisoformat, dates)
    if first > last:
        raise Invalid(node, NOT_VALID)


def check_latitude(node: SchemaNode, position: list[float]) -> None:
    """Raise colander.Invalid for a latitude beyond the poles, in degrees."""
    if abs(position[0]) > 90:
        raise Invalid(node, NOT_VALID)


def _meaning(value: Any, of_text: Callable[[str], Any]) -> Any:
    return of_text(value.strip()) if isinstance(value, str) else value


def _has_null(schema: Mapping[str, Any]) -> bool:
    """Whether null is one of the choices."""
    return any(choice["value"] is None for choice in schema.get("choices") or ())

"""The types of nodes, for which Colander's are not strict enough.

Each docstring has the values that Colander's own type accepts. Absent values do not get here: the
node of `nodes.Field` decides about them.
"""

import re
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime, timezone
from typing import Any
from uuid import UUID

import colander
from colander import Invalid, SchemaNode, SchemaType

from houston.core.values import GUID_FORM, UNSTORABLE, can_be_stored, quoted

INSTANT = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(?:Z|([+-]\d\d:\d\d))\Z",
    re.ASCII | re.IGNORECASE,
)
NOT_STORABLE = "Contains characters that cannot be stored."
UNKNOWN = "Unknown field."
MAX_FAULTS = 100
"""After so many faults in a list or a map, its other members are not read."""


class String(colander.String):
    """Text; for Colander's 0, false and [] are absent values, and any character is valid."""

    def deserialize(self, node: SchemaNode, cstruct: Any) -> Any:
        """The text itself."""
        if not isinstance(cstruct, str):
            raise Invalid(node, "Not a valid string.")
        if UNSTORABLE.search(cstruct):
            raise Invalid(node, NOT_STORABLE)
        return cstruct


class Boolean(colander.Boolean):
    """True or false; for Colander's any text but `false` and `0` is true."""

    def deserialize(self, node: SchemaNode, cstruct: Any) -> Any:
        """The value itself."""
        if not isinstance(cstruct, bool):
            raise Invalid(node, "Not a valid boolean.")
        return cstruct


class Integer(colander.Integer):
    """An integer; for Colander's true is 1."""

    def deserialize(self, node: SchemaNode, cstruct: Any) -> Any:
        """The number; 5.0 is an integer, as JSON has one type of numbers."""
        if isinstance(cstruct, float) and cstruct.is_integer():
            cstruct = int(cstruct)
        if not isinstance(cstruct, int) or isinstance(cstruct, bool):
            raise Invalid(node, "Not a valid integer.")
        return cstruct


class Number(colander.Float):
    """A finite number; Colander's accepts texts, true and NaN."""

    def deserialize(self, node: SchemaNode, cstruct: Any) -> Any:
        """The number as a float."""
        is_number = isinstance(cstruct, int | float) and not isinstance(cstruct, bool)
        if not is_number or not abs(cstruct) <= sys.float_info.max:
            raise Invalid(node, "Not a valid number.")
        return float(cstruct)


class Instant(colander.DateTime):
    """A time with an offset; Colander's guesses the timezone of a time without one."""

    def deserialize(self, node: SchemaNode, cstruct: Any) -> Any:
        """The time in UTC, to the microsecond."""
        found = INSTANT.match(cstruct) if isinstance(cstruct, str) else None
        if found is not None:
            seconds, fraction, offset = found.groups()
            text = f"{seconds}.{(fraction or '0')[:6]:0<6}{offset or '+00:00'}"
            with suppress(ValueError, OverflowError):
                return datetime.fromisoformat(text.upper()).astimezone(timezone.utc)
        raise Invalid(node, "Not a valid datetime with an offset.")


class Guid(SchemaType):
    """A UUID in its hyphenated form; Colander has none."""

    def deserialize(self, node: SchemaNode, cstruct: Any) -> Any:
        """The UUID."""
        if not isinstance(cstruct, str) or not GUID_FORM.match(cstruct):
            raise Invalid(node, "Not a valid UUID.")
        return UUID(cstruct)


class Json(SchemaType):
    """Any JSON value that can be stored; Colander has no such type."""

    def deserialize(self, node: SchemaNode, cstruct: Any) -> Any:
        """The value itself."""
        if not can_be_stored(cstruct):
            raise Invalid(node, "Contains text or numbers that cannot be stored.")
        return cstruct


class Mapping(colander.Mapping):
    """An object; Colander's reports unknown keys without other faults, and repeats them."""

    def __init__(self) -> None:
        super().__init__(unknown="raise")

    def deserialize(self, node: SchemaNode, cstruct: Any) -> Any:
        """The values by field; colander.Invalid has all faults."""
        if not isinstance(cstruct, dict):
            raise Invalid(node, "Not a valid mapping.")
        try:
            return super().deserialize(node, cstruct)
        except colander.UnsupportedFields as unsupported:
            unknown = unsupported.fields
        faults = Invalid(node)
        try:
            super().deserialize(node, {k: v for k, v in cstruct.items() if k not in unknown})
        except Invalid as invalid:
            faults = invalid
        for name in list(unknown)[:MAX_FAULTS]:
            faults.add(Invalid(SchemaNode(SchemaType(), name=quoted(name)), UNKNOWN))
        raise faults


class OpenMapping(Mapping):
    """An object that keeps members beyond the declared ones, if they can be stored."""

    def __init__(self) -> None:
        colander.Mapping.__init__(self, unknown="preserve")

    def deserialize(self, node: SchemaNode, cstruct: Any) -> Any:
        """The values by field, and the further members as they are."""
        values = super().deserialize(node, cstruct)
        declared = {child.name for child in node.children}
        faults = Invalid(node)
        for name, value in values.items():
            if name not in declared and not can_be_stored({name: value}):
                named = SchemaNode(SchemaType(), name=quoted(name))
                faults.add(Invalid(named, "Contains text or numbers that cannot be stored."))
            if len(faults.children) >= MAX_FAULTS:
                break
        if faults.children:
            raise faults
        return values


class Sequence(colander.Sequence):
    """A list; Colander's error repeats a value that is not one, and has any number of faults."""

    def deserialize(self, node: SchemaNode, cstruct: Any) -> Any:
        """The members; colander.Invalid has about 100 faults at most."""
        if not isinstance(cstruct, list):
            raise Invalid(node, "Not a valid list.")
        return _all_read(node, cstruct, node.children[0].deserialize)


class Map(SchemaType):
    """An object with any names; Colander has no such type.

    The children of its node are the node of the names and the node of the members.
    """

    def deserialize(self, node: SchemaNode, cstruct: Any) -> Any:
        """The members by name; colander.Invalid has about 100 faults at most."""
        if not isinstance(cstruct, dict):
            raise Invalid(node, "Not a valid mapping.")
        names, members = node.children

        def read(member: tuple[str, Any]) -> tuple[str, Any]:
            name, value = member
            try:
                return str(names.deserialize(name)), members.deserialize(value)
            except Invalid as invalid:
                invalid.node = SchemaNode(members.typ, name=quoted(name))
                raise

        return dict(_all_read(node, cstruct.items(), read))


def _all_read(node: SchemaNode, members: Iterable[Any], read: Callable[[Any], Any]) -> list[Any]:
    values, faults = [], Invalid(node)
    for position, member in enumerate(members):
        try:
            values.append(read(member))
        except Invalid as invalid:
            faults.add(invalid, position)
            if _number_of(faults) >= MAX_FAULTS:
                break
    if faults.children:
        raise faults
    return values


def _number_of(faults: Invalid) -> int:
    """The number of faults in an error and in those of its members."""
    return sum(map(_number_of, faults.children)) or 1

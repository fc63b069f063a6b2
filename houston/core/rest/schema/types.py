"""Strict types: JSON in, no coercion, and every bound is part of the API document.

Colander's own types read `null` as true, take 5.7 for an integer and let NaN pass a range.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timezone
from enum import Enum
from itertools import combinations
from math import isfinite
from typing import Any
from uuid import UUID

from colander import Invalid, SchemaNode, SchemaType, null

MIN_INTEGER, MAX_INTEGER = -(2**63), 2**63 - 1
FORBIDDEN = re.compile("[\0\ud800-\udfff]")
EMAIL = re.compile(r"[^@\s<>\"'(),:;\\]{1,64}@[^@\s<>\"'(),:;\\]{1,255}\Z")
GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")
DECIMAL = re.compile(r"[+-]?[0-9]{1,100}(\.[0-9]{1,100})?([eE][+-]?[0-9]{1,3})?\Z")
INSTANT = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(?:Z|([+-]\d\d:\d\d))\Z",
    re.ASCII | re.IGNORECASE,
)
URL = re.compile(r"https?://[^\s/?#\"<>\\]+[^\s\"<>\\]*\Z")


class Type(SchemaType):
    """A type of values; `reason` says what a wrong one is not."""

    reason = "Not a valid value."

    def deserialize(self, node: SchemaNode, value: Any) -> Any:
        """The Python value of a JSON value; raises colander.Invalid for one of another type."""
        if value is null:
            return null
        return self.read(node, value)

    def read(self, node: SchemaNode, value: Any) -> Any:
        """The Python value of a JSON value that is present."""
        raise NotImplementedError

    def parse(self, text: str) -> Any:
        """The JSON value that a form or a query string means by `text`; `text` if none."""
        return text

    def json_schema(self) -> dict[str, Any]:
        """What the API document says of the type (JSON Schema 2020-12)."""
        raise NotImplementedError


class String(Type):
    """Text of bounded length without NUL and halves of characters."""

    reason = "Not a valid string."

    def __init__(
        self, min: int = 0, max: int = 255, pattern: str | None = None, strip: bool = False
    ) -> None:
        self.min, self.max, self.strip = min, max, strip
        self.pattern = pattern
        self._expression = re.compile(pattern) if pattern else None

    def read(self, node: SchemaNode, value: Any) -> str:
        """The text, stripped where so declared."""
        if not isinstance(value, str):
            raise Invalid(node, self.reason)
        return self._bounded(node, value)

    def _bounded(self, node: SchemaNode, value: str) -> str:
        if FORBIDDEN.search(value):
            raise Invalid(node, "Contains characters that cannot be stored.")
        if self.strip:
            value = value.strip()
        if len(value) < self.min:
            raise Invalid(node, f"Shorter than minimum length {self.min}.")
        if len(value) > self.max:
            raise Invalid(node, f"Longer than maximum length {self.max}.")
        if self._expression and not self._expression.fullmatch(value):
            raise Invalid(node, self.reason)
        return value

    def json_schema(self) -> dict[str, Any]:
        """A string with its bounds."""
        described: dict[str, Any] = {"type": "string", "maxLength": self.max}
        if self.min:
            described["minLength"] = self.min
        if self.pattern:
            described["pattern"] = f"^(?:{self.pattern})$"
        return described


class Text(String):
    """Long text."""

    def __init__(self, min: int = 0, max: int = 10_000) -> None:
        super().__init__(min, max)


class Password(String):
    """A secret text: documented as such, and never repeated in an error."""

    def __init__(self, min: int = 0, max: int = 1024) -> None:
        super().__init__(min, max)

    def json_schema(self) -> dict[str, Any]:
        """A string that forms hide."""
        return super().json_schema() | {"format": "password"}


class Email(String):
    """An address of mail; a host without a dot, such as localhost, is good."""

    reason = "Not a valid email address."

    def __init__(self) -> None:
        super().__init__(3, 120)

    def read(self, node: SchemaNode, value: Any) -> str:
        """The address without surrounding blanks."""
        text = super().read(node, value).strip()
        if not EMAIL.match(text):
            raise Invalid(node, self.reason)
        return text

    def json_schema(self) -> dict[str, Any]:
        """A string with one @."""
        return super().json_schema() | {"format": "email"}


class Url(String):
    """An http or https address."""

    reason = "Not a valid URL."

    def __init__(self, max: int = 2048) -> None:
        super().__init__(8, max)

    def read(self, node: SchemaNode, value: Any) -> str:
        """The address as given."""
        text = super().read(node, value)
        if not URL.match(text):
            raise Invalid(node, self.reason)
        return text

    def json_schema(self) -> dict[str, Any]:
        """A string with a scheme."""
        return super().json_schema() | {"format": "uri"}


class Boolean(Type):
    """True or false, and nothing that resembles them."""

    reason = "Not a valid boolean."

    def read(self, node: SchemaNode, value: Any) -> bool:
        """The value itself."""
        if not isinstance(value, bool):
            raise Invalid(node, self.reason)
        return value

    def parse(self, text: str) -> Any:
        """`true`, `1`, `false` or `0`."""
        return {"true": True, "1": True, "false": False, "0": False}.get(text.lower(), text)

    def json_schema(self) -> dict[str, Any]:
        """A boolean."""
        return {"type": "boolean"}


class Bounded(Type):
    """A number between bounds that are included."""

    def __init__(self, min: float | None = None, max: float | None = None) -> None:
        self.min, self.max = min, max

    def check(self, node: SchemaNode, value: float) -> None:
        """Raise colander.Invalid beyond the bounds."""
        below = self.min is not None and value < self.min
        above = self.max is not None and value > self.max
        if not (below or above):
            return
        if not {self.min, self.max} & {None, MIN_INTEGER, MAX_INTEGER}:
            raise Invalid(node, f"Must be between {self.min} and {self.max}.")
        raise Invalid(node, f"Must be at {f'least {self.min}' if below else f'most {self.max}'}.")


class Integer(Bounded):
    """A whole number; it fits into 64 bits unless other bounds are given."""

    reason = "Not a valid integer."

    def __init__(self, min: int | None = None, max: int | None = None) -> None:
        super().__init__(MIN_INTEGER if min is None else min, MAX_INTEGER if max is None else max)

    def read(self, node: SchemaNode, value: Any) -> int:
        """The number; 5.0 is one, as JSON does not tell it from 5."""
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            raise Invalid(node, self.reason)
        self.check(node, value)
        return value

    def parse(self, text: str) -> Any:
        """Decimal digits with an optional sign."""
        return int(text) if re.fullmatch(r"[+-]?[0-9]{1,30}", text, re.ASCII) else text

    def json_schema(self) -> dict[str, Any]:
        """An integer with its bounds, where they are not those of 64 bits."""
        described: dict[str, Any] = {"type": "integer"}
        if self.min != MIN_INTEGER:
            described["minimum"] = self.min
        if self.max != MAX_INTEGER:
            described["maximum"] = self.max
        return described


class Number(Bounded):
    """A finite number."""

    reason = "Not a valid number."

    def read(self, node: SchemaNode, value: Any) -> float:
        """The number as a float."""
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise Invalid(node, self.reason)
        try:
            number = float(value)
        except OverflowError:
            raise Invalid(node, self.reason) from None
        if not isfinite(number):
            raise Invalid(node, self.reason)
        self.check(node, number)
        return number

    def parse(self, text: str) -> Any:
        """A decimal number."""
        return float(text) if DECIMAL.match(text) else text

    def json_schema(self) -> dict[str, Any]:
        """A number with its bounds."""
        bounds = {"minimum": self.min, "maximum": self.max}
        return {"type": "number"} | {
            key: bound for key, bound in bounds.items() if bound is not None
        }


class Guid(Type):
    """A UUID in its hyphenated form."""

    reason = "Not a valid UUID."

    def read(self, node: SchemaNode, value: Any) -> UUID:
        """The UUID."""
        if not isinstance(value, str) or not GUID.match(value):
            raise Invalid(node, self.reason)
        return UUID(value)

    def json_schema(self) -> dict[str, Any]:
        """A string in the form of a UUID."""
        return {"type": "string", "format": "uuid"}


class DateTime(Type):
    """An instant of RFC 3339 with its offset; without one the zone would be a guess."""

    reason = "Not a valid datetime with an offset."

    def read(self, node: SchemaNode, value: Any) -> datetime:
        """The instant in UTC, to the microsecond."""
        found = INSTANT.match(value) if isinstance(value, str) else None
        if found is None:
            raise Invalid(node, self.reason)
        seconds, fraction, offset = found.groups()
        text = f"{seconds}.{(fraction or '0')[:6]:0<6}{offset or '+00:00'}"
        try:
            return datetime.fromisoformat(text.upper()).astimezone(timezone.utc)
        except (ValueError, OverflowError):
            raise Invalid(node, self.reason) from None

    def json_schema(self) -> dict[str, Any]:
        """A string of RFC 3339."""
        return {"type": "string", "format": "date-time"}


class Choice(Type):
    """One of some texts, or of the values of an enumeration."""

    reason = "Not a valid choice."

    def __init__(self, choices: Iterable[str] | type[Enum]) -> None:
        self._enum = choices if isinstance(choices, type) else None
        self.values = [str(getattr(choice, "value", choice)) for choice in choices]

    def read(self, node: SchemaNode, value: Any) -> Any:
        """The text, or the member of the enumeration."""
        if not isinstance(value, str) or value not in self.values:
            raise Invalid(node, self.reason)
        return self._enum(value) if self._enum else value

    def json_schema(self) -> dict[str, Any]:
        """A string with its choices."""
        return {"type": "string", "enum": self.values}


class Json(Type):
    """Any JSON value that can be stored."""

    def read(self, node: SchemaNode, value: Any) -> Any:
        """The value itself."""
        if not _can_be_stored(value):
            raise Invalid(node, "Contains text or numbers that cannot be stored.")
        return value

    def json_schema(self) -> dict[str, Any]:
        """Anything."""
        return {}


class Items(Type):
    """A list of what the node's only child takes."""

    reason = "Not a valid list."

    def __init__(self, min_items: int = 0, max_items: int = 1000, unique: bool = False) -> None:
        self.min_items, self.max_items, self.unique = min_items, max_items, unique

    def read(self, node: SchemaNode, value: Any) -> list[Any]:
        """Every member read by the child; all that are wrong are told at once."""
        if not isinstance(value, list):
            raise Invalid(node, self.reason)
        if not self.min_items <= len(value) <= self.max_items:
            raise Invalid(node, f"Must have {self.min_items} to {self.max_items} items.")
        (child,) = node.children
        members, wrong = [], Invalid(node)
        for position, member in enumerate(value):
            try:
                members.append(child.deserialize(member))
            except Invalid as error:
                wrong.add(_named(error, str(position)), position)
        if wrong.children:
            raise wrong
        if self.unique and any(equal(one, other) for one, other in combinations(members, 2)):
            raise Invalid(node, "Must not have the same item twice.")
        return members

    def json_schema(self) -> dict[str, Any]:
        """An array; what it holds is the generator's to add."""
        described: dict[str, Any] = {"type": "array", "maxItems": self.max_items}
        if self.min_items:
            described["minItems"] = self.min_items
        if self.unique:
            described["uniqueItems"] = True
        return described


class Map(Type):
    """An object with names of any kind, whose values are what the node's only child takes."""

    reason = "Not a valid mapping."

    def __init__(self, max_items: int = 1000) -> None:
        self.max_items = max_items

    def read(self, node: SchemaNode, value: Any) -> dict[str, Any]:
        """Every value read by the child."""
        if not isinstance(value, Mapping) or len(value) > self.max_items:
            raise Invalid(node, self.reason)
        (child,) = node.children
        members, wrong = {}, Invalid(node)
        for name, member in value.items():
            try:
                if FORBIDDEN.search(name):
                    raise Invalid(child, "Contains characters that cannot be stored.")
                members[name] = child.deserialize(member)
            except Invalid as error:
                wrong.add(_named(error, name))
        if wrong.children:
            raise wrong
        return members

    def json_schema(self) -> dict[str, Any]:
        """An object; what it holds is the generator's to add."""
        return {"type": "object"}


def _can_be_stored(value: Any) -> bool:
    if isinstance(value, str):
        return not FORBIDDEN.search(value)
    if isinstance(value, int):
        return MIN_INTEGER <= value <= MAX_INTEGER
    if isinstance(value, dict):
        return all(_can_be_stored(part) for item in value.items() for part in item)
    if isinstance(value, list):
        return all(map(_can_be_stored, value))
    return True


def equal(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal (RFC 6902, section 4.6): 1 is 1.0, and true is not 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return one == other
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(equal(one[name], other[name]) for name in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(equal, one, other))
    return bool(one == other)


def _named(error: Invalid, name: str) -> Invalid:
    """The error under the name of the member rather than under the child's."""
    outer = Invalid(SchemaNode(SchemaType(), name=name), error.msg)
    for child in error.children:
        outer.add(child)
    return outer

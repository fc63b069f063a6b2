"""Values that JSON writes as text, and any value at all."""

import re
from collections.abc import Iterable
from datetime import datetime, timezone
from enum import Enum
from typing import Any
from uuid import UUID

from colander import Invalid, SchemaNode

from houston.core.schema.types.base import FORBIDDEN, MAX_INTEGER, MIN_INTEGER, Type

GUID_FORM = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")
INSTANT = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(?:Z|([+-]\d\d:\d\d))\Z",
    re.ASCII | re.IGNORECASE,
)


class Guid(Type):
    """A UUID in its hyphenated form."""

    reason = "Not a valid UUID."

    def read(self, node: SchemaNode, value: Any) -> UUID:
        """The UUID."""
        if not isinstance(value, str) or not GUID_FORM.match(value):
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
        if not can_be_stored(value):
            raise Invalid(node, "Contains text or numbers that cannot be stored.")
        return value

    def json_schema(self) -> dict[str, Any]:
        """Anything."""
        return {}


def can_be_stored(value: Any) -> bool:
    """Whether both databases keep a JSON value: no NUL, no half characters, numbers of 64 bits."""
    if isinstance(value, str):
        return not FORBIDDEN.search(value)
    if isinstance(value, int):
        return MIN_INTEGER <= value <= MAX_INTEGER
    if isinstance(value, dict):
        return all(can_be_stored(part) for item in value.items() for part in item)
    if isinstance(value, list):
        return all(map(can_be_stored, value))
    return True

"""What every type is: JSON in, no coercion, and bounds that are part of the API document."""

import re
from typing import Any

from colander import SchemaNode, SchemaType, null

MIN_INTEGER, MAX_INTEGER = -(2**63), 2**63 - 1
FORBIDDEN = re.compile("[\0\ud800-\udfff]")
"""NUL, which PostgreSQL does not store, and halves of characters."""


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

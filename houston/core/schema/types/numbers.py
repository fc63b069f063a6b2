"""Numbers between bounds, and truth."""

import re
from math import isfinite
from typing import Any

from colander import Invalid, SchemaNode

from houston.core.schema.types.base import MAX_INTEGER, MIN_INTEGER, Type

DECIMAL = re.compile(r"[+-]?[0-9]{1,100}(\.[0-9]{1,100})?([eE][+-]?[0-9]{1,3})?\Z")


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

"""Lists, and objects with names of any kind."""

from collections.abc import Mapping
from itertools import combinations
from typing import Any

from colander import Invalid, SchemaNode, SchemaType

from houston.core.schema.types.base import FORBIDDEN, Type, equal


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


def _named(error: Invalid, name: str) -> Invalid:
    """The error under the name of the member rather than under the child's."""
    outer = Invalid(SchemaNode(SchemaType(), name=name), error.msg)
    for child in error.children:
        outer.add(child)
    return outer

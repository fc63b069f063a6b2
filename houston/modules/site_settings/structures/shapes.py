"""The objects within structured settings: declared once to be checked and to be documented."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

JSON_TYPES = {str: "string", int: "integer", bool: "boolean", list: "array", dict: "object"}
MOST_ITEMS = 10_000
LONGEST_TEXT = 10_000


class Member(NamedTuple):
    """A member of an object: its type, whether it must be there, and whether it may be empty."""

    name: str
    type: type
    required: bool = True
    filled: bool = False
    details: Mapping[str, Any] = {}
    """What the API document says of it beyond that."""

    def json_schema(self) -> dict[str, Any]:
        """What the API document says of it."""
        described: dict[str, Any] = {"type": JSON_TYPES[self.type], **self.details}
        if self.type is list:
            described.setdefault("items", {})
        return described


class Shape(NamedTuple):
    """The members of an object; others are kept as they are."""

    members: tuple[Member, ...]

    def faults(self, item: Any, context: str) -> Iterator[str]:
        """What is wrong with an object, in the contract's sentences."""
        if not isinstance(item, dict):
            yield f"{context} items need to be a dict"
            return
        for member in self.members:
            if (fault := _fault(member, item, context)) is not None:
                yield fault

    def json_schema(self, **details: Any) -> dict[str, Any]:
        """What the API document says of such an object."""
        return {
            "type": "object",
            "required": [member.name for member in self.members if member.required],
            "properties": {member.name: member.json_schema() for member in self.members},
            "additionalProperties": True,
            **details,
        }


def list_of(shape: Shape) -> dict[str, Any]:
    """What the API document says of a list of such objects."""
    return {"type": "array", "maxItems": MOST_ITEMS, "items": shape.json_schema()}


def repeated(values: Iterable[str]) -> list[str]:
    """The values that are there more than once."""
    seen, twice = set[str](), dict[str, None]()
    for value in values:
        if value in seen:
            twice[value] = None
        seen.add(value)
    return list(twice)


def quoted(ids: Iterable[str]) -> str:
    """Ids as the contract's sentences have them: `{'…', '…'}`."""
    return "{" + ", ".join(f"'{id}'" for id in sorted(ids)) + "}"


def _fault(member: Member, item: Mapping[str, Any], context: str) -> str | None:
    name = member.name
    if name not in item:
        return f"{name} field missing from {context}" if member.required else None
    value: Any = item[name]
    fits = isinstance(value, member.type) and isinstance(value, bool) is (member.type is bool)
    if not fits:
        if not member.required:
            return f"{name} incorrect type in {context}"
        expected = member.type.__name__
        return f"{name} field had incorrect type, expected {expected} in {context}"
    if member.filled and not value:
        if member.type is str:
            return f"{name} cannot be empty string in {context}"
        return f"{name} in {context} must have at least one entry"
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        return f"{name} is longer than {LONGEST_TEXT} characters in {context}"
    return None

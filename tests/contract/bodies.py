"""Bodies that grow: of the schemas of an operation, and of forms that no schema has."""

from collections.abc import Callable, Iterator, Mapping
from json import dumps
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from houston.core.api.operation import JSON, Operation
from houston.core.http.request import URLENCODED
from houston.core.schema import types
from houston.core.schema.nodes import Choice, Email, Schema, Url

LIGATURE = "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}"
"""A letter that becomes eighteen when it is normalised."""
LEVELS = 3
MEMBERS: Mapping[type, Callable[[int], Any]] = {
    types.Boolean: lambda _: True,
    types.Integer: lambda number: number,
    types.Number: float,
    types.Instant: lambda _: "2020-01-02T03:04:05+00:00",
    types.Guid: lambda number: str(UUID(int=number)),
    types.Json: lambda number: {"match": {"guid": str(UUID(int=number))}},
}

VALUES: Mapping[str, Callable[[int], Any]] = {
    "ligatures": lambda size: LIGATURE * (size // 3),
    "letters and a blank": lambda size: f"https://{'a' * size} ",
    "guids": lambda size: [str(UUID(int=number)) for number in range(size // 40)],
    "one guid": lambda size: [str(UUID(int=1))] * (size // 40),
    "objects": lambda size: [{}] * (size // 4),
    "names": lambda size: {f"name{number}": number for number in range(size // 20)},
    "clauses": lambda size: {"bool": {"should": [{"bool": {}}] * (size // 14)}},
    "bounds": lambda size: {"bool": {"should": [{"range": {"guid": {}}}] * (size // 26)}},
    "terms": lambda size: {"terms": {"guid": [str(UUID(int=1))] * (size // 40)}},
}
"""Values of about so many bytes, by their kind."""


def bodies(operation: Operation, size: int) -> Iterator[tuple[str, str, bytes]]:
    """The kind, the content type and the bytes of bodies of about `size` bytes."""
    if JSON in operation.consumes:
        kind = "application/json"
        yield "lists", kind, b"[" + b"[]," * (size // 3) + b"0]"
        yield "depth", kind, b"[" * size
        yield "marks", kind, b'"' + b'\\"' * (size // 2)
        for name, make in VALUES.items():
            yield name, kind, dumps(make(size)).encode()
            for shape, body in _shapes(operation, make, size):
                yield f"{name} in {shape}", kind, dumps(body).encode()
        for level in range(LEVELS):
            body = None if operation.body is None else _valid(operation.body, size, level)
            yield f"members of level {level}", kind, dumps(body).encode()
    if URLENCODED in operation.consumes:
        yield "names", URLENCODED, urlencode([(f"k{i}", i) for i in range(size // 8)]).encode()
        fields = [field.name for field in getattr(operation.body, "children", ())]
        for name in ("ligatures", "letters and a blank"):
            text = VALUES[name](size // max(1, 9 * len(fields)))
            yield name, URLENCODED, urlencode(dict.fromkeys(fields, text)).encode()


def _shapes(
    operation: Operation, make: Callable[[int], Any], size: int
) -> Iterator[tuple[str, Any]]:
    """Bodies with a value in each field."""
    schema = operation.patch or operation.body
    names = [field.name for field in schema.children] if isinstance(schema, Schema) else []
    values = {name: make(size // len(names)) for name in names}
    if operation.patch is not None:
        yield (
            "each path",
            [{"op": "replace", "path": f"/{name}", "value": each} for name, each in values.items()],
        )
        yield from _repeated(operation.patch, make(size // 2))
    if values:
        yield "each field", values


def _repeated(schema: Schema, value: Any) -> Iterator[tuple[str, Any]]:
    """Patches that set a field, and then read the large value again and again."""
    plain = [field for field in schema.children if not (field.write_only or field.virtual)]
    for field in plain[:1]:
        path = f"/{field.name}"
        first = {"op": "replace", "path": path, "value": value}
        yield "copies", [first, *[{"op": "copy", "from": path, "path": path}] * 99]
        yield "tests", [first, *[{"op": "test", "path": f"{path}/0", "value": 1}] * 99]
    for field in plain:
        if field.association:
            path = f"/{field.name}"
            first = {"op": "replace", "path": path, "value": value}
            yield (
                f"removal of {field.name}",
                [first, {"op": "remove", "path": path, "value": value}],
            )


def _valid(node: Any, size: int, level: int, number: int = 0) -> Any:
    """A value that a node accepts, whose lists of one level have many members."""
    if isinstance(node.typ, types.Mapping):
        return {
            field.name: _valid(field, size, level, number)
            for field in node.children
            if not field.read_only
        }
    if isinstance(node.typ, types.Sequence | types.Map):
        most = size // 40 if level == 0 else 1
        member = node.children[-1]
        members = [_valid(member, size, level - 1, each) for each in range(min(most, 1000))]
        named = isinstance(node.typ, types.Map)
        return {f"name{each}": value for each, value in enumerate(members)} if named else members
    return _single(node, number)


def _single(node: Any, number: int) -> Any:
    if isinstance(node, Email):
        return f"user{number}@example.org"
    if isinstance(node, Url):
        return f"https://example.org/{number}"
    if isinstance(node, Choice):
        return next(str(getattr(each, "value", each)) for each in node.validator.choices)
    return MEMBERS.get(type(node.typ), str)(number)

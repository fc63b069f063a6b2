"""The models of patches: lists of operations on declared paths, and objects of merges."""

from collections.abc import Callable
from typing import Any

from houston.core.api.openapi.converters import ABOUT, ANY_VALUE, MODEL, Json
from houston.core.api.patch import MAX_OPERATIONS, OPERATIONS, Actions, PatchSchema
from houston.core.schema import types

GUID_OF_OBJECT: Json = {
    "type": "string",
    "format": "uuid",
    "description": "The guid of the object to change; optional for `test`.",
}


def patch_model(schema: PatchSchema, *, bulk: bool) -> Json:
    """A list of operations (RFC 6902) on the paths of a schema; with `bulk`, of many objects."""
    name = schema.model_name() + ("OfMany" if bulk else "")
    properties: Json = {
        "op": {"type": "string", "enum": list(OPERATIONS)},
        "path": _path(schema.children),
        "value": _any_value("For test, add and replace."),
        "from": _any_value("The path of move and copy; else ignored."),
    }
    operation = {
        MODEL: f"{name}Operation",
        "type": "object",
        "required": ["op", "path"],
        "properties": properties | ({"guid": dict(GUID_OF_OBJECT)} if bulk else {}),
    }
    return {MODEL: name, "type": "array", "maxItems": MAX_OPERATIONS, "items": operation}


def merge_model(schema: PatchSchema, convert: Callable[[Any], Json]) -> Json:
    """An object of the fields that change (RFC 7396): closed, and without required fields."""
    fields = [field for field in schema.children if not isinstance(field, Actions)]
    return {
        MODEL: f"{schema.model_name().removesuffix('Patch')}Change",
        "type": "object",
        "properties": {field.name: _merged(convert(field)) for field in fields},
        "additionalProperties": False,
    }


def _any_value(description: str) -> Json:
    return {**ANY_VALUE, "description": description, "x-nullable": True}


def _merged(schema: Json) -> Json:
    """The schema of a value that a merge changes: an object without required members."""
    if "properties" not in schema:
        return schema
    members = {name: _merged(member) for name, member in schema["properties"].items()}
    omitted = (MODEL, ABOUT, "required")
    kept = {key: each for key, each in schema.items() if key not in omitted}
    return kept | {"properties": members}


def _path(fields: list[Any]) -> Json:
    """The paths of the fields, and of the members of lists and objects."""
    actions = " ".join(_about_actions(field) for field in fields if isinstance(field, Actions))
    if not any(map(_has_members, fields)):
        paths = {"type": "string", "enum": [f"/{field.name}" for field in fields]}
        return paths | ({"description": actions} if actions else {})
    forms = "|".join(field.name + ("(?:/.*)?" if _has_members(field) else "") for field in fields)
    listed = ", ".join(f"`/{field.name}`" for field in fields)
    return {
        "type": "string",
        "pattern": f"^/(?:{forms})$",
        "description": f"One of {listed}, or a member of the value there. {actions}".strip(),
    }


def _about_actions(field: Actions) -> str:
    return f"`/{field.name}` supports {' and '.join(field.operations)}: {field.description}"


def _has_members(field: Any) -> bool:
    several = types.Sequence | types.Map | types.Json | types.Mapping
    return isinstance(field.typ, several) and not isinstance(field, Actions)

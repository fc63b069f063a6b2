"""The models of patches: lists of operations on declared paths, and objects of merges."""

from typing import Any

import colander

from houston.core.api.openapi.converters import ABOUT, ANY_VALUE, MODEL, Converter, Json
from houston.core.api.operation import Operation
from houston.core.api.patch import MAX_OPERATIONS, OPERATIONS, Actions
from houston.core.schema import types
from houston.core.schema.nodes import Field, Schema

GUID_OF_OBJECT: Json = {
    "type": "string",
    "format": "uuid",
    "description": "The guid of the object to change; optional for `test`.",
}


class Patch(colander.SchemaType):
    """The type of the body of a patch (RFC 6902)."""


class Merge(colander.SchemaType):
    """The type of the body of a merge (RFC 7396)."""


class PatchBody(Field):
    """The body of a PATCH."""

    def __init__(self, operation: Operation, type: type[colander.SchemaType], **options: Any):
        super().__init__(type(), **options)
        self.operation = operation


class PatchConverter(Converter):
    """A list of operations (RFC 6902)."""

    def __call__(self, node: Any) -> Json:
        """An array of operations on the paths that the schema declares."""
        schema = self.dispatcher.contributions.complete(node.operation.patch)
        bulk = node.operation.bulk
        name = schema.model_name() + ("OfMany" if bulk else "")
        properties: Json = {
            "op": {"type": "string", "enum": list(OPERATIONS)},
            "path": _path(schema.children),
            "value": _any_value("For test, add and replace."),
            "from": _any_value("The path of move and copy; else ignored."),
        }
        if bulk:
            properties["guid"] = GUID_OF_OBJECT
        operation = {
            MODEL: f"{name}Operation",
            "type": "object",
            "required": ["op", "path"],
            "properties": properties,
        }
        return {MODEL: name, "type": "array", "maxItems": MAX_OPERATIONS, "items": operation}


class MergeConverter(Converter):
    """An object of the fields that change (RFC 7396)."""

    def __call__(self, node: Any) -> Json:
        """A closed object without required fields."""
        schema = self.dispatcher.contributions.complete(node.operation.patch)
        fields = [field for field in schema.children if not isinstance(field, Actions)]
        return {
            MODEL: f"{schema.model_name().removesuffix('Patch')}Change",
            "type": "object",
            "properties": {field.name: _merged(self.dispatcher(field)) for field in fields},
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
    return {key: each for key, each in schema.items() if key not in omitted} | {
        "properties": members
    }


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
    if isinstance(field, Actions):
        return False
    return isinstance(field, Schema) or isinstance(
        field.typ, types.Sequence | types.Map | types.Json
    )

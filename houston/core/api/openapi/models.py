"""The models of the documents: every schema under its own name, said once."""

from copy import deepcopy
from typing import Any

from cornice_swagger.swagger import DefinitionHandler
from pyramid.exceptions import ConfigurationError

from houston.core.api.openapi.converters import ABOUT, Json, input_converter, output_converter
from houston.core.api.operation import Operation
from houston.core.api.patch import MAX_OPERATIONS, OPERATIONS, Command, PatchSchema
from houston.core.schema import Items, Map, Schema
from houston.core.schema import Json as AnyJson

OF_THE_PLACE = ("description", "x-nullable", "example", "default")
"""What is said of a field and not of the model that the field holds."""

ERROR: Json = {
    "type": "object",
    "description": "What went wrong. `messages` has texts by field where the input is at fault.",
    "required": ["status", "message"],
    "properties": {
        "status": {"type": "integer", "description": "The status of the response."},
        "message": {"type": "string", "description": "A sentence for people."},
        "messages": {
            "type": "object",
            "description": "What is wrong, by field.",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
        "numValues": {
            "type": "integer",
            "description": "How many values stand in the way, where some do.",
        },
        "reason": {"type": "string", "description": "A word for programs."},
        "request_id": {"type": "string", "description": "Quote it when you report the error."},
    },
}

ANY_VALUE: Json = {"description": "Any JSON value, be it null.", "x-nullable": True}
"""Generators read a schema without a type as that of an object; a name can be mapped to better."""

GUID_OF_OBJECT: Json = {
    "type": "string",
    "format": "uuid",
    "description": "The guid of the object to change; a test may do without.",
}


class Models(DefinitionHandler):
    """The definitions by name, and references to them.

    Where a schema goes in and comes out in two shapes, what goes in has `Input` after its name,
    provided that what comes out is asked for first.
    """

    def __init__(self, **_options: Any) -> None:
        super().__init__(-1, output_converter())
        self._input = input_converter()
        self.definition_registry["Error"] = deepcopy(ERROR)

    def returned(self, operation: Operation) -> Json:
        """What a successful operation sends: a model, a list of it, or an object of it by key."""
        name = f"{_camel_case(operation.name)}Result"
        model = self._ref_recursive(self.type_converter(operation.returns), self.ref, name)
        if operation.keyed:
            return {"type": "object", "additionalProperties": model}
        return {"type": "array", "items": model} if operation.many or operation.paged else model

    def body(self, operation: Operation) -> Json:
        """What an operation takes as its body, be it JSON or a form."""
        name = f"{_camel_case(operation.name)}Body"
        return self._ref_recursive(self._input(operation.body), self.ref, name)

    def fields(self, schema: Schema) -> dict[str, Json]:
        """The fields that go in, by name, for what is not sent as one object."""
        return {
            field.name: self._ref_recursive(self._input(field), self.ref)
            for field in schema.children
            if not field.read_only
        }

    def patch(self, operation: Operation) -> Json:
        """The model of an RFC 6902 document: a list of operations on the declared paths."""
        schema: Any = operation.patch
        name, guid = schema.model_name(), {}
        if operation.bulk:
            name, guid = f"{name}OfMany", {"guid": GUID_OF_OBJECT}
        model: Json = {
            "type": "object",
            "required": ["op", "path"],
            "properties": {
                "op": {"type": "string", "enum": list(OPERATIONS)},
                "path": _pointer(schema),
                "value": {
                    "allOf": [self._add("AnyValue", ANY_VALUE)],
                    "description": "For test, add and replace.",
                },
                "from": {"type": "string", "description": "The source of move and copy."},
                **guid,
            },
        }
        items = self._add(f"{name}Operation", model)
        return self._add(name, {"type": "array", "maxItems": MAX_OPERATIONS, "items": items})

    def merge(self, schema: PatchSchema) -> Json:
        """The model of an RFC 7396 document: an object of the fields that change."""
        name = f"{schema.model_name().removesuffix('Patch')}Change"
        commands = {field.name for field in schema.children if isinstance(field, Command)}
        properties = {
            name: field for name, field in self.fields(schema).items() if name not in commands
        }
        return self._add(
            name, {"type": "object", "properties": properties, "additionalProperties": False}
        )

    def _ref_recursive(self, schema: Json, depth: int, base_name: str = "") -> Json:
        """The schema with a reference in the place of each object that has a name."""
        for key in ("items", "additionalProperties"):
            if isinstance(schema.get(key), dict):
                schema[key] = self._ref_recursive(schema[key], depth)
        for name, child in schema.get("properties", {}).items():
            schema["properties"][name] = self._ref_recursive(child, depth)
        name = schema.pop("title", "") or base_name
        about = schema.pop(ABOUT, "")
        if schema.get("type") != "object" or not name:
            return schema
        place = {key: schema.pop(key) for key in OF_THE_PLACE if key in schema}
        reference = self._add(name, schema | ({"description": about} if about else {}))
        return {"allOf": [reference], **place} if place else reference

    def _add(self, name: str, schema: Json) -> Json:
        for free in (name, f"{name}Input"):
            if self.definition_registry.setdefault(free, schema) == schema:
                return {"$ref": self.json_pointer + free}
        raise ConfigurationError(f"two schemas have the name {name} in the API document")


def _pointer(schema: PatchSchema) -> Json:
    """The paths of the fields; below lists and objects, those of their members too."""
    fields = schema.children
    listed = ", ".join(f"`/{field.name}`" for field in fields)
    commands = " ".join(_command(field) for field in fields if isinstance(field, Command))
    if not any(_has_members(field) for field in fields):
        paths = {"type": "string", "enum": [f"/{field.name}" for field in fields]}
        return paths | ({"description": commands} if commands else {})
    patterns = "|".join(
        field.name + ("(?:/.*)?" if _has_members(field) else "") for field in fields
    )
    return {
        "type": "string",
        "pattern": f"^/(?:{patterns})$",
        "description": f"One of {listed}, or a member of what is there. {commands}".strip(),
    }


def _command(field: Command) -> str:
    """What a path that is a verb does."""
    return f"`/{field.name}` knows {' and '.join(field.operations)}: {field.description}"


def _has_members(field: Any) -> bool:
    if isinstance(field, Command):
        return False
    return isinstance(field, Schema) or isinstance(field.typ, Items | Map | AnyJson)


def _camel_case(name: str) -> str:
    return name.title().replace("_", "")

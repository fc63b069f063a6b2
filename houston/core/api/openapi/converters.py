"""From our schema nodes to JSON schemas: each type says what it is, each node what it adds.

What goes in and what comes out are converted differently. Input is closed, since unknown keys are
refused; output is open, so that clients survive a field that is added later, and has all of its
fields always, except those whose `missing` is `drop`. A node that may be null says so as
`x-nullable`, which generators read.
"""

from collections.abc import Iterable
from enum import Enum
from typing import Any

from colander import drop
from cornice_swagger.converters.schema import TypeConversionDispatcher, TypeConverter

from houston.core.schema import Items, Map, Schema
from houston.core.schema.nodes import Mapping

Json = dict[str, Any]

ABOUT = "x-about"
"""Where an object carries the words on its model, as apart from those on its place."""


class PlainConverter(TypeConverter):
    """Any type: what it says of itself, and what its node adds."""

    def __call__(self, node: Any) -> Json:
        """The JSON schema of the node."""
        return self.convert_type(node) | _annotations(node)

    def convert_type(self, node: Any) -> Json:
        """The JSON schema of the type alone."""
        described: Json = node.typ.json_schema()
        return described


class ItemsConverter(PlainConverter):
    """A list, with what it holds."""

    def convert_type(self, node: Any) -> Json:
        """An array of the only child."""
        return super().convert_type(node) | {"items": self.dispatcher(node.children[0])}


class MapConverter(PlainConverter):
    """An object with names of any kind, with what it holds."""

    def convert_type(self, node: Any) -> Json:
        """An object whose values are the only child."""
        child = node.children[0]
        return super().convert_type(node) | {"additionalProperties": self.dispatcher(child)}


class InputConverter(PlainConverter):
    """An object that is sent to us."""

    def convert_type(self, node: Any) -> Json:
        """A closed object without what is read-only."""
        fields = [field for field in node.children if not field.read_only]
        required = [field.name for field in fields if field.required]
        return self.object_of(node, fields, required) | {"additionalProperties": False}

    def object_of(self, node: Any, fields: Iterable[Any], required: list[str]) -> Json:
        """An object with these fields, titled by the name of its model."""
        described: Json = {
            "title": node.model_name(),
            "type": "object",
            "properties": {field.name: self.dispatcher(field) for field in fields},
        }
        if required:
            described["required"] = required
        if about := _about(type(node)):
            described[ABOUT] = about
        return described


class OutputConverter(InputConverter):
    """An object that we send."""

    def convert_type(self, node: Any) -> Json:
        """An open object without what is never read."""
        fields = [field for field in node.children if not (field.write_only or field.virtual)]
        always = [field.name for field in fields if field.missing is not drop]
        return self.object_of(node, fields, always)


def input_converter() -> TypeConversionDispatcher:
    """The converter of what goes in."""
    return _dispatcher(InputConverter)


def output_converter() -> TypeConversionDispatcher:
    """The converter of what comes out."""
    return _dispatcher(OutputConverter)


def _dispatcher(objects: type[PlainConverter]) -> TypeConversionDispatcher:
    special = {Items: ItemsConverter, Map: MapConverter, Mapping: objects}
    return TypeConversionDispatcher(special, default_converter=PlainConverter)


def _annotations(node: Any) -> Json:
    found: Json = {}
    if node.description:
        found["description"] = node.description
    if node.nullable:
        found["x-nullable"] = True
    if node.example is not None:
        found["example"] = node.example
    default = node.missing.value if isinstance(node.missing, Enum) else node.missing
    if isinstance(default, str | int | float):
        found["default"] = default
    return found


def _about(schema: type[Schema]) -> str:
    """The first paragraph of the schema's own docstring."""
    return (schema.__dict__.get("__doc__") or "").strip().split("\n\n")[0].replace("\n    ", " ")

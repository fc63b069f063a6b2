"""Converters from schema nodes to JSON schemas: those of cornice_swagger and of our types.

Schemas of input are closed, as unknown names are refused. Schemas of output are open, as fields may
be added later, and all of their fields are required, except those whose `missing` is `drop`. Nodes
that may be null have `x-nullable`, which generators of clients read; the
schema of what a node accepts leniently is `x-accepts-also`.
"""

from collections.abc import Iterable
from copy import copy
from typing import Any

import colander
from cornice_swagger.converters import schema as cornice
from cornice_swagger.converters.schema import TypeConversionDispatcher

from houston.core.api.contributions import Contributions
from houston.core.schema import types
from houston.core.schema.nodes import Schema, Unique
from houston.core.values import MAX_INTEGER, MIN_INTEGER

Json = dict[str, Any]

MODEL = "x-model"
"""The name of a model, until the model is moved to the definitions."""
ABOUT = "x-about"
"""The description of a model, in contrast to that of a field that has it."""

ANY_VALUE: Json = {MODEL: "AnyValue", ABOUT: "Any JSON value, null included."}
"""Generators take a schema without a type for an object, but a model can be mapped to any type."""


class Binary(colander.SchemaType):
    """Bytes, such as those of a file."""


class Converter(cornice.TypeConverter):
    """Any JSON value, with the keywords of all nodes."""

    def convert_type(self, node: Any) -> Json:
        """The JSON schema of the type, its description, its default and its example."""
        converted: Json = super().convert_type(node)
        if not converted["type"]:
            del converted["type"]
        default = converted.pop("default", None)
        default = getattr(default, "value", default)  # of an enumeration
        if isinstance(default, str | int | float):
            converted["default"] = default
        if node.format:
            converted["format"] = node.format
        if node.nullable:
            converted["x-nullable"] = True
        if node.accepts_also:
            converted["x-accepts-also"] = dict(node.accepts_also)
        return converted


class StringConverter(Converter, cornice.StringTypeConverter):
    """Text with its bounds and its pattern."""

    def __call__(self, node: Any) -> Json:
        """The JSON schema of the node, with its pattern in the syntax of JavaScript."""
        converted: Json = super().__call__(node)
        if "pattern" in converted:
            converted["pattern"] = converted["pattern"].replace(r"\Z", "$")
        if "enum" in converted:
            converted["enum"] = [getattr(each, "value", each) for each in converted["enum"]]
        return converted


class OutputStringConverter(StringConverter):
    """Text with its bounds; stored texts may be older than the pattern of new ones."""

    def __call__(self, node: Any) -> Json:
        """The JSON schema of the node."""
        converted: Json = super().__call__(node)
        converted.pop("pattern", None)
        return converted


class JsonConverter(Converter):
    """Any JSON value."""

    def __call__(self, node: Any) -> Json:
        """The JSON schema of the node."""
        converted: Json = super().__call__(node)
        converted.pop("x-nullable", None)  # which any value is
        return converted | ANY_VALUE


class BooleanConverter(Converter, cornice.BooleanTypeConverter):
    """True or false."""


class NumberConverter(Converter, cornice.NumberTypeConverter):
    """A number with its bounds."""


class IntegerConverter(Converter, cornice.IntegerTypeConverter):
    """An integer with its bounds, except those of 64 bits, which JavaScript cannot read."""

    def __call__(self, node: Any) -> Json:
        """The JSON schema of the node."""
        omitted = {"minimum": MIN_INTEGER, "maximum": MAX_INTEGER}
        converted: Json = super().__call__(node)
        return {key: value for key, value in converted.items() if omitted.get(key) != value}


class FormattedConverter(Converter):
    """A value that is text of some format in JSON."""

    type = "string"


class BinaryConverter(Converter):
    """Bytes."""

    def __call__(self, _node: Any) -> Json:
        """A schema that validators accept, unlike `{"type": "file"}`."""
        return {"type": "string", "format": "binary"}


def convert_unique(validator: Any) -> Json | None:
    """The keyword of lists without equal members; of `uniqueItems`, generators make sets.

    JavaScript writes a set as an empty object.
    """
    return {"x-unique-items": True} if isinstance(validator, Unique) else None


class ListConverter(Converter, cornice.ArrayTypeConverter):
    """A list with its bounds."""

    convert_validator = cornice.ValidatorConversionDispatcher(
        cornice.convert_length_validator_factory("maxItems", "minItems"), convert_unique
    )


class MapConverter(Converter):
    """An object with names of any kind."""

    type = "object"
    convert_validator = cornice.ValidatorConversionDispatcher(
        cornice.convert_length_validator_factory("maxProperties", "minProperties")
    )

    def convert_type(self, node: Any) -> Json:
        """An object with the schema of its members."""
        members = self.dispatcher(node.children[-1])
        free = members.get(MODEL) == ANY_VALUE[MODEL]
        return super().convert_type(node) | {"additionalProperties": free or members}


class ObjectConverter(Converter, cornice.ObjectTypeConverter):
    """An object of a schema, with the fields that the document shows."""

    def shown(self, node: Any) -> Iterable[Any]:
        """The fields that the document shows."""
        raise NotImplementedError  # one of the two subclasses is used

    def fields(self, node: Any) -> list[Any]:
        """The fields of a schema, and those that modules have contributed to it."""
        contributed = self.dispatcher.contributions.of(type(node))
        return [*node.children, *(each.node for each in contributed)]

    def convert_type(self, node: Any) -> Json:
        """The JSON schema of the model."""
        visible = copy(node)
        visible.children = list(self.shown(node))
        converted = super().convert_type(visible)
        converted.setdefault("properties", {})
        if isinstance(node, Schema):
            converted[MODEL] = node.model_name()
            if about := _about(type(node)):
                converted[ABOUT] = about
        return converted


class InputObjectConverter(ObjectConverter):
    """An object of input: closed, and without read-only fields."""

    def shown(self, node: Any) -> Iterable[Any]:
        """The fields that are accepted, contributed ones last."""
        return [field for field in self.fields(node) if not field.read_only]

    def convert_type(self, node: Any) -> Json:
        """A closed object, unless its schema keeps further members."""
        return {"additionalProperties": False} | super().convert_type(node)


class OutputObjectConverter(ObjectConverter):
    """An object of output: open, and without write-only fields."""

    def shown(self, node: Any) -> Iterable[Any]:
        """The fields that are rendered, contributed ones last."""
        return [field for field in self.fields(node) if not (field.write_only or field.virtual)]

    def convert_type(self, node: Any) -> Json:
        """An open object with its required fields."""
        converted = super().convert_type(node)
        shown = [field for field in self.shown(node) if field.missing is not colander.drop]
        always = {field.name for field in shown} if node.always is None else node.always
        converted.pop("required", None)
        required = [field.name for field in shown if field.name in always]
        return converted | {"required": required} if required else converted


CONVERTERS: dict[type, type[Converter]] = {
    types.Boolean: BooleanConverter,
    types.Integer: IntegerConverter,
    types.Number: NumberConverter,
    types.Instant: FormattedConverter,
    types.Guid: FormattedConverter,
    types.Json: JsonConverter,
    types.Sequence: ListConverter,
    types.Map: MapConverter,
    Binary: BinaryConverter,
}


def input_converter(contributions: Contributions) -> TypeConversionDispatcher:
    """The converter of input, with contributed fields."""
    return _converter(InputObjectConverter, StringConverter, contributions)


def output_converter(contributions: Contributions) -> TypeConversionDispatcher:
    """The converter of output, with contributed fields."""
    return _converter(OutputObjectConverter, OutputStringConverter, contributions)


def _converter(
    of_objects: type[ObjectConverter],
    of_texts: type[StringConverter],
    contributions: Contributions,
) -> TypeConversionDispatcher:
    converters = {
        **CONVERTERS,
        types.String: of_texts,
        types.Mapping: of_objects,
        types.OpenMapping: of_objects,
    }
    converter = TypeConversionDispatcher(converters)
    converter.contributions = contributions
    return converter


def _about(schema: type[Schema]) -> str:
    """The first paragraph of the docstring of a schema."""
    return (schema.__dict__.get("__doc__") or "").strip().split("\n\n")[0].replace("\n    ", " ")

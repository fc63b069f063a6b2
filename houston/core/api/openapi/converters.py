"""From schema nodes to JSON schemas: cornice_swagger's converters, extended by our types.

Input and output are converted differently. Input is closed, since unknown names are refused; output
is open, so that clients survive a field that is added later, and has all of its fields always,
except those whose `missing` is `drop`. A node that may be null says so as `x-nullable`, which
generators read.
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
"""The name of the model that a JSON schema is, until the model has been moved to its definition."""
ABOUT = "x-about"
"""The description of a model, as apart from that of the field that holds it."""


class Binary(colander.SchemaType):
    """Bytes, such as those of a file."""


class Converter(cornice.TypeConverter):
    """Any JSON value, and what every node says besides its type."""

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
        return converted


class StringConverter(Converter, cornice.StringTypeConverter):
    """Text with its bounds and its pattern."""

    def __call__(self, node: Any) -> Json:
        """The JSON schema of the node, whose pattern is as JavaScript writes it."""
        converted: Json = super().__call__(node)
        if "pattern" in converted:
            converted["pattern"] = converted["pattern"].replace(r"\Z", "$")
        if "enum" in converted:
            converted["enum"] = [getattr(each, "value", each) for each in converted["enum"]]
        return converted


class BooleanConverter(Converter, cornice.BooleanTypeConverter):
    """True or false."""


class NumberConverter(Converter, cornice.NumberTypeConverter):
    """A number with its bounds."""


class IntegerConverter(Converter, cornice.IntegerTypeConverter):
    """A whole number with its bounds, but for those of 64 bits, which JavaScript cannot read."""

    def __call__(self, node: Any) -> Json:
        """The JSON schema of the node."""
        unsaid = {"minimum": MIN_INTEGER, "maximum": MAX_INTEGER}
        converted: Json = super().__call__(node)
        return {key: value for key, value in converted.items() if unsaid.get(key) != value}


class FormattedConverter(Converter):
    """A value that JSON writes as text of some format."""

    type = "string"


class BinaryConverter(Converter):
    """Bytes."""

    def __call__(self, _node: Any) -> Json:
        """A schema that also validators take for one, which `{"type": "file"}` is not."""
        return {"type": "string", "format": "binary"}


def convert_unique(validator: Any) -> Json | None:
    """The keyword of lists without equal members."""
    return {"uniqueItems": True} if isinstance(validator, Unique) else None


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
        """An object with what its members are."""
        members = self.dispatcher(node.children[-1])
        return super().convert_type(node) | {"additionalProperties": members}


class ObjectConverter(Converter, cornice.ObjectTypeConverter):
    """An object of a schema, of which some fields are shown."""

    def shown(self, node: Any) -> Iterable[Any]:
        """The fields that the document shows."""
        raise NotImplementedError  # one of the two subclasses is used

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
    """An object that is sent to us: closed, and without what is read-only."""

    def shown(self, node: Any) -> Iterable[Any]:
        """The fields that may be given."""
        return (field for field in node.children if not field.read_only)

    def convert_type(self, node: Any) -> Json:
        """A closed object."""
        return super().convert_type(node) | {"additionalProperties": False}


class OutputObjectConverter(ObjectConverter):
    """An object that we send: open, and without what is never read."""

    def shown(self, node: Any) -> Iterable[Any]:
        """The fields that are rendered, those of other modules last."""
        own = [field for field in node.children if not (field.write_only or field.virtual)]
        contributed = self.dispatcher.contributions.of(type(node))
        return own + [each.node for each in contributed]

    def convert_type(self, node: Any) -> Json:
        """An open object, with the fields that are always there."""
        converted = super().convert_type(node)
        shown = [field for field in self.shown(node) if field.missing is not colander.drop]
        always = [field.name for field in shown if node.always is None or field.name in node.always]
        return converted | {"required": always} if always else converted


CONVERTERS: dict[type, type[Converter]] = {
    types.String: StringConverter,
    types.Boolean: BooleanConverter,
    types.Integer: IntegerConverter,
    types.Number: NumberConverter,
    types.Instant: FormattedConverter,
    types.Guid: FormattedConverter,
    types.Json: Converter,
    types.Sequence: ListConverter,
    types.Map: MapConverter,
    Binary: BinaryConverter,
}


class SelfDescribedConverter(Converter):
    """A type that has its own JSON schema."""

    def __call__(self, node: Any) -> Json:
        """The JSON schema of the type, with what its node says."""
        described: Json = node.typ.json_schema()
        return described | ({"description": node.description} if node.description else {})


def input_converter(contributions: Contributions) -> TypeConversionDispatcher:
    """The converter of input, with the fields of patches that modules have contributed."""
    return _converter(InputObjectConverter, contributions)


def output_converter(contributions: Contributions) -> TypeConversionDispatcher:
    """The converter of output, with the fields that modules have contributed."""
    return _converter(OutputObjectConverter, contributions)


def _converter(
    objects: type[ObjectConverter], contributions: Contributions
) -> TypeConversionDispatcher:
    converters = {**CONVERTERS, types.Mapping: objects}
    converter = TypeConversionDispatcher(converters, SelfDescribedConverter)
    converter.contributions = contributions
    return converter


def _about(schema: type[Schema]) -> str:
    """The first paragraph of the schema's own docstring."""
    return (schema.__dict__.get("__doc__") or "").strip().split("\n\n")[0].replace("\n    ", " ")

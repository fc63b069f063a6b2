"""JSON schemas of nodes, by the converters of cornice_swagger and of our types.

Schemas of input are closed, as unknown names are refused. Schemas of output are open, as fields may
be added later, and all of their fields are required, except those whose `missing` is `drop`. Nodes
that may be null have `x-nullable`, which generators of clients read; the schema of what a node
accepts leniently is `x-accepts-also`.
"""

from copy import copy
from functools import partial
from typing import Any

import colander
from cornice_swagger.converters import schema as cornice
from cornice_swagger.converters.schema import TypeConversionDispatcher
from pyramid.exceptions import ConfigurationError

from houston.core.api.contributions import Contributions
from houston.core.schema import types
from houston.core.schema.nodes import Schema, Unique
from houston.core.values import MAX_INTEGER, MIN_INTEGER

Json = dict[str, Any]

MODEL = "x-model"
"""The name of a model, until the model is moved to the definitions."""
ABOUT = "x-about"
"""The description of a model, in contrast to that of a field that has it."""
OF_THE_FIELD = ("description", "x-nullable", "example", "default")
"""The keywords of a field, in contrast to those of its model."""

ANY_VALUE: Json = {MODEL: "AnyValue", ABOUT: "Any JSON value, null included."}
"""Generators take a schema without a type for an object, but a model can be mapped to any type."""


class Converter(cornice.TypeConverter):
    """Any JSON value, with the keywords of all nodes."""

    def convert_type(self, node: Any) -> Json:
        """The JSON schema of the type, its description, its default and its example."""
        converted: Json = super().convert_type(node)
        if not converted["type"]:
            del converted["type"]
            converted |= ANY_VALUE
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


class BooleanConverter(Converter, cornice.BooleanTypeConverter):
    """True or false."""


class NumberConverter(Converter, cornice.NumberTypeConverter):
    """A number with its bounds."""


class IntegerConverter(Converter, cornice.IntegerTypeConverter):
    """An integer with its bounds, except those of 64 bits, which JavaScript cannot read."""

    def __call__(self, node: Any) -> Json:
        """The JSON schema of the node."""
        omitted = {"minimum": MIN_INTEGER, "maximum": MAX_INTEGER}
        return {
            key: value for key, value in super().__call__(node).items() if omitted.get(key) != value
        }


class ListConverter(Converter, cornice.ArrayTypeConverter):
    """A list with its bounds."""

    convert_validator = cornice.ValidatorConversionDispatcher(
        cornice.convert_length_validator_factory("maxItems", "minItems"),
        lambda validator: {"uniqueItems": True} if isinstance(validator, Unique) else None,
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
        return super().convert_type(node) | {"additionalProperties": members}


class ObjectConverter(Converter, cornice.ObjectTypeConverter):
    """An object of a schema, with the fields that modules have contributed to it last."""

    hidden: tuple[str, ...] = ()
    """The options of fields that the document does not show."""

    def shown(self, node: Any) -> list[Any]:
        """The fields that the document shows."""
        contributed = self.dispatcher.contributions.of(type(node))
        fields = [*node.children, *(each.node for each in contributed)]
        return [field for field in fields if not any(getattr(field, each) for each in self.hidden)]

    def convert_type(self, node: Any) -> Json:
        """The JSON schema of the model."""
        visible = copy(node)
        visible.children = self.shown(node)
        converted: Json = {"properties": {}} | super().convert_type(visible)
        if isinstance(node, Schema):
            converted[MODEL] = node.model_name()
            about = (vars(type(node)).get("__doc__") or "").strip().split("\n\n")[0]
            if about:
                converted[ABOUT] = about.replace("\n    ", " ")
        return converted


class InputObjectConverter(ObjectConverter):
    """An object of input: closed, unless its schema keeps further members."""

    hidden = ("read_only",)

    def convert_type(self, node: Any) -> Json:
        """The JSON schema of the model."""
        return {"additionalProperties": False} | super().convert_type(node)


class OutputObjectConverter(ObjectConverter):
    """An object of output: open, with its required fields."""

    hidden = ("write_only", "virtual")

    def convert_type(self, node: Any) -> Json:
        """The JSON schema of the model."""
        converted = super().convert_type(node)
        names = [field.name for field in self.shown(node) if field.missing is not colander.drop]
        required = [name for name in names if node.always is None or name in node.always]
        return converted | {"required": required} if required else converted


class SchemaConverter(TypeConversionDispatcher):
    """Converts nodes to JSON schemas, with contributed fields."""

    def __init__(self, objects: type[ObjectConverter], contributions: Contributions) -> None:
        super().__init__(
            {
                types.String: StringConverter,
                types.Boolean: BooleanConverter,
                types.Integer: IntegerConverter,
                types.Number: NumberConverter,
                types.Instant: StringConverter,
                types.Guid: StringConverter,
                types.Json: Converter,
                types.Sequence: ListConverter,
                types.Map: MapConverter,
                types.Mapping: objects,
                types.OpenMapping: objects,
            }
        )
        self.contributions = contributions


input_converter = partial(SchemaConverter, InputObjectConverter)
output_converter = partial(SchemaConverter, OutputObjectConverter)


class Models:
    """Converts nodes to JSON schemas in which models are references to definitions.

    Args:
        definitions: The models by name, to which those of the nodes are added.
        convert: The converter of nodes.
        suffix: If the input and the output of a schema differ, the one that is added second has a
            name with it.
    """

    def __init__(self, definitions: Json, convert: SchemaConverter, suffix: str = "") -> None:
        self._definitions = definitions
        self.convert = convert
        self._suffix = suffix

    def __call__(self, node: Any) -> Json:
        """The JSON schema of a node."""
        return self.refer(self.convert(node))

    def refer(self, schema: Json) -> Json:
        """A JSON schema with references instead of models."""
        for key in ("items", "additionalProperties"):
            if isinstance(schema.get(key), dict):
                schema[key] = self.refer(schema[key])
        for name, child in schema.get("properties", {}).items():
            schema["properties"][name] = self.refer(child)
        schema.pop("title", None)
        about, name = schema.pop(ABOUT, ""), schema.pop(MODEL, "")
        if not name:
            return schema
        of_field = {key: schema.pop(key) for key in OF_THE_FIELD if key in schema}
        reference = self._reference(name, schema | ({"description": about} if about else {}))
        return {"allOf": [reference], **of_field} if of_field else reference

    def _reference(self, name: str, schema: Json) -> Json:
        for candidate in (name, name + self._suffix):
            if self._definitions.setdefault(candidate, schema) == schema:
                return {"$ref": f"#/definitions/{candidate}"}
        raise ConfigurationError(f"two schemas have the name {name} in the API document")

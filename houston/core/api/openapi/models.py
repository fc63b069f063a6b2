"""The definitions of the documents: every model once, under its own name."""

from typing import Any

from cornice_swagger.swagger import DefinitionHandler
from pyramid.exceptions import ConfigurationError

from houston.core.api.openapi.converters import ABOUT, MODEL, Json

OF_THE_FIELD = ("description", "x-nullable", "example", "default")
"""The keywords that are about a field, and not about the model that it holds."""


class Models(DefinitionHandler):
    """Definitions by name, and references to them.

    Where a schema is read and sent in two shapes, the one that is added second has `suffix` after
    its name.
    """

    def __init__(self, registry: Json, type_converter: Any, suffix: str = "") -> None:
        super().__init__(type_converter=type_converter)
        self.definition_registry = registry
        self._suffix = suffix

    def __call__(self, node: Any) -> Json:
        """The JSON schema of a node, in which models are references."""
        return self.from_schema(node)

    def from_schema(self, schema_node: Any, base_name: str | None = None) -> Json:
        """The JSON schema of a node, in which models are references.

        Args:
            schema_node: The node.
            base_name: The name of its model, where its class has none.
        """
        return self._named(self.type_converter(schema_node), base_name or "")

    def _named(self, schema: Json, base_name: str = "") -> Json:
        """A JSON schema with a reference in the place of each model."""
        for key in ("items", "additionalProperties"):
            if isinstance(schema.get(key), dict):
                schema[key] = self._named(schema[key])
        for name, child in schema.get("properties", {}).items():
            schema["properties"][name] = self._named(child)
        schema.pop("title", None)
        about, has_model = schema.pop(ABOUT, ""), MODEL in schema
        name = schema.pop(MODEL, "") or base_name
        if not has_model or not name:
            return schema
        of_field = {key: schema.pop(key) for key in OF_THE_FIELD if key in schema}
        reference = self._reference(name, schema | ({"description": about} if about else {}))
        return {"allOf": [reference], **of_field} if of_field else reference

    def _reference(self, name: str, schema: Json) -> Json:
        for free in (name, name + self._suffix):
            if self.definition_registry.setdefault(free, schema) == schema:
                return {"$ref": self.json_pointer + free}
        raise ConfigurationError(f"two schemas have the name {name} in the API document")

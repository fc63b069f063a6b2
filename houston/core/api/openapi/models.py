"""The definitions of the documents: each model once, with its name."""

from typing import Any

from cornice_swagger.swagger import DefinitionHandler
from pyramid.exceptions import ConfigurationError

from houston.core.api.openapi.converters import ABOUT, MODEL, Json

OF_THE_FIELD = ("description", "x-nullable", "example", "default")
"""The keywords of a field, in contrast to those of its model."""


class Models(DefinitionHandler):
    """Definitions by name, and references to them.

    If the input and the output of a schema differ, the one that is added second has a name with
    the `suffix`.
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
            base_name: The name of its model, if its class has none.
        """
        return self._named(self.type_converter(schema_node), base_name or "")

    def _named(self, schema: Json, base_name: str = "") -> Json:
        """A JSON schema in which models are references."""
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
        for candidate in (name, name + self._suffix):
            if self.definition_registry.setdefault(candidate, schema) == schema:
                return {"$ref": self.json_pointer + candidate}
        raise ConfigurationError(f"two schemas have the name {name} in the API document")

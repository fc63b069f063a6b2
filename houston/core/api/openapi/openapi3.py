"""OpenAPI 3.1: the same description, with what Swagger 2.0 cannot say.

Bodies come in all of their content types, null is a type, and the operations outside the prefix
of the API are there too, so every path is given in full.
"""

from typing import Any

from houston.core.api.openapi.converters import Json
from houston.core.api.openapi.description import Described
from houston.core.api.openapi.models import Models
from houston.core.api.openapi.writing import Writer, tags_of
from houston.core.api.operation import MERGE_PATCH

VERSION = "3.1.0"
SCHEMAS = "#/components/schemas/"


def document(operations: list[Described], schemes: dict[str, Json], info: Json) -> Json:
    """The whole document."""
    models = Models()
    responses: Json = {}
    paths = OpenApiWriter(models, responses, schemes).paths(operations)
    return {
        "openapi": VERSION,
        "info": info,
        "tags": tags_of(operations),
        "paths": paths,
        "components": {
            "schemas": modern(models.definition_registry),
            "responses": responses,
            "securitySchemes": schemes,
        },
    }


class OpenApiWriter(Writer):
    """Operations as OpenAPI 3.1 has them."""

    responses_pointer = "#/components/responses/"

    def input(self, described: Described) -> Json:
        """Parameters and the body apart."""
        written: Json = {"parameters": self._parameters(described)}
        if content := self._content(described):
            written["requestBody"] = {"required": described.body_required, "content": content}
        return written

    def response(
        self, description: str, type: str | None, schema: Json | None, headers: Json
    ) -> Json:
        """A response object with its type."""
        response: Json = {"description": description}
        if type is not None:
            response["content"] = {type: {"schema": modern(schema)} if schema else {}}
        if headers:
            response["headers"] = {name: _apart(schema) for name, schema in headers.items()}
        return response

    def _parameters(self, described: Described) -> list[Json]:
        parameters = [
            {"name": name, "in": "path", "required": True, **_apart(schema)}
            for name, schema in described.variables.items()
        ]
        query = described.operation.query
        if query is not None:
            required = {field.name for field in query.children if field.required}
            parameters += [
                {"name": name, "in": "query", "required": name in required, **_apart(schema)}
                for name, schema in self.models.fields(query).items()
            ]
        return parameters + [
            {"name": name, "in": "header", "description": text, "schema": {"type": "string"}}
            for name, text in described.request_headers.items()
        ]

    def _content(self, described: Described) -> Json:
        """The models of the body by content type."""
        operation = described.operation
        models: Json = {}
        if operation.patch is not None:
            models = dict.fromkeys(operation.consumes, self.models.patch(operation))
            if MERGE_PATCH in models:
                models[MERGE_PATCH] = self.models.merge(operation.patch)
        elif operation.body is not None:
            models = dict.fromkeys(operation.consumes, self.models.body(operation))
        elif operation.takes_bytes:
            return {type: {} for type in operation.consumes}
        return {type: {"schema": modern(model)} for type, model in models.items()}


def modern(schema: Any) -> Any:
    """A JSON schema of Swagger 2.0, or several by name, as JSON Schema 2020-12 has them."""
    if isinstance(schema, list):
        return [modern(member) for member in schema]
    if not isinstance(schema, dict):
        return schema
    written = {key: modern(value) for key, value in schema.items()}
    if isinstance(reference := written.get("$ref"), str):
        written["$ref"] = reference.replace(Models.json_pointer, SCHEMAS)
    if "allOf" in written:
        written |= written.pop("allOf")[0]
    if "example" in written:
        written["examples"] = [written.pop("example")]
    return _nullable(written) if written.pop("x-nullable", False) else written


def _nullable(schema: Json) -> Json:
    if "$ref" in schema:
        return {"anyOf": [{"$ref": schema.pop("$ref")}, {"type": "null"}], **schema}
    if "type" in schema:
        schema["type"] = [schema["type"], "null"]
    if "enum" in schema:
        schema["enum"] = [*schema["enum"], None]
    return schema


def _apart(schema: Json) -> Json:
    """A schema with its words outside of it, as parameters and headers have them."""
    schema = modern(schema)
    words = {"description": schema.pop("description")} if "description" in schema else {}
    return {**words, "schema": schema}

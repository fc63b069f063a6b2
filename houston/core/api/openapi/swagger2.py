"""Swagger 2.0, made by cornice_swagger from our own declarations.

The document is for generators of clients, so all of it is below the base path of the API. Of what
lies outside a client needs the token endpoint alone, which the security definitions name. A body
has one model here: that of JSON, with `consumes` listing the forms that take the same fields, and
that of JSON Patch, which RFC 7396 does not share.
"""

from collections.abc import Iterator
from typing import Any

from cornice_swagger import CorniceSwagger

from houston.core.api.openapi.converters import Json
from houston.core.api.openapi.description import Described
from houston.core.api.openapi.models import Models
from houston.core.api.openapi.writing import Writer, tags_of
from houston.core.api.operation import JSON, MERGE_PATCH
from houston.core.api.service import API
from houston.core.http.forms import FORM_TYPES

SAME_FIELDS = "A form, urlencoded or multipart, may carry the same fields."
OTHER_MODEL = "`application/merge-patch+json` (RFC 7396) is understood, too."


class Swagger(CorniceSwagger):
    """The document of the operations that are below the base path."""

    base_path = API
    definitions: Any = Models

    def __init__(self, operations: list[Described], schemes: dict[str, Json]) -> None:
        super().__init__(services=[])
        self._operations = [each for each in operations if each.path.startswith(f"{API}/")]
        self._schemes = schemes

    def document(self, info: Json) -> Json:
        """The whole document."""
        outline = {"consumes": [JSON], "produces": [JSON], "securityDefinitions": self._schemes}
        document: Json = self.generate(
            title=info["title"], version=info["version"], info=dict(info), swagger=outline
        )
        return document

    def _build_paths(self) -> tuple[Json, list[Json]]:
        writer = SwaggerWriter(self.definitions, self.responses.response_registry, self._schemes)
        return writer.paths(self._operations, prefix=API), tags_of(self._operations)


class SwaggerWriter(Writer):
    """Operations as Swagger 2.0 has them."""

    responses_pointer = "#/responses/"
    # `{"type": "file"}` would do as well, which validators take for no schema.
    file = {"type": "string", "format": "binary"}

    def input(self, described: Described) -> Json:
        """All that an operation takes is a parameter; the types of what it gives are here, too."""
        operation = described.operation
        written: Json = {"parameters": list(self._parameters(described))}
        if operation.body is not None or operation.patch is not None:
            written["consumes"] = [type for type in operation.consumes if type != MERGE_PATCH]
        if operation.file:
            written["produces"] = [operation.produces, JSON]
        return written

    def response(
        self, description: str, type: str | None, schema: Json | None, headers: Json
    ) -> Json:
        """A response object; its type is that of the operation."""
        response: Json = {"description": description}
        if schema is not None:
            response["schema"] = schema
        if headers:
            response["headers"] = headers
        return response

    def _parameters(self, described: Described) -> Iterator[Json]:
        operation = described.operation
        for name, schema in described.variables.items():
            yield {"name": name, "in": "path", "required": True, **schema}
        if operation.query is not None:
            yield from self._fields("query", operation.query)
        for name, text in described.request_headers.items():
            yield {"name": name, "in": "header", "type": "string", "description": text}
        if operation.patch is not None:
            yield _body(described, self.models.patch(operation))
        elif operation.body is not None and set(operation.consumes) <= set(FORM_TYPES):
            yield from self._fields("formData", operation.body)
        elif operation.body is not None:
            yield _body(described, self.models.body(operation))
        elif operation.takes_bytes:
            yield _body(described, {"type": "string", "format": "binary"})

    def _fields(self, place: str, schema: Any) -> Iterator[Json]:
        required = {field.name for field in schema.children if field.required}
        for name, field in self.models.fields(schema).items():
            several = {"collectionFormat": "multi"} if field.get("type") == "array" else {}
            yield {"name": name, "in": place, "required": name in required, **field, **several}


def _body(described: Described, schema: Json) -> Json:
    consumes = described.operation.consumes
    body: Json = {
        "name": "body",
        "in": "body",
        "required": described.body_required,
        "schema": schema,
    }
    if MERGE_PATCH in consumes:
        body["description"] = OTHER_MODEL
    elif set(FORM_TYPES).intersection(consumes):
        body["description"] = SAME_FIELDS
    return body

"""Swagger 2.0, made by cornice_swagger from the declarations of the operations.

An operation has one body in Swagger: that of JSON, where `consumes` lists forms with the same
fields, or that of JSON Patch. The model of a merge patch is the extension `x-merge-patch` of the
operation.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import colander
from cornice_swagger import CorniceSwagger
from cornice_swagger.converters import parameters as cornice
from cornice_swagger.converters.parameters import ParameterConversionDispatcher
from cornice_swagger.swagger import ParameterHandler, ResponseHandler

from houston.core.api.contributions import Contributions
from houston.core.api.openapi.converters import (
    ANY_VALUE,
    MODEL,
    Binary,
    Json,
    input_converter,
    output_converter,
)
from houston.core.api.openapi.description import Described, header, tag_description
from houston.core.api.openapi.models import Models
from houston.core.api.openapi.patches import (
    Merge,
    MergeConverter,
    Patch,
    PatchBody,
    PatchConverter,
)
from houston.core.api.openapi.responses import ErrorResponse, responses_of
from houston.core.api.operation import JSON, MERGE_PATCH
from houston.core.http.request import FORM_TYPES
from houston.core.schema.nodes import Field

SAME_FIELDS = "A form, urlencoded or multipart, may have the same fields."
OTHER_MODEL = "`application/merge-patch+json` (RFC 7396) is accepted as well."
MERGE = "x-merge-patch"


class Bytes(Field):
    """A body of bytes."""

    schema_type = Binary


class DocumentedService(NamedTuple):
    """The operations of one path, in the form of the services that cornice_swagger reads."""

    path: str
    definitions: list[tuple[str, Any, dict[str, Any]]]


class QueryConverter(cornice.QueryParameterConverter):
    """A parameter of the query string; Cornice's has only the type of the items of a list."""

    def convert(self, schema_node: Any, definition_handler: Any) -> Json:
        """The parameter object."""
        converted: Json = super().convert(schema_node, definition_handler)
        if converted.get("type") == "array":
            converted["items"] = definition_handler(schema_node)["items"]
            converted["collectionFormat"] = "multi"
        return converted


class FormConverter(QueryConverter):
    """A field of a form, for operations that read forms only."""

    _in = "formData"


class BodyConverter(cornice.BodyParameterConverter):
    """The body, with the description as that of the parameter, not of the model."""

    def convert(self, schema_node: Any, definition_handler: Any) -> Json:
        """The parameter object."""
        about, schema_node.description = schema_node.description, ""
        converted: Json = super().convert(schema_node, definition_handler)
        schema = converted["schema"]
        if ANY_VALUE[MODEL] in str(schema.get("additionalProperties")):
            # In a parameter, generators import a mapped model as if it were one of their own.
            schema["additionalProperties"] = {}
        return converted | ({"description": about} if about else {})


class ParameterConverters(ParameterConversionDispatcher):
    """The converters of parameters by their location."""

    converters = {
        **ParameterConversionDispatcher.converters,
        "body": BodyConverter,
        "querystring": QueryConverter,
        "formData": FormConverter,
    }


class Parameters(ParameterHandler):
    """The parameters of an operation: path, query string, headers and body."""

    variables: Mapping[str, Mapping[str, Json]] = {}
    """The JSON schemas of the variables of each path."""

    def from_schema(self, schema_node: Any) -> list[Json]:
        """The parameters of a request schema, the fields of a form among them."""
        parameters: list[Json] = super().from_schema(schema_node)
        for part in schema_node.children:
            if part.name == "formData":
                parameters += [self.parameter_converter(part.name, field) for field in part]
        for parameter in parameters:
            if parameter["in"] == "body":
                parameter["name"] = "body"
        return parameters

    def from_path(self, path: str) -> list[Json]:
        """The variables of a path, with the JSON schemas of their keys."""
        return [
            self.parameter_converter("path", colander.SchemaNode(colander.String(), name=name))
            | schema
            for name, schema in self.variables[path].items()
        ]


class Responses(ResponseHandler):
    """The responses of an operation; errors are references to shared responses."""

    def from_schema_mapping(self, schema_mapping: Mapping[str, Any]) -> Json:
        """The response objects by status."""
        responses: Json = super().from_schema_mapping(schema_mapping)
        for status, schema in schema_mapping.items():
            if isinstance(schema, ErrorResponse):
                self.response_registry[schema.name] = responses[status]
                responses[status] = {"$ref": self.json_pointer + schema.name}
        return responses


class Swagger(CorniceSwagger):
    """The Swagger 2.0 document of some operations, with whole paths."""

    ignore_methods = ("OPTIONS",)
    responses: Any = Responses
    parameters: Any = Parameters

    def __init__(
        self,
        operations: list[Described],
        schemes: Mapping[str, Json],
        contributions: Contributions,
    ) -> None:
        super().__init__(services=[])
        self._operations = operations
        self._schemes = schemes
        self.services = list(self._services())
        registry: Json = {}
        converter = input_converter(contributions)
        converter.converters |= {Patch: PatchConverter, Merge: MergeConverter}
        self._input = Models(registry, converter, suffix="Input")
        self.definitions = Models(registry, output_converter(contributions))
        self.parameters.parameter_converter = ParameterConverters(self._input)
        self.parameters.variables = {each.path: each.variables for each in operations}
        self.responses.definitions = self.definitions

    def document(self, info: Json) -> Json:
        """The whole document."""
        # Models of output are added first, so that their names have no suffix.
        for described in self._operations:
            if described.operation.returns is not None:
                self.definitions.from_schema(described.operation.returns)
        outline = {
            "consumes": [JSON],
            "produces": [JSON],
            "securityDefinitions": dict(self._schemes),
            "tags": list(_tags(self._operations)),
        }
        additions = [(each, self._additions(each)) for each in self._operations]
        document: Json = self.generate(info["title"], info["version"], "/", dict(info), outline)
        for described, added in additions:
            document["paths"][described.path][described.operation.method.lower()] |= added
        return document

    def _services(self) -> Iterator[DocumentedService]:
        by_path: dict[str, list[Described]] = {}
        for described in self._operations:
            by_path.setdefault(described.path, []).append(described)
        for path, operations in by_path.items():
            yield DocumentedService(path, list(map(self._definition, operations)))

    def _definition(self, described: Described) -> tuple[str, Any, dict[str, Any]]:
        operation = described.operation
        arguments: dict[str, Any] = {
            "schema": colander.MappingSchema(*_parts(described)),
            "response_schemas": responses_of(described),
            "tags": [described.tag],
            "operation_id": operation.name,
            "api_security": self._security(described),
        }
        consumes = [type for type in operation.consumes if type != MERGE_PATCH]
        if operation.takes_bytes or operation.body is not None or operation.patch is not None:
            arguments["content_type"] = consumes
        return operation.method, operation.view, arguments

    def _additions(self, described: Described) -> Json:
        """The members of an operation object that cornice_swagger does not write."""
        operation = described.operation
        produces = [operation.produces] if operation.produces else []
        added: Json = {
            "summary": operation.summary,
            "description": described.text,
            "produces": list(dict.fromkeys([*produces, JSON] if operation.file else produces)),
        }
        if operation.deprecated:
            added["deprecated"] = True
        if MERGE_PATCH in operation.consumes:
            added[MERGE] = self._input(PatchBody(operation, Merge))
        return added

    def _security(self, described: Described) -> list[Json]:
        if described.scope is None:
            return []
        ways: list[Json] = [{name: [described.scope]} for name in self._schemes]
        return [{}, *ways] if described.anonymous else ways


def _parts(described: Described) -> Iterator[Any]:
    """The parts of the request schema of an operation."""
    operation = described.operation
    if operation.query is not None:
        yield _named(operation.query, "querystring")
    if described.request_headers:
        yield _optional_headers(described.request_headers)
    missing = colander.required if described.body_required else colander.drop
    if operation.patch is not None:
        about = OTHER_MODEL if MERGE_PATCH in operation.consumes else ""
        yield PatchBody(operation, Patch, name="body", missing=missing, description=about)
    elif operation.body is not None and set(operation.consumes) <= set(FORM_TYPES):
        yield _named(operation.body, "formData")
    elif operation.body is not None:
        about = SAME_FIELDS if set(FORM_TYPES).intersection(operation.consumes) else ""
        yield _named(operation.body, "body", missing=missing, description=about)
    elif operation.takes_bytes:
        yield Bytes(name="body", missing=missing)


def _optional_headers(texts: Mapping[str, str]) -> Any:
    headers = [header(name, text) for name, text in texts.items()]
    for each in headers:
        each.missing = colander.drop
    return colander.MappingSchema(*headers, name="header")


def _named(node: Any, name: str, **attributes: Any) -> Any:
    copy = node.clone()
    copy.name = name
    vars(copy).update(attributes)
    return copy


def _tags(operations: Iterable[Described]) -> Iterator[Json]:
    """The tags in the order of their first operation, with their descriptions."""
    tags: dict[str, Described] = {}
    for described in operations:
        tags.setdefault(described.tag, described)
    for tag, described in tags.items():
        yield {"name": tag, "description": tag_description(described.operation)}

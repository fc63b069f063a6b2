"""Swagger 2.0, made from the declarations of the operations.

An operation has one body in Swagger: that of JSON, where `consumes` lists forms with the same
fields, or that of JSON Patch. The model of a merge patch is the extension `x-merge-patch` of the
operation.
"""

from collections.abc import Callable, Iterator
from typing import Any

import colander

from houston.core.api.contributions import Contributions
from houston.core.api.openapi.converters import (
    ABOUT,
    ANY_VALUE,
    MODEL,
    Json,
    Models,
    input_converter,
    output_converter,
)
from houston.core.api.openapi.description import ApiErrors, Described, error_text, tag_description
from houston.core.api.operation import JSON, MERGE_PATCH, Operation
from houston.core.api.patch import MAX_OPERATIONS, OPERATIONS, Actions, PatchSchema
from houston.core.errors import TooManyRequests
from houston.core.http.request import FORM_TYPES
from houston.core.schema import types
from houston.core.schema.nodes import Integer, ListOf, MapOf, Schema, String, Text

SAME_FIELDS = "A form, urlencoded or multipart, may have the same fields."
OTHER_MODEL = "`application/merge-patch+json` (RFC 7396) is accepted as well."
PART = "The part that `Range` asks for."
NOT_MODIFIED = "The representation still has the tag of `If-None-Match`."
MERGE = "x-merge-patch"
BINARY: Json = {"type": "string", "format": "binary"}
"""A schema of bytes that validators accept, unlike `{"type": "file"}`."""
RETRY_AFTER: Json = {
    "type": "integer",
    "description": "The number of seconds until the rate limit is reset.",
}
GUID_OF_OBJECT: Json = {
    "type": "string",
    "format": "uuid",
    "description": "The guid of the object to change; optional for `test`.",
}


class ErrorSchema(Schema):
    """An error; `messages` has texts by field if the input is not valid."""

    status = Integer(description="The status of the response.")
    message = Text(description="A sentence for people.")
    messages = MapOf(ListOf(Text()), missing=colander.drop, description="The faults by field.")
    reason = String(missing=colander.drop, description="A code for programs.")
    request_id = String(missing=colander.drop, description="Quote it when you report the error.")


class ExtendedErrorSchema(ErrorSchema):
    """An error with members of its own, which stands in its response alone."""

    @classmethod
    def model_name(cls) -> str:
        """No name: it is not shared."""
        return ""


class Swagger:
    """The Swagger 2.0 document of some operations, with whole paths."""

    def __init__(
        self, operations: list[Described], schemes: Json, contributions: Contributions
    ) -> None:
        self._operations = operations
        self._schemes = schemes
        self._contributions = contributions
        self._definitions: Json = {}
        self._responses: Json = {}
        self._input = Models(self._definitions, input_converter(contributions), suffix="Input")
        self._output = Models(self._definitions, output_converter(contributions))

    def document(self, info: Json) -> Json:
        """The whole document."""
        # Models of output are added first, so that their names have no suffix.
        for described in self._operations:
            if described.operation.returns is not None:
                self._output(described.operation.returns)
        paths: Json = {}
        tags: dict[str, str] = {}
        for described in self._operations:
            tags.setdefault(described.tag, tag_description(described.operation))
            item = paths.setdefault(described.path, _path_item(described))
            item[described.operation.method.lower()] = self._operation(described)
        return {
            "swagger": "2.0",
            "info": info,
            "basePath": "/",
            "consumes": [JSON],
            "produces": [JSON],
            "securityDefinitions": self._schemes,
            "tags": [{"name": name, "description": text} for name, text in tags.items()],
            "paths": paths,
            "definitions": self._definitions,
            "responses": self._responses,
        }

    def _operation(self, described: Described) -> Json:
        operation = described.operation
        produces = [operation.produces] if operation.produces else []
        written: Json = {
            "operationId": operation.name,
            "tags": [described.tag],
            "summary": operation.summary,
            "description": described.text,
            "produces": list(dict.fromkeys([*produces, JSON] if operation.file else produces)),
            "responses": self._responses_of(described),
            "security": self._security(described),
        }
        if operation.deprecated:
            written["deprecated"] = True
        if operation.takes_bytes or operation.body is not None or operation.patch is not None:
            written["consumes"] = [type for type in operation.consumes if type != MERGE_PATCH]
        if parameters := list(self._parameters(described)):
            written["parameters"] = parameters
        if operation.patch is not None and MERGE_PATCH in operation.consumes:
            schema = self._contributions.complete(operation.patch)
            written[MERGE] = self._input.refer(_merge_model(schema, self._input.convert))
        return written

    def _security(self, described: Described) -> list[Json]:
        if described.scope is None:
            return []
        ways: list[Json] = [{name: [described.scope]} for name in self._schemes]
        return [{}, *ways] if described.anonymous else ways

    def _parameters(self, described: Described) -> Iterator[Json]:
        operation = described.operation
        for field in operation.query or ():
            yield self._parameter("query", field)
        for name, text in described.request_headers.items():
            header = {"name": name, "in": "header", "required": False}
            yield {**header, "type": "string", "description": text}
        if operation.body is not None and set(operation.consumes) <= set(FORM_TYPES):
            yield from (self._parameter("formData", field) for field in operation.body)
        elif schema := self._body(operation):
            body = {"name": "body", "in": "body", "required": described.body_required}
            about = _about_body(operation)
            yield {**body, "schema": schema, **({"description": about} if about else {})}

    def _parameter(self, location: str, field: Any) -> Json:
        schema = self._input(field)
        several = {"collectionFormat": "multi"} if schema.get("type") == "array" else {}
        return {"name": field.name, "in": location, "required": field.required, **schema, **several}

    def _body(self, operation: Operation) -> Json | None:
        if operation.patch is not None:
            schema = self._contributions.complete(operation.patch)
            return self._input.refer(_patch_model(schema, bulk=operation.bulk))
        if operation.body is None:
            return dict(BINARY) if operation.takes_bytes else None
        body = self._input(operation.body)
        if isinstance(operation.body, MapOf):
            # In a parameter, generators import a mapped model as if it were one of their own.
            body["additionalProperties"] = {}
        return body

    def _responses_of(self, described: Described) -> Json:
        """The responses by status, in the order of the statuses."""
        operation = described.operation
        success = self._success(described)
        responses = {operation.status: success}
        if operation.file:
            responses[206] = success | {"description": PART}
        for status, meaning in operation.others.items():
            responses[status] = {"description": meaning}
        if described.revalidates:
            responses[304] = {"description": NOT_MODIFIED}
        for status, errors in described.errors_by_status().items():
            responses[status] = {"$ref": f"#/responses/{self._error(errors)}"}
        return {str(status): responses[status] for status in sorted(responses)}

    def _success(self, described: Described) -> Json:
        operation = described.operation
        success: Json = {"description": described.success}
        if operation.file:
            success["schema"] = BINARY
        elif operation.returns is not None:
            model = self._output(operation.returns)
            if operation.keyed:
                model = {"type": "object", "additionalProperties": model}
            elif operation.many or operation.paged:
                model = {"type": "array", "items": model}
            success["schema"] = model
        headers = described.response_headers
        return success | ({"headers": headers} if headers else {})

    def _error(self, errors: ApiErrors) -> str:
        """The name of the response of the errors of one status, which operations share."""
        members = [member for error in errors for member in error.members]
        schema = ExtendedErrorSchema(*members) if members else ErrorSchema()
        name = "Or".join(error.__name__ for error in errors)
        response = {"description": error_text(errors), "schema": self._output(schema)}
        headers = {"headers": {"Retry-After": RETRY_AFTER}} if TooManyRequests in errors else {}
        self._responses[name] = response | headers
        return name


def _path_item(described: Described) -> Json:
    parameters = [
        {"name": name, "in": "path", "required": True, **schema}
        for name, schema in described.variables.items()
    ]
    return {"parameters": parameters} if parameters else {}


def _about_body(operation: Operation) -> str:
    if operation.patch is not None:
        return OTHER_MODEL if MERGE_PATCH in operation.consumes else ""
    return SAME_FIELDS if set(FORM_TYPES).intersection(operation.consumes) else ""


def _patch_model(schema: PatchSchema, *, bulk: bool) -> Json:
    """A list of operations (RFC 6902) on the paths of a schema; with `bulk`, of many objects."""
    name = schema.model_name() + ("OfMany" if bulk else "")
    properties: Json = {
        "op": {"type": "string", "enum": list(OPERATIONS)},
        "path": _path(schema.children),
        "value": _any_value("For test, add and replace."),
        "from": _any_value("The path of move and copy; else ignored."),
    }
    operation = {
        MODEL: f"{name}Operation",
        "type": "object",
        "required": ["op", "path"],
        "properties": properties | ({"guid": dict(GUID_OF_OBJECT)} if bulk else {}),
    }
    return {MODEL: name, "type": "array", "maxItems": MAX_OPERATIONS, "items": operation}


def _merge_model(schema: PatchSchema, convert: Callable[[Any], Json]) -> Json:
    """An object of the fields that change (RFC 7396): closed, and without required fields."""
    fields = [field for field in schema.children if not isinstance(field, Actions)]
    return {
        MODEL: f"{schema.model_name().removesuffix('Patch')}Change",
        "type": "object",
        "properties": {field.name: _merged(convert(field)) for field in fields},
        "additionalProperties": False,
    }


def _any_value(description: str) -> Json:
    return {**ANY_VALUE, "description": description, "x-nullable": True}


def _merged(schema: Json) -> Json:
    """The schema of a value that a merge changes: an object without required members."""
    if "properties" not in schema:
        return schema
    members = {name: _merged(member) for name, member in schema["properties"].items()}
    omitted = (MODEL, ABOUT, "required")
    kept = {key: each for key, each in schema.items() if key not in omitted}
    return kept | {"properties": members}


def _path(fields: list[Any]) -> Json:
    """The paths of the fields, and of the members of lists and objects."""
    actions = " ".join(_about_actions(field) for field in fields if isinstance(field, Actions))
    if not any(map(_has_members, fields)):
        paths = {"type": "string", "enum": [f"/{field.name}" for field in fields]}
        return paths | ({"description": actions} if actions else {})
    forms = "|".join(field.name + ("(?:/.*)?" if _has_members(field) else "") for field in fields)
    listed = ", ".join(f"`/{field.name}`" for field in fields)
    return {
        "type": "string",
        "pattern": f"^/(?:{forms})$",
        "description": f"One of {listed}, or a member of the value there. {actions}".strip(),
    }


def _about_actions(field: Actions) -> str:
    return f"`/{field.name}` supports {' and '.join(field.operations)}: {field.description}"


def _has_members(field: Any) -> bool:
    several = types.Sequence | types.Map | types.Json | types.Mapping
    return isinstance(field.typ, several) and not isinstance(field, Actions)

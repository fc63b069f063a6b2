"""OpenAPI 3.1, converted from the Swagger 2.0 document.

Bodies have all of their content types, null is a type, and parameters have a `schema`.
"""

from collections.abc import Mapping
from typing import Any

from houston.core.api.openapi.converters import Json
from houston.core.api.openapi.swagger2 import MERGE
from houston.core.api.operation import JSON, MERGE_PATCH

VERSION = "3.1.0"
POINTERS = {"#/definitions/": "#/components/schemas/", "#/responses/": "#/components/responses/"}
OF_PARAMETER = ("name", "in", "required", "description")
BINARY: Json = {"type": "string", "format": "binary"}
BODILESS = frozenset({"204", "302", "303", "304"})


def converted(swagger: Mapping[str, Any], schemes: Mapping[str, Json]) -> Json:
    """The OpenAPI 3.1 document of a Swagger 2.0 document with whole paths.

    Args:
        swagger: The document.
        schemes: The security schemes, as OpenAPI 3.1 has them.
    """
    document: Json = {
        "openapi": VERSION,
        "info": swagger["info"],
        "tags": swagger["tags"],
        "paths": {path: _path_item(item, schemes) for path, item in swagger["paths"].items()},
        "components": {
            "schemas": swagger["definitions"],
            "responses": {
                name: _response(each, JSON) for name, each in swagger["responses"].items()
            },
            "securitySchemes": schemes,
        },
    }
    modern: Json = _modern(document)
    return modern


def _path_item(item: Json, schemes: Mapping[str, Json]) -> Json:
    return {
        key: list(map(_parameter, each)) if key == "parameters" else _operation(each, schemes)
        for key, each in item.items()
    }


def _operation(operation: Json, schemes: Mapping[str, Json]) -> Json:
    copied = ("operationId", "tags", "summary", "description", "deprecated")
    produces = next(iter(operation["produces"]), None)
    parameters = operation.get("parameters", [])
    written: Json = {key: operation[key] for key in copied if key in operation}
    written["parameters"] = [
        _parameter(each) for each in parameters if each["in"] not in ("body", "formData")
    ]
    if body := _body(operation, parameters):
        written["requestBody"] = body
    written["responses"] = {
        status: _response(each, None if status in BODILESS else produces)
        for status, each in operation["responses"].items()
    }
    written["security"] = _security(operation["security"], schemes)
    return written


def _parameter(parameter: Json) -> Json:
    """A parameter with a `schema`; lists are repeated parameters in both versions."""
    outside = {key: parameter[key] for key in OF_PARAMETER if key in parameter}
    return outside | {"schema": _schema(parameter, *OF_PARAMETER)}


def _schema(parameter: Json, *outside: str) -> Json:
    without = (*outside, "collectionFormat")
    return {key: value for key, value in parameter.items() if key not in without}


def _body(operation: Json, parameters: list[Json]) -> Json | None:
    form = [each for each in parameters if each["in"] == "formData"]
    body = next((each for each in parameters if each["in"] == "body"), None)
    if form:
        fields = {field["name"]: _schema(field, "name", "in", "required") for field in form}
        names = [field["name"] for field in form if field["required"]]
        schema: Json = {"type": "object", "properties": fields, "required": names}
        required = bool(names)
    elif body is not None:
        schema, required = body["schema"], body["required"]
    else:
        return None
    content = {type: _content(schema) for type in operation["consumes"]}
    if MERGE in operation:
        content[MERGE_PATCH] = {"schema": operation[MERGE]}
    return {"required": required, "content": content}


def _content(schema: Json) -> Json:
    return {} if schema == BINARY else {"schema": schema}


def _response(response: Json, produces: str | None) -> Json:
    if "$ref" in response:
        return response
    written: Json = {"description": response["description"]}
    if produces is not None:
        written["content"] = {produces: _content(response.get("schema", BINARY))}
    if "headers" in response:
        written["headers"] = {
            name: _parameter(header) for name, header in response["headers"].items()
        }
    return written


def _security(ways: list[Json], schemes: Mapping[str, Json]) -> list[Json]:
    """The security requirements: all flows of OAuth2 are one scheme, others have no scopes."""
    if not any(ways):
        return ways
    scopes = next(scopes for way in ways for scopes in way.values())
    found = [
        {name: scopes if scheme["type"] == "oauth2" else []} for name, scheme in schemes.items()
    ]
    return [{}, *found] if {} in ways else found


def _modern(value: Any) -> Any:
    """A part of the document with JSON schemas of the draft 2020-12."""
    if isinstance(value, list):
        return [_modern(member) for member in value]
    if not isinstance(value, dict):
        return value
    written = {key: _modern(member) for key, member in value.items() if key != "properties"}
    if "properties" in value:
        written["properties"] = {name: _modern(each) for name, each in value["properties"].items()}
    if isinstance(reference := written.get("$ref"), str):
        for old, new in POINTERS.items():
            reference = reference.replace(old, new)
        written["$ref"] = reference
    if "allOf" in written:
        written |= written.pop("allOf")[0]
    if "example" in written:
        written["examples"] = [written.pop("example")]
    if written.pop("x-nullable", False):
        written = _nullable(written)
    lenient = written.pop("x-accepts-also", None)
    return {"anyOf": [written, lenient]} if lenient else written


def _nullable(schema: Json) -> Json:
    if "$ref" in schema:
        return {"anyOf": [{"$ref": schema.pop("$ref")}, {"type": "null"}], **schema}
    if "type" in schema:
        schema["type"] = [schema["type"], "null"]
    if "enum" in schema:
        schema["enum"] = [*schema["enum"], None]
    return schema

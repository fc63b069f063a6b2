"""The validation of requests, by Cornice and before the view is called.

Each operation has one Colander schema with `querystring` and `body`, made once. Cornice's validator
puts the values into `request.validated` and the faults into `request.errors`, from which
`raise_errors` makes the error.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import colander
from cornice.util import current_service
from cornice.validators import colander_validator
from pyramid.request import Request

from houston.core.api import patch
from houston.core.api.contributions import Contributions
from houston.core.api.operation import JSON_PATCH, MERGE_PATCH, Operation
from houston.core.api.serializer import compile as compile_serializer
from houston.core.errors import BadRequest, NotAcceptable, Unprocessable, UnsupportedMediaType
from houston.core.http.request import FORM_TYPES
from houston.core.json import JsonError, loads
from houston.core.schema import WHOLE, lenient
from houston.core.schema.nodes import Json, Schema
from houston.core.security.rate_limits import RateLimits
from houston.core.tree import FieldForbidden

Validator = Callable[..., None]

REPEATED = "Given more than once."
FILE = "Not a file, but text is expected here."


class PatchReader:
    """Reads the patches of an operation in one application, with the fields of other modules."""

    def __init__(self, schema: patch.PatchSchema, contributions: Contributions) -> None:
        self._schema = contributions.complete(schema)
        self._document_of = compile_serializer(self._schema).one
        self._contributed: dict[str, Any] = {
            each.name: each.apply for each in contributions.of(type(schema))
        }
        self._restricted = _restricted(self._schema)

    def read(self, request: Request) -> patch.Change:
        """The change that the body of a request makes to the row at its address.

        Raises:
            Unprocessable: An operation or a field is wrong.
            Conflict: A test failed, or a target is not there.
            FieldForbidden: The caller may not change one of the fields.
        """
        read = patch.merge if request.content_type == MERGE_PATCH else patch.apply
        document = self._document_of(request.context.row)
        change = read(document, request.validated["body"], self._schema)
        given = {action.name: action.value for action in change.actions} | change.values
        _check_permissions(request, self._restricted, given)
        for name in self._contributed.keys() & change.values.keys():
            change.contributed[name] = change.values.pop(name)
        return change

    def apply_contributed(self, request: Request) -> None:
        """Write the fields of other modules to the row at the address of a request."""
        contributed = request.validated["change"].contributed
        for name, value in contributed.items():
            self._contributed[name](request.services, request.db, request.context.row, value)
        if contributed:
            request.db.flush()


class PatchReaders(dict[Operation, PatchReader]):
    """The readers of the patches of an application, but for those of many objects."""


def validation(operation: Operation) -> dict[str, Any]:
    """The arguments of a Cornice view that validate the requests of an operation."""
    validators: list[Validator] = [partial(_check_rate_limit, operation.name)]
    if operation.raw:
        return {"validators": validators}
    if operation.query is None and operation.body is None and operation.patch is None:
        return {"validators": [*validators, _refuse_query]}
    validators.append(colander_validator)
    if operation.patch is not None:
        validators.append(partial(_read_patch, operation))
    elif operation.body and (restricted := _restricted(operation.body)):
        validators.append(partial(_check_fields, restricted))
    body = operation.body if operation.patch is None else Json()
    parts = {"querystring": operation.query or Schema(), "body": body}
    nodes = {name: _named(node, name) for name, node in parts.items() if node is not None}
    arguments = {
        "schema": colander.MappingSchema(*nodes.values()),
        "deserializer": partial(_extract, nodes),
        "validators": validators,
    }
    return arguments | ({"content_type": operation.consumes} if operation.consumes else {})


def _named(node: Any, name: str) -> Any:
    copy = node.clone()
    copy.name = name
    return copy


def _check_rate_limit(operation: str, request: Request, **_arguments: Any) -> None:
    """Count a request against the rate limit of its operation."""
    request.services[RateLimits].check_operation(request, operation)


def _refuse_query(request: Request, **_arguments: Any) -> None:
    """Refuse each parameter, for operations without a query string."""
    if request.environ.get("QUERY_STRING"):
        for name in request.GET:
            request.errors.add("querystring", name, "Unknown field.")


def _extract(nodes: Mapping[str, Any], request: Request) -> dict[str, Any]:
    """The input of the schemas in a request."""
    found = {"querystring": _texts(request, nodes["querystring"], request.GET)}
    if "body" in nodes:
        is_form = request.content_type in FORM_TYPES
        found["body"] = (
            _texts(request, nodes["body"], request.POST) if is_form else json_of(request)
        )
    return found


def _texts(request: Request, schema: Schema, fields: Any) -> dict[str, Any]:
    """The JSON values of the texts of a form or a query string."""
    if not fields:
        return {}
    found = fields.mixed()
    for name, value in found.items():
        node = next((child for child in schema.children if child.name == name), None)
        several = isinstance(value, list)
        if several and not (node and isinstance(node.typ, colander.Sequence)):
            request.errors.add(schema.name, name, REPEATED)
            found[name] = value[0]
        if any(hasattr(each, "file") for each in (value if several else [value])):
            request.errors.add(schema.name, name, FILE)
            found[name] = colander.null
    values: dict[str, Any] = lenient(schema, found)
    return values


def json_of(request: Request) -> Any:
    """The JSON value of the body of a request; an empty body is an empty object.

    Raises:
        BadRequest: The body is not JSON.
    """
    body = request.body  # WebOb reads it again each time
    try:
        return loads(body) if body else {}
    except JsonError as error:
        raise BadRequest(
            f"The body is not valid JSON: {error}", messages={"json": ["Invalid JSON body."]}
        ) from error


def _read_patch(operation: Operation, request: Request, **_arguments: Any) -> None:
    """Apply a patch to the document of the object, or read the actions on many objects."""
    validated = request.validated
    if request.errors:
        return
    if operation.many and operation.patch is not None:
        validated["actions"] = patch.apply_to_many(validated["body"], operation.patch)
    else:
        validated["change"] = request.services[PatchReaders][operation].read(request)


def _check_fields(fields: Mapping[str, Any], request: Request, **_arguments: Any) -> None:
    """Check the fields of a body that need a permission of their own."""
    if not request.errors:
        body = request.validated["body"]
        given = {
            name: body[name]
            for name, field in fields.items()
            if body.get(name, field.missing) != field.missing
        }
        _check_permissions(request, fields, given)


def _restricted(schema: Schema) -> dict[str, Any]:
    """The fields of a schema that need a permission of their own, by name."""
    return {field.name: field for field in schema.children if field.permission}


def _check_permissions(
    request: Request, fields: Mapping[str, Any], given: Mapping[str, Any]
) -> None:
    """Check that the caller may give the values of those of the `fields` that are given."""
    for name, field in fields.items():
        if name in given:
            needed = field.permission
            allowed = request.has_permission(needed(given[name]) if callable(needed) else needed)
            if not allowed:
                raise FieldForbidden(name, allowed)


def raise_errors(request: Request) -> None:
    """Raise the faults of a request as one error; Cornice's error handler.

    Raises:
        NotAcceptable: The caller accepts no content type that the operation produces.
        UnsupportedMediaType: The operation does not read bodies of this content type.
        Unprocessable: Some fields are not valid; `messages` names them.
    """
    service, method = current_service(request), request.method
    if request.errors.status == NotAcceptable.status:
        produced = dict.fromkeys(service.get_acceptable(method))
        raise NotAcceptable(f"This address answers with {' or '.join(produced)} only.")
    if request.errors.status == UnsupportedMediaType.status:
        consumed = service.get_contenttypes(method)
        raise UnsupportedMediaType(
            f"Send the body as {' or '.join(consumed)}, not as {request.content_type}.",
            headers={"Accept-Patch": ", ".join(consumed)} if JSON_PATCH in consumed else None,
        )
    # The deserializer adds its faults first; those of the schema follow from them.
    faults: dict[tuple[str, str], str] = {}
    for error in request.errors:
        faults.setdefault((error["location"], error["name"]), error["description"])
    messages: dict[str, list[str]] = {}
    for (_, name), text in faults.items():
        messages.setdefault(name or WHOLE, []).append(text)
    raise Unprocessable(messages=messages)

"""The validation of requests, by Cornice and before the view is called.

Each operation has one Colander schema with `querystring` and `body`, made once. Cornice's validator
puts the values into `request.validated` and the faults into `request.errors`, from which
`raise_errors` makes the error.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import colander
from colander import drop
from cornice.util import current_service
from cornice.validators import colander_validator
from pyramid.request import Request
from webob.multidict import MultiDict

from houston.core.api import patch
from houston.core.api.contributions import Contributions
from houston.core.api.operation import JSON_PATCH, MERGE_PATCH, Operation
from houston.core.api.serializer import compile as compile_serializer
from houston.core.errors import (
    BadRequest,
    ContentTooLarge,
    NotAcceptable,
    Unprocessable,
    UnsupportedMediaType,
)
from houston.core.http.request import FORM_TYPES
from houston.core.json import JsonError, loads
from houston.core.schema import WHOLE, lenient
from houston.core.schema.nodes import Json, Reference, Schema, String
from houston.core.security.rate_limits import RateLimits
from houston.core.settings import Settings
from houston.core.tree import Branches, FieldForbidden

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
            HTTPForbidden: The caller may not change one of the fields, or not to this value.
        """
        read = patch.merge if request.content_type == MERGE_PATCH else patch.apply
        document = self._document_of(request.context.row)
        change = read(document, request.validated["body"], self._schema)
        actions = ((action.name, action.value) for action in change.actions)
        _check_permissions(request, self._restricted, [*actions, *change.values.items()])
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
    validators: list[Validator] = [
        *_checks_of_headers(operation),
        partial(_check_rate_limit, operation.name),
    ]
    if operation.raw:
        return _validation_of_texts(operation, validators)
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
    return {
        "schema": colander.MappingSchema(*nodes.values()),
        "deserializer": partial(_extract, nodes),
        "validators": validators,
    }


def _checks_of_headers(operation: Operation) -> Iterator[Validator]:
    """The checks before anything is read."""
    if operation.acceptable:
        yield partial(_check_accept, operation.acceptable)
    if operation.is_typed:
        yield partial(_check_content_type, operation.consumes)
    if operation.consumes:
        yield partial(_check_size, operation)


def _validation_of_texts(operation: Operation, validators: list[Validator]) -> dict[str, Any]:
    """The arguments of a view that reads declared texts and validates their meaning by itself."""
    declared = [schema for schema in (operation.query, operation.body) if schema is not None]
    if not declared:
        return {"validators": validators}
    parts = ["querystring"] if operation.body is None else ["querystring", "body"]
    texts = {name: _bounds(declared, name) for name in parts}
    return {
        "schema": colander.MappingSchema(*texts.values()),
        "deserializer": partial(_extract_texts, texts),
        "validators": [*validators, colander_validator],
    }


def _bounds(schemas: Iterable[Schema], name: str) -> Schema:
    """The schema of the texts of some fields: up to 255 characters are left to the protocol."""
    longest = {
        field.name: field.length.max if isinstance(field, String) else 0
        for schema in schemas
        for field in schema.children
    }
    texts = [
        String(max=max(length, String.longest), name=field, missing=drop)
        for field, length in longest.items()
    ]
    return Schema(*texts, name=name)


def _named(node: Any, name: str) -> Any:
    copy = node.clone()
    copy.name = name
    return copy


def _check_accept(produced: Sequence[str], request: Request, **_arguments: Any) -> None:
    """Check that the caller accepts one of the content types of the response.

    Raises:
        NotAcceptable: They accept none.
    """
    if not request.accept.acceptable_offers(produced):
        raise NotAcceptable(f"This address answers with {' or '.join(produced)} only.")


def _check_content_type(consumed: Sequence[str], request: Request, **_arguments: Any) -> None:
    """Check the content type of the body, if the caller declares one.

    Raises:
        UnsupportedMediaType: The operation does not read it.
    """
    given = request.content_type
    if given and given not in consumed:
        raise UnsupportedMediaType(
            f"Send the body as {' or '.join(consumed)}, not as {given}.",
            headers={"Accept-Patch": ", ".join(consumed)} if JSON_PATCH in consumed else None,
        )


def _check_size(operation: Operation, request: Request, **_arguments: Any) -> None:
    """Refuse a body that is too large for the operation and the caller, by its length.

    Nothing has read the body yet, and who the caller is has been decided by then: a body beyond the
    limit of anonymous callers is read only with a credential that is valid. Smaller ones need no
    look at the credential, so public operations execute no statement for it.

    Raises:
        ContentTooLarge: The body is too large.
    """
    length = request.content_length or 0
    whole, anonymous = operation.body_limits(request.services[Settings])
    if length > anonymous and request.identity is None:
        whole = anonymous
    if length > whole:
        raise ContentTooLarge(f"The body is larger than {whole} bytes.")


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


def _extract_texts(parts: Mapping[str, Schema], request: Request) -> dict[str, Any]:
    """The declared texts in the address and the form (RFC 6749, section 3.1, ignores others)."""
    found = {}
    for part, schema in parts.items():
        given = (request.POST if part == "body" else request.GET).items()
        read = [(name, text) for name, text in given if name in schema or hasattr(text, "file")]
        found[part] = _texts(request, schema, MultiDict(read))
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
        given = [
            (name, body[name])
            for name, field in fields.items()
            if body.get(name, field.missing) != field.missing
        ]
        _check_permissions(request, fields, given)


def _restricted(schema: Schema) -> dict[str, Any]:
    """The fields of a schema that need a permission of their own, by name."""
    return {field.name: field for field in schema.children if field.permission or field.refers}


def _check_permissions(
    request: Request, fields: Mapping[str, Any], given: Iterable[tuple[str, Any]]
) -> None:
    """Check that the caller may give these values to those of the `fields` that are given."""
    for name, value in given:
        field = fields.get(name)
        if field is not None and field.permission:
            needed = field.permission
            allowed = request.has_permission(needed(value) if callable(needed) else needed)
            if not allowed:
                raise FieldForbidden(name, allowed)
        if field is not None and field.refers and value is not None:
            _check_reference(request, field.refers, name, value)


def _check_reference(request: Request, reference: Reference, name: str, value: Any) -> None:
    """Check that the objects that a field names exist, and that the caller may name them.

    Raises:
        Unprocessable: There is no such object.
        HTTPForbidden: The caller does not have the permission on one of them.
    """
    guids = {value} if reference.find is None else set(reference.find(request.db, value))
    is_known = reference.branch in request.services[Branches]
    members = request.root[reference.branch] if is_known else None
    found = members.permitted(guids, reference.permission) if members and guids else {}
    if guids - found.keys():
        raise Unprocessable.about(name, f"{name} not found")


def raise_errors(request: Request) -> None:
    """Raise the faults of a request as one error; Cornice's error handler.

    Raises:
        ApiError: Some fields are not valid; `messages` names them.
    """
    # The deserializer adds its faults first; those of the schema follow from them.
    faults: dict[tuple[str, str], str] = {}
    for error in request.errors:
        faults.setdefault((error["location"], error["name"]), error["description"])
    messages: dict[str, list[str]] = {}
    for (_, name), text in faults.items():
        messages.setdefault(name or WHOLE, []).append(text)
    operations = current_service(request).operations
    operation = operations.get(request.method, operations.get("GET"))
    raise operation.refusal(messages)

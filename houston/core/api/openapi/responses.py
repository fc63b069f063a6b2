"""The responses of an operation, as schemas that cornice_swagger reads."""

from typing import Any

import colander

from houston.core.api.openapi.converters import Binary
from houston.core.api.openapi.description import Described, error_headers
from houston.core.errors import ContentTooLarge
from houston.core.schema import types
from houston.core.schema.nodes import Field, Integer, ListOf, MapOf, Schema, String, Text

PART = "The part that `Range` asks for."
NOT_MODIFIED = "The representation still has the tag of `If-None-Match`."


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


class File(Field):
    """A body of bytes."""

    schema_type = Binary


class Rows(Field):
    """A list of rendered objects."""

    schema_type = types.Sequence


class Keyed(Field):
    """Rendered objects by key."""

    schema_type = types.Map


class Response(colander.MappingSchema):
    """A response with its description and its parts."""


class ErrorResponse(Response):
    """A response of errors, which operations share by its name."""


def responses_of(described: Described) -> dict[str, Response]:
    """The responses of an operation by status, in the order of the statuses."""
    operation = described.operation
    responses = {operation.status: _response(described.success, *_parts(described))}
    if operation.file:
        responses[206] = _response(PART, *_parts(described))
    for status, meaning in operation.others.items():
        responses[status] = _response(meaning)
    if described.revalidates:
        responses[304] = _response(NOT_MODIFIED)
    for status, errors in described.errors_by_status().items():
        members = [member.clone() for error in errors for member in error.members]
        body = ExtendedErrorSchema(*members, name="body") if members else ErrorSchema(name="body")
        parts = [body, *_headers(error_headers(errors))]
        name = "Or".join(error.__name__ for error in errors)
        if ContentTooLarge in errors and operation.has_own_limits:
            name += f"Of{described.body_limits[0]}"
        text = described.error_text(errors)
        responses[status] = ErrorResponse(*parts, description=text, name=name)
    return {str(status): responses[status] for status in sorted(responses)}


def _response(meaning: str, *parts: Any) -> Response:
    return Response(*parts, description=meaning)


def _parts(described: Described) -> list[Any]:
    body = _body(described)
    return [*([body] if body else []), *_headers(described.response_headers)]


def _body(described: Described) -> Any:
    operation = described.operation
    if operation.file:
        return File(name="body")
    if operation.returns is None:
        return None
    model = operation.returns.clone()
    if operation.keyed:
        return Keyed(model, name="body")
    if operation.many or operation.paged:
        return Rows(model, name="body")
    model.name = "body"
    return model


def _headers(nodes: list[colander.SchemaNode]) -> list[Any]:
    return [colander.MappingSchema(*nodes, name="header")] if nodes else []

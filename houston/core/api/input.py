"""Reading a request: everything is validated before the view is called and anything written."""

from collections.abc import Callable, Iterator
from typing import Any

from pyramid.request import Request

from houston.core.api import bulk, patch
from houston.core.api.operation import JSON_PATCH, MERGE_PATCH, Operation
from houston.core.api.serializer import compile as compile_serializer
from houston.core.errors import BadRequest, NotAcceptable, Unprocessable, UnsupportedMediaType
from houston.core.http.forms import FORM_TYPES
from houston.core.json import JsonError, loads
from houston.core.schema import Schema, from_text, load
from houston.core.security.rate_limits import RateLimits

Step = Callable[[Request], None]


def reader(operation: Operation) -> Callable[..., None]:
    """The Cornice validator of `operation`: fills `request.validated` or raises an `ApiError`."""
    steps = tuple(_steps(operation))
    name = operation.name

    def read(request: Request, **_arguments: Any) -> None:
        request.services[RateLimits].check_operation(request, name)
        for step in steps:
            step(request)

    return read


def _steps(operation: Operation) -> Iterator[Step]:
    if operation.produces and "*" not in operation.produces:
        yield _accept_step(operation.produces)
    if operation.raw:
        return
    yield _query_step(operation.query)
    if operation.body is not None:
        yield _body_step(operation.body, operation.consumes)
    if operation.patch is not None:
        step = _bulk_step if operation.bulk else _patch_step
        yield step(operation.patch, operation.consumes)


def _accept_step(produces: str) -> Step:
    welcome = frozenset({None, "", "*/*", produces})

    def check_accept(request: Request) -> None:
        if request.environ.get("HTTP_ACCEPT") in welcome:
            return
        if not request.accept.acceptable_offers([produces]):
            raise NotAcceptable(f"This address answers with {produces} only.")

    return check_accept


def _query_step(schema: Schema | None) -> Step:
    if schema is not None:
        return lambda request: request.validated.update(query=from_text(schema, request.GET))

    def refuse_query(request: Request) -> None:
        if request.environ.get("QUERY_STRING"):
            raise Unprocessable(messages={name: ["Unknown field."] for name in request.GET})

    return refuse_query


def _body_step(schema: Schema, consumes: tuple[str, ...]) -> Step:
    def read_body(request: Request) -> None:
        content_type = _content_type(request, consumes)
        if content_type in FORM_TYPES:
            request.validated["body"] = from_text(schema, request.POST)
        else:
            request.validated["body"] = load(schema, _json(request, empty={}))

    return read_body


def _patch_step(schema: patch.PatchSchema, consumes: tuple[str, ...]) -> Step:
    document_of = compile_serializer(schema).one

    def read_patch(request: Request) -> None:
        content_type = _content_type(request, consumes)
        change = patch.merge if content_type == MERGE_PATCH else patch.apply
        document = document_of(request.context.row)
        request.validated["change"] = change(document, _json(request, empty=None), schema)

    return read_patch


def _bulk_step(schema: patch.PatchSchema, consumes: tuple[str, ...]) -> Step:
    def read_patch(request: Request) -> None:
        _content_type(request, consumes)
        request.validated["orders"] = bulk.apply(_json(request, empty=None), schema)

    return read_patch


def _content_type(request: Request, consumes: tuple[str, ...]) -> str:
    """The body's type without its parameters; no body and no type is the first one we read."""
    content_type: str = request.content_type or consumes[0]
    if content_type in consumes:
        return content_type
    headers = {"Accept-Patch": ", ".join(consumes)} if JSON_PATCH in consumes else None
    raise UnsupportedMediaType(
        f"Send the body as {' or '.join(consumes)}, not as {content_type}.", headers=headers
    )


def _json(request: Request, *, empty: Any) -> Any:
    body: bytes = request.body
    if not body:
        return empty
    try:
        return loads(body)
    except JsonError as error:
        raise BadRequest(
            f"The body is not valid JSON: {error}", messages={"json": ["Invalid JSON body."]}
        ) from error

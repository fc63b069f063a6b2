"""Responses: the result of a view is rendered by the schema that documents it."""

from collections.abc import Callable, Iterable
from typing import Any

from pyramid.request import Request
from pyramid.response import Response

from houston.core.api.conditions import conditional, etag_of
from houston.core.api.loading import load, relations_of
from houston.core.api.operation import Operation, PartialView
from houston.core.api.serializer import Compiler, Renderer, Unfilled, fill
from houston.core.json import dumps
from houston.core.schema.nodes import Schema

Writer = Callable[[Request, Any], Response]

REVALIDATE = "private, no-cache"
NEVER_STORE = "no-store"


def writer(operation: Operation, compiler: Compiler) -> Writer:
    """The function that makes a response from the result of an operation's view."""
    if operation.returns is None or operation.raw:
        return _bare_writer(operation)
    render = _renderer(operation, operation.returns, compiler)
    tagged = operation.tagged
    relations = relations_of(operation.returns)

    def write(request: Request, result: Any) -> Response:
        if relations:
            load(request.db, _objects(operation, result), relations)
        unfilled: list[Unfilled] = []
        rendered = render(result, unfilled)
        if unfilled:
            fill(request.services, request.db, unfilled)
        body = dumps(rendered)
        if tagged:
            return _tagged(request, body)
        response = _plain(body, operation.status)
        if operation.paged:
            response.headers["X-Total-Count"] = str(result.total)
        return response

    return write


def _renderer(operation: Operation, returns: Schema, compiler: Compiler) -> Renderer:
    serializer = compiler.serializer(returns)
    if operation.paged:
        return lambda page, unfilled: serializer.many(page.rows, unfilled)
    if operation.many or operation.keyed:
        return serializer.many if operation.many else serializer.keyed
    if not operation.partial:
        return serializer.one
    partial = {schema: compiler.serializer(schema) for schema in operation.partial}
    return lambda result, unfilled: (
        partial[result.schema].one(result.row, unfilled)
        if isinstance(result, PartialView)
        else serializer.one(result, unfilled)
    )


def _objects(operation: Operation, result: Any) -> Iterable[Any]:
    """The objects in the result of a view."""
    if operation.paged:
        return result.rows  # type: ignore[no-any-return]  # of a Page
    if operation.keyed:
        return result.values()  # type: ignore[no-any-return]  # of a mapping
    return result if operation.many else [result]


def _bare_writer(operation: Operation) -> Writer:
    def write(_request: Request, result: Any) -> Response:
        if isinstance(result, Response):
            return result
        if operation.status == 204:
            return Response(status=204)
        return _plain(dumps(result), operation.status)

    return write


def _plain(body: bytes, status: int) -> Response:
    return _response(status, body, ("Cache-Control", NEVER_STORE))


def _tagged(request: Request, body: bytes) -> Response:
    tag, vary = ("ETag", etag_of(body)), ("Vary", "Authorization, Cookie")
    return conditional(request, _response(200, body, tag, ("Cache-Control", REVALIDATE), vary))


def _response(status: int, body: bytes, *headers: tuple[str, str]) -> Response:
    # The header list is given whole: WebOb's keyword arguments are slower than the rendering.
    own = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    return Response(app_iter=[body], status=status, headerlist=[*own, *headers])

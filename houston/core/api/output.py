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
from houston.core.schema.nodes import Schema, is_volatile

Writer = Callable[[Request, Any], Response]

REVALIDATE = "private, no-cache"
NEVER_STORE = "no-store"


def writer(operation: Operation, compiler: Compiler, *, tagged: bool) -> Writer:
    """The function that makes a response from the result of an operation's view.

    With `tagged`, the response has an entity tag.
    """
    returns = operation.returns
    if operation.raw or not isinstance(returns, Schema):
        return _bare_writer(operation)
    render = _renderer(operation, returns, compiler)
    relations, volatile = relations_of(returns), is_volatile(returns)

    def write(request: Request, result: Any) -> Response:
        if relations:
            load(request.db, _objects(operation, result), relations)
        unfilled: list[Unfilled] = []
        rendered = render(result, unfilled)
        if unfilled:
            fill(request.services, request.db, unfilled)
        body = dumps(rendered)
        if tagged:
            tag = etag_of(dumps(_stable(returns, rendered)) if volatile else body)
            return _tagged(request, body, tag)
        response = _plain(body, operation.status)
        if operation.paged:
            response.headers["X-Total-Count"] = str(result.total)
        if operation.exportable:
            response.headers["X-Exportable-Count"] = str(result.exportable)
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


def _stable(node: Any, rendered: Any) -> Any:
    """What is rendered by a node, without the values that change while the object does not."""
    if isinstance(rendered, list):
        return [_stable(node.children[0], each) for each in rendered]
    if not isinstance(node, Schema) or rendered is None:
        return rendered
    changing = {child.name: child for child in node.children if is_volatile(child)}
    kept = {
        name: _stable(child, rendered[name])
        for name, child in changing.items()
        if not child.volatile
    }
    return {name: value for name, value in rendered.items() if name not in changing} | kept


def _tagged(request: Request, body: bytes, tag: str) -> Response:
    headers = ("ETag", tag), ("Cache-Control", REVALIDATE), ("Vary", "Authorization, Cookie")
    return conditional(request, _response(200, body, *headers))


def _response(status: int, body: bytes, *headers: tuple[str, str]) -> Response:
    # The header list is given whole: WebOb's keyword arguments are slower than the rendering.
    own = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    return Response(app_iter=[body], status=status, headerlist=[*own, *headers])

"""Writing a response: what a view returns is rendered by the schema that documents it."""

from collections.abc import Callable
from hashlib import blake2b
from typing import Any

from pyramid.request import Request
from pyramid.response import Response

from houston.core.api.operation import Operation, PartialView
from houston.core.api.serializer import compile as compile_serializer
from houston.core.json import dumps

Writer = Callable[[Request, Any], Response]
Render = Callable[[Any], Any]

REVALIDATE = "private, no-cache"
NEVER_STORE = "no-store"


def writer(operation: Operation) -> Writer:
    """The function that turns what the view of `operation` returns into a response."""
    if operation.returns is None or operation.raw:
        return _bare_writer(operation)
    serializer = compile_serializer(operation.returns)
    if operation.paged:
        return _page_writer(operation, serializer)
    render: Render = serializer.one
    if operation.many or operation.keyed:
        render = serializer.many if operation.many else serializer.keyed
    tagged = operation.method in ("GET", "PATCH") and not operation.many
    if operation.reduced is not None:
        render = _either(render, compile_serializer(operation.reduced).one)

    def write(request: Request, result: Any) -> Response:
        body = dumps(render(result))
        return _tagged(request, body) if tagged else _plain(body, operation.status)

    return write


def etag_of(body: bytes) -> str:
    """The strong entity tag of a representation (RFC 9110, section 8.8.3)."""
    return f'"{blake2b(body, digest_size=12).hexdigest()}"'


def _either(full: Render, reduced: Render) -> Render:
    def render(result: Any) -> Any:
        return reduced(result.row) if isinstance(result, PartialView) else full(result)

    return render


def _page_writer(operation: Operation, serializer: Any) -> Writer:
    def write(_request: Request, page: Any) -> Response:
        response = _plain(dumps(serializer.many(page.rows)), operation.status)
        response.headers["X-Total-Count"] = str(page.total)
        return response

    return write


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
    etag = etag_of(body)
    headers = (("ETag", etag), ("Cache-Control", REVALIDATE), ("Vary", "Authorization, Cookie"))
    wanted = request.environ.get("HTTP_IF_NONE_MATCH")
    if wanted and request.method in ("GET", "HEAD") and etag[1:-1] in request.if_none_match:
        return Response(status=304, headerlist=list(headers))
    return _response(200, body, *headers)


def _response(status: int, body: bytes, *headers: tuple[str, str]) -> Response:
    # The header list is given whole: webob's keyword arguments cost more than the rendering.
    return Response(
        app_iter=[body],
        status=status,
        headerlist=[
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(body))),
            *headers,
        ],
    )

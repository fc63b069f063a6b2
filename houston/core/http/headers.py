"""The security and CORS headers of every response.

Errors have them as well; a browser hides an error without CORS headers from the page that made the
request.
"""

from typing import Any

from pyramid.request import Request
from pyramid.response import Response

from houston.core.http.request import Handler
from houston.core.services import services_of
from houston.core.settings import Settings

SECURITY = (
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
)
TRANSPORT_SECURITY = ("Strict-Transport-Security", "max-age=31536000")
METHODS = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"
EXPOSED = (
    "ETag, Link, Location, Retry-After, X-Request-Id, X-Total-Count, WWW-Authenticate, "
    "Accept-Patch, Allow"
)
PREFLIGHT_SECONDS = "600"


class ExposedHeaders(list[str]):
    """The headers of modules that pages of other origins may read."""


def tween_factory(handler: Handler, registry: Any) -> Handler:
    """The tween with the origins of the settings."""
    settings = services_of(registry)[Settings]
    origins = frozenset(settings["houston.cors.origins"])
    always = (*SECURITY, TRANSPORT_SECURITY) if settings["houston.cookies.secure"] else SECURITY

    def headers(request: Request) -> Response:
        environ = request.environ
        origin = environ.get("HTTP_ORIGIN")
        if origin is None:
            response = handler(request)
        else:
            response = _cross_origin(request, handler, origin, origins)
        present = {name for name, _ in response.headerlist}
        response.headerlist.extend(header for header in always if header[0] not in present)
        return response

    return headers


def _cross_origin(
    request: Request, handler: Handler, origin: str, origins: frozenset[str]
) -> Response:
    preflight = request.method == "OPTIONS" and (
        "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in request.environ
    )
    response = Response(status=204) if preflight else handler(request)
    response.headers.add("Vary", "Origin")
    if origin not in origins and "*" not in origins:
        return response
    response.headers["Access-Control-Allow-Origin"] = origin
    if origin in origins:
        response.headers["Access-Control-Allow-Credentials"] = "true"
    if preflight:
        _permit_preflight(request, response)
    else:
        response.headers["Access-Control-Expose-Headers"] = ", ".join(
            [EXPOSED, *request.services[ExposedHeaders]]
        )
    return response


def _permit_preflight(request: Request, response: Response) -> None:
    response.headers["Access-Control-Allow-Methods"] = METHODS
    response.headers["Access-Control-Max-Age"] = PREFLIGHT_SECONDS
    wanted = request.headers.get("Access-Control-Request-Headers")
    if wanted:
        response.headers["Access-Control-Allow-Headers"] = wanted

"""The tweens of all requests: the access log with the metrics, the headers, and first checks."""

import logging
import re
from random import Random
from time import perf_counter
from typing import Any
from urllib.parse import quote

from prometheus_client import Histogram
from pyramid.request import Request
from pyramid.response import Response

from houston.core import errors
from houston.core.http.exception_views import api_error
from houston.core.http.request import MAX_FIELDS, Handler
from houston.core.services import services_of
from houston.core.settings import Settings

access = logging.getLogger("houston.access")

REQUEST_ID_FORM = re.compile(r"[\w.-]{8,64}\Z", re.ASCII)

# Ids need not be unpredictable; system calls for them would let other threads run.
_random = Random()  # noqa: S311 # nosec B311

METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
DURATION = Histogram(
    "houston_request_duration_seconds",
    "How long requests took, by method, route and status.",
    ("method", "route", "status"),
    buckets=(0.005, 0.025, 0.1, 0.5, 2.5, 10),
)

SECURITY = (
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
)
TRANSPORT_SECURITY = ("Strict-Transport-Security", "max-age=31536000")
EXPOSED = (
    "ETag, Link, Location, Retry-After, X-Request-Id, X-Total-Count, X-Exportable-Count, "
    "WWW-Authenticate, Accept-Patch, Allow"
)
OF_ADDRESSES = "!#$%&'()*+,/:;=?@[]~"
PREFLIGHT_SECONDS = "600"

PROBES = frozenset({"/heartbeat", "/readiness"})
"""Addresses that supervisors call with any host name."""
PLAIN_QUERY = re.compile(r"[\w.~!$&'()*+,;=:@/?\[\]{}|^`<>\" -]*\Z", re.ASCII)


class ExposedHeaders(list[str]):
    """The headers of modules that pages of other origins may read."""


class BodyLimits(dict[str, int]):
    """The largest bodies, in bytes, that any operation accepts, by content type.

    Args:
        default: That of other content types.
    """

    def __init__(self, default: int) -> None:
        super().__init__()
        self._default = default

    def allow(self, content_type: str, size: int) -> None:
        """Accept bodies of a content type and a size."""
        self[content_type] = max(size, self.get(content_type, 0))

    def limit_of(self, content_type: str) -> int:
        """The largest body of the value of a header `Content-Type`."""
        return self.get(content_type.partition(";")[0].strip().lower(), self._default)


class SecretPaths(set[str]):
    """The beginnings of paths that go on with a secret, without the prefix of the API."""

    def pattern(self) -> re.Pattern[str]:
        """The pattern of the part of a path before its secret, whatever the route."""
        forms = ("/+".join(map(re.escape, path.split("/"))) for path in self)
        return re.compile("|".join(forms) or r"(?!)", re.IGNORECASE)


def access_log(handler: Handler, registry: Any) -> Handler:
    """The tween that logs and measures requests, under an id that callers can quote."""
    secret = services_of(registry)[SecretPaths].pattern()
    durations: dict[tuple[str, str, int], Any] = {}

    def log(request: Request) -> Response:
        environ = request.environ
        environ["houston.request_id"] = request_id = _request_id(environ)
        environ["houston.started"] = start = perf_counter()
        response = handler(request)
        duration = perf_counter() - start
        response.headerlist.append(("X-Request-Id", request_id))
        route = request.matched_route
        # Any word can be sent as a method, and each would become a time series of its own.
        method = request.method if request.method in METHODS else "OTHER"
        key = (method, route.pattern if route else "", response.status_int)
        observe = durations.get(key) or durations.setdefault(key, DURATION.labels(*key).observe)
        observe(duration)
        if access.isEnabledFor(logging.INFO):
            _log_line(request, key, duration, secret)
        return response

    return log


def _request_id(environ: dict[str, Any]) -> str:
    given: str = environ.get("HTTP_X_REQUEST_ID", "")
    return given if REQUEST_ID_FORM.match(given) else f"{_random.getrandbits(128):032x}"


def _log_line(
    request: Request, key: tuple[str, str, int], duration: float, secret: re.Pattern[str]
) -> None:
    """Log a request, without its query string and the part of its path that are secret."""
    method, route, status = key
    environ = request.environ
    path: str = environ["PATH_INFO"]
    if found := secret.search(path):
        path = route or f"{path[: found.end()]}…"
    line = {
        "name": access.name,
        "levelno": logging.INFO,
        "levelname": "INFO",
        "msg": f"{method} {path} {status}",
        "request_id": environ["houston.request_id"],
        "route": route,
        "status": status,
        "milliseconds": round(duration * 1000, 2),
        "user": request.actor.guid,
        "address": environ.get("REMOTE_ADDR"),
    }
    # `access.info` would look for the line of code that calls it, which no log shows.
    access.handle(logging.makeLogRecord(line))


def headers(handler: Handler, registry: Any) -> Handler:
    """The tween of the security and CORS headers of every response.

    An address in `Location` is written in ASCII (RFC 9110, section 10.2.2): servers send no other
    letters. Errors have the headers as well; a browser hides an error without CORS headers from
    the page that made the request.
    """
    settings = services_of(registry)[Settings]
    origins = frozenset(settings["houston.cors.origins"])
    always = (*SECURITY, TRANSPORT_SECURITY) if settings["houston.cookies.secure"] else SECURITY

    def add_headers(request: Request) -> Response:
        origin = request.environ.get("HTTP_ORIGIN")
        if origin is None:
            response = handler(request)
        else:
            response = _cross_origin(request, handler, origin, origins)
        present = {name for name, _ in response.headerlist}
        response.headerlist.extend(header for header in always if header[0] not in present)
        if "Location" in present:
            response.headers["Location"] = quote(response.headers["Location"], safe=OF_ADDRESSES)
        return response

    return add_headers


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
    if not preflight:
        exposed = [EXPOSED, *request.services[ExposedHeaders]]
        response.headers["Access-Control-Expose-Headers"] = ", ".join(exposed)
        return response
    response.headers["Access-Control-Allow-Methods"] = ", ".join(METHODS)
    response.headers["Access-Control-Max-Age"] = PREFLIGHT_SECONDS
    if wanted := request.headers.get("Access-Control-Request-Headers"):
        response.headers["Access-Control-Allow-Headers"] = wanted
    return response


def sanity(handler: Handler, registry: Any) -> Handler:
    """The tween that checks host names, sizes of bodies and encodings before routing.

    A body may be as large as any operation accepts of its content type; each operation has its own
    limit, too. The tween removes a trailing slash as well, so that addresses have responses with
    and without it.
    """
    settings = services_of(registry)[Settings]
    limits = services_of(registry)[BodyLimits]
    hosts = frozenset(settings["houston.hosts"])

    def check(request: Request) -> Response:
        environ = request.environ
        path: str = environ["PATH_INFO"]
        try:
            if "*" not in hosts and path not in PROBES:
                _check_host(environ, hosts)
            _check_size(environ, limits)
            _check_text(request)
        except errors.ApiError as error:
            return api_error(error, request)
        if len(path) > 1 and path.endswith("/"):
            environ["PATH_INFO"] = path.rstrip("/") or "/"
        return handler(request)

    return check


def _check_host(environ: dict[str, Any], hosts: frozenset[str]) -> None:
    name = environ.get("HTTP_HOST", environ["SERVER_NAME"]).rsplit(":", 1)[0]
    if name.lower() not in hosts:
        raise errors.BadRequest("This server does not answer for that host name.")


def _check_size(environ: dict[str, Any], limits: BodyLimits) -> None:
    length = environ.get("CONTENT_LENGTH")
    if not length:
        return
    if not length.isdigit():
        raise errors.BadRequest("Content-Length is not a number.")
    largest = limits.limit_of(environ.get("CONTENT_TYPE", ""))
    if int(length) > largest:
        raise errors.ContentTooLarge(f"The body is larger than {largest} bytes.")


def _check_text(request: Request) -> None:
    """The path and the query must be short UTF-8 without NUL (WSGI passes them as latin-1)."""
    path: str = request.environ["PATH_INFO"]
    query: str = request.environ.get("QUERY_STRING", "")
    if query.count("&") >= MAX_FIELDS:
        raise errors.BadRequest(f"The address has more than {MAX_FIELDS} parameters.")
    try:
        if not path.isascii():
            path.encode("latin-1").decode()
        if query and not PLAIN_QUERY.match(query):
            query = "".join(f"{name}{value}" for name, value in request.GET.items())
    except UnicodeError:
        raise errors.BadRequest("The address is not valid UTF-8.") from None
    if "\0" in path or "\0" in query:
        raise errors.BadRequest("The address contains a NUL character.")

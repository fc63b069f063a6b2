"""The access log and the metrics of requests, under an id that callers can quote."""

import logging
import re
from random import Random
from time import perf_counter
from typing import Any

from prometheus_client import Histogram
from pyramid.request import Request
from pyramid.response import Response

from houston.core.http.request import Handler
from houston.core.services import services_of

access = logging.getLogger("houston.access")

REQUEST_ID_FORM = re.compile(r"[\w.-]{8,64}\Z", re.ASCII)

# Ids need not be unpredictable; system calls for them would let other threads run.
_random = Random()  # noqa: S311 # nosec B311

# Any word can be sent as a method, and each would become a time series of its own.
METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PATCH", "PUT", "DELETE"})

DURATION = Histogram(
    "houston_request_duration_seconds",
    "How long requests took, by method, route and status.",
    ("method", "route", "status"),
    buckets=(0.005, 0.025, 0.1, 0.5, 2.5, 10),
)


class SecretPaths(set[str]):
    """The beginnings of paths that go on with a secret, without the prefix of the API."""

    def pattern(self) -> re.Pattern[str]:
        """The pattern of the part of a path before its secret, whatever the route."""
        forms = ("/+".join(map(re.escape, path.split("/"))) for path in self)
        return re.compile("|".join(forms) or r"(?!)", re.IGNORECASE)


def tween_factory(handler: Handler, registry: Any) -> Handler:
    """The outermost tween."""
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
        method = request.method if request.method in METHODS else "OTHER"
        key = (method, route.pattern if route else "", response.status_int)
        observe = durations.get(key) or durations.setdefault(key, DURATION.labels(*key).observe)
        observe(duration)
        if access.isEnabledFor(logging.INFO):
            _log_line(request, key, duration, secret)
        return response

    return log


def _request_id(environ: dict[str, Any]) -> str:
    given: str | None = environ.get("HTTP_X_REQUEST_ID")
    if given is not None and REQUEST_ID_FORM.match(given):
        return given
    return f"{_random.getrandbits(128):032x}"


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

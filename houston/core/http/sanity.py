"""Checks of requests before routing: host names, sizes of bodies, and encodings.

A trailing slash is removed as well, so that addresses have responses with and without it.
"""

import re
from typing import Any

from pyramid.request import Request
from pyramid.response import Response

from houston.core import errors
from houston.core.http.exception_views import error_response
from houston.core.http.request import Handler
from houston.core.services import services_of
from houston.core.settings import Settings

PROBES = frozenset({"/heartbeat", "/readiness"})
"""Addresses that supervisors call with any host name."""

UPLOAD_TYPE = "application/offset+octet-stream"
"""The content type of uploads, which are written to the disk in blocks."""

PLAIN_QUERY = re.compile(r"[\w.~!$&'()*+,;=:@/?\[\]{}|^`<>\" -]*\Z", re.ASCII)


def tween_factory(handler: Handler, registry: Any) -> Handler:
    """The tween with the hosts and the size limits of the settings."""
    settings = services_of(registry)[Settings]
    max_body: int = settings["houston.max_body"]
    max_upload: int = settings["houston.uploads.max_size"]
    hosts = frozenset(settings["houston.hosts"])
    any_host = "*" in hosts

    def sanity(request: Request) -> Response:
        environ = request.environ
        try:
            if not any_host and environ["PATH_INFO"] not in PROBES:
                _check_host(environ, hosts)
            is_upload = environ.get("CONTENT_TYPE") == UPLOAD_TYPE
            _check_size(environ, max_upload if is_upload else max_body)
            _check_text(request)
        except errors.ApiError as error:
            return error_response(request, error)
        path: str = environ["PATH_INFO"]
        if len(path) > 1 and path.endswith("/"):
            environ["PATH_INFO"] = path.rstrip("/") or "/"
        return handler(request)

    return sanity


def _check_host(environ: dict[str, Any], hosts: frozenset[str]) -> None:
    name = environ.get("HTTP_HOST", environ["SERVER_NAME"]).rsplit(":", 1)[0]
    if name.lower() not in hosts:
        raise errors.BadRequest("This server does not answer for that host name.")


def _check_size(environ: dict[str, Any], max_body: int) -> None:
    length = environ.get("CONTENT_LENGTH")
    if not length:
        return
    if not length.isdigit():
        raise errors.BadRequest("Content-Length is not a number.")
    if int(length) > max_body:
        raise errors.ContentTooLarge(f"The body is larger than {max_body} bytes.")


def _check_text(request: Request) -> None:
    """The path and the query must be UTF-8 without NUL (WSGI passes them as latin-1)."""
    path: str = request.environ["PATH_INFO"]
    query: str = request.environ.get("QUERY_STRING", "")
    try:
        if not path.isascii():
            path.encode("latin-1").decode()
        if query and not PLAIN_QUERY.match(query):
            query = "".join(f"{name}{value}" for name, value in request.GET.items())
    except UnicodeError:
        raise errors.BadRequest("The address is not valid UTF-8.") from None
    if "\0" in path or "\0" in query:
        raise errors.BadRequest("The address contains a NUL character.")

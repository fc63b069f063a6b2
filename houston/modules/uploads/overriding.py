"""The method of a request for an upload, which may be in a header (tus 1.0.0)."""

from typing import Any

from pyramid.request import Request
from pyramid.response import Response

from houston.core.api.service import API
from houston.core.http.request import Handler
from houston.modules.uploads.protocol import OVERRIDE, OVERRIDING

HEADER = f"HTTP_{OVERRIDE.upper().replace('-', '_')}"
UPLOADS = f"{API}/tus/"


def tween_factory(handler: Handler, registry: Any) -> Handler:
    """The tween that gives requests for uploads the method of their header."""

    def override(request: Request) -> Response:
        environ = request.environ
        if HEADER in environ and environ["PATH_INFO"].startswith(UPLOADS):
            method = environ[HEADER].upper()
            if environ["REQUEST_METHOD"] == "POST" and method in OVERRIDING:
                environ["REQUEST_METHOD"] = method
        return handler(request)

    return override

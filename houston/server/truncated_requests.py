"""Keeping what has come of an upload when the connection breaks in the midst of it.

waitress reads a request to its end before the application sees it, and drops what it has read when
the end never comes. Clients that send a file whole, in one request, would never get a large one
through a bad connection. So a piece of an upload that was cut off is given to the application as if
it had been announced with the length that has come; nobody hears the answer, but whoever comes back
is told how much is safe.
"""

import logging
from typing import Any

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.task import WSGITask

from houston.core.http.sanity import UPLOAD_TYPE

log = logging.getLogger(__name__)


class Channel(HTTPChannel):
    """A connection that hands on what was cut off."""

    request: HTTPRequestParser | None

    def handle_close(self) -> None:
        """Close, and leave what has come of an upload to a worker thread."""
        request, self.request = self.request, None
        super().handle_close()
        if request is not None and _is_piece_of_upload(request):
            self.server.add_task(CutOff(self, request))


class CutOff:
    """A request whose end will not come: a task of waitress without anybody to answer."""

    def __init__(self, channel: Channel, request: HTTPRequestParser) -> None:
        self._channel, self._request = channel, request

    def service(self) -> None:
        """Let the application have what has come."""
        request = self._request
        request.headers["CONTENT_LENGTH"] = str(request.body_bytes_received)
        environ = WSGITask(self._channel, request).get_environment()
        try:
            for _ in self._channel.server.application(environ, _no_response):
                pass
        except Exception:
            log.exception("what has come of %s is lost", request.path)
        finally:
            request.close()

    def cancel(self) -> None:
        """The server is about to end; there is time for this."""
        self.service()


def _is_piece_of_upload(request: HTTPRequestParser) -> bool:
    # Only after the headers has a request its command.
    return (
        request.body_bytes_received > 0
        and request.command == "PATCH"
        and request.headers.get("CONTENT_TYPE") == UPLOAD_TYPE
        and not (request.completed or request.chunked)
    )


def _no_response(_status: str, _headers: Any, _exc_info: Any = None) -> Any:
    return lambda _data: None

"""A waitress server that stops in order and keeps the received part of truncated uploads.

waitress has no published way to do either, so this file, and no other, uses the insides of its
sockets: the channels of connections, their parsers and tasks, and its copy of asyncore. The unit
test of this file names them and fails when they move (docs/decisions/0015).
"""

import logging
from collections.abc import Iterator
from threading import Event
from time import monotonic
from typing import Any

from waitress.channel import ClientDisconnected, HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import BaseWSGIServer, create_server
from waitress.wasyncore import dispatcher, loop

from houston.modules.uploads.protocol import UPLOAD_TYPE
from houston.server.tasks import Task

log = logging.getLogger(__name__)

GRACE_SECONDS = 20.0
"""The time that requests in progress have when the server stops."""


class Server:
    """A waitress server of a WSGI application, with the options of `waitress.create_server`."""

    def __init__(self, application: Any, **options: Any) -> None:
        self._stopping = Event()
        self._sockets: dict[int, dispatcher] = {}
        self._waitress = create_server(application, map=self._sockets, **options)
        for listener in self._listeners():
            listener.channel_class = Channel

    @property
    def channels(self) -> list["Channel"]:
        """The open connections."""
        return [each for each in list(self._sockets.values()) if isinstance(each, Channel)]

    def run(self) -> None:
        """Serve until `stop` is called, then answer the requests in progress.

        New connections are refused from then on. After `GRACE_SECONDS` the connections that are
        left are closed.
        """
        self._waitress.print_listen("Serving on http://{}:{}")
        try:
            while not self._stopping.is_set():
                self._poll(timeout=1.0)
            self._finish()
        finally:
            self._waitress.task_dispatcher.shutdown()

    def stop(self) -> None:
        """End `run`; for signal handlers and other threads."""
        self._stopping.set()
        for listener in self._listeners():
            listener.pull_trigger()  # It wakes `run` from its wait for a socket.

    def _finish(self) -> None:
        for listener in self._listeners():
            # Its own `close` also closes the pipe by which worker threads wake this one.
            dispatcher.close(listener)
        deadline = monotonic() + GRACE_SECONDS
        while any(channel.is_busy for channel in self.channels) and monotonic() < deadline:
            self._poll(timeout=0.05)
        for channel in self.channels:
            if not channel.requests:
                channel.handle_close()

    def _poll(self, timeout: float) -> None:
        use_poll = self._waitress.adj.asyncore_use_poll
        loop(timeout=timeout, map=self._sockets, use_poll=use_poll, count=1)

    def _listeners(self) -> Iterator[BaseWSGIServer]:
        return (each for each in list(self._sockets.values()) if isinstance(each, BaseWSGIServer))


class Channel(HTTPChannel):
    """A connection whose truncated uploads reach the application.

    waitress reads a request to its end before the application sees it, and drops what it has read
    when the end never comes. A client that sends a large file in one request would never get it
    through an unreliable network. So the application is given the received part as a request of
    that length; the answer cannot be sent, but a client that resumes is told the new offset.
    """

    task_class = Task
    request: HTTPRequestParser | None

    @property
    def is_busy(self) -> bool:
        """Return whether a request is being received or answered."""
        return bool(self.requests or self.request or self.total_outbufs_len)

    def handle_close(self) -> None:
        """Close the connection and queue what it has received of an upload."""
        request, self.request = self.request, None
        super().handle_close()
        if request is not None and _is_part_of_upload(request):
            self.server.add_task(TruncatedUpload(self, request))


class TruncatedUpload:
    """A task of waitress for a request whose connection has broken."""

    def __init__(self, channel: Channel, request: HTTPRequestParser) -> None:
        self._channel, self._request = channel, request

    def service(self) -> None:
        """Give the application the received part."""
        request = self._request
        request.headers["CONTENT_LENGTH"] = str(request.body_bytes_received)
        try:
            self._channel.task_class(self._channel, request).service()
        except ClientDisconnected:
            pass  # The application has answered; only the answer cannot be sent.
        except Exception:
            log.exception("The received part of %s is lost", request.path)
        finally:
            request.close()

    def cancel(self) -> None:
        """Give it the part all the same; waitress cancels queued tasks when it stops."""
        self.service()


def _is_part_of_upload(request: HTTPRequestParser) -> bool:
    # The parser knows the command only once it has read the headers.
    return (
        request.body_bytes_received > 0
        and request.command == "PATCH"
        and request.headers.get("CONTENT_TYPE") == UPLOAD_TYPE
        and not (request.completed or request.chunked)
    )

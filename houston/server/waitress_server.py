"""A waitress server that stops in order, keeps truncated uploads, and waits for no client for long.

waitress has no published way to do these, so this file, and no other, uses the insides of its
sockets: the channels of connections, their parsers and tasks, and its copy of asyncore. The unit
test of this file names them and fails when they move (docs/decisions/0015).
"""

import json
import logging
import socket
import sys
from collections.abc import Callable, Iterator
from functools import partial
from threading import Event
from time import monotonic
from typing import Any, NamedTuple

from waitress.channel import ClientDisconnected, HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import BaseWSGIServer, create_server
from waitress.task import ErrorTask
from waitress.utilities import Error
from waitress.wasyncore import dispatcher, loop

from houston.modules.uploads.protocol import UPLOAD_TYPE
from houston.server.tasks import Task

log = logging.getLogger(__name__)

GRACE_SECONDS = 20.0
"""The time that requests in progress have when the server stops."""
BYTES_PER_SECOND = 1024
"""The pace that an upload, and the receiver of an answer, must keep after their first time."""
LINGER_SECONDS = 5.0
"""The time that the client of a refused request has to read the answer."""
WATCH_SECONDS = 0.5
SPARE_CONNECTIONS = 16
"""Sockets beyond the limit: those that listen, and clients that come while all are served."""
OPTIONS: dict[str, Any] = {
    # `select` knows no socket above 1023.
    "asyncore_use_poll": True,
    "max_request_header_size": 65536,
    # Sizes are checked by content type.
    "max_request_body_size": sys.maxsize,
}


class Limits(NamedTuple):
    """The limits of what clients take of a process.

    Attributes:
        body: The function that returns the size of the largest body, in bytes, of a request with
            these headers.
        seconds: The time in which a request arrives; an upload has more, by the pace it keeps.
        connections: The number of connections; the one that waits longest makes room for others.
    """

    body: Callable[[HTTPRequestParser], int] = lambda _request: sys.maxsize
    seconds: float = 60
    connections: int = 500


DEFAULTS = Limits()


class Server:
    """A waitress server of a WSGI application, with the options of `waitress.create_server`."""

    def __init__(self, application: Any, limits: Limits = DEFAULTS, **options: Any) -> None:
        self._limits = limits
        self._stopping = Event()
        self._sockets: dict[int, dispatcher] = {}
        self._next_watch = 0.0
        most = limits.connections + SPARE_CONNECTIONS
        options = {**OPTIONS, "connection_limit": most, **options}
        self._waitress = create_server(application, map=self._sockets, **options)
        for listener in self._listeners():
            listener.channel_class = partial(Channel, limits)

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
        if len(self._sockets) > self._limits.connections:
            self._make_room()
        if monotonic() >= self._next_watch:
            self._next_watch = monotonic() + WATCH_SECONDS
            for channel in self.channels:
                channel.watch()

    def _make_room(self) -> None:
        """Close the connection that has waited longest for its client, an upload last."""
        waiting = [channel for channel in self.channels if not channel.requests]
        if waiting:
            min(waiting, key=lambda each: (each.is_uploading, each.waiting_since)).handle_close()

    def _listeners(self) -> Iterator[BaseWSGIServer]:
        return (each for each in list(self._sockets.values()) if isinstance(each, BaseWSGIServer))


class Channel(HTTPChannel):
    """A connection whose truncated uploads reach the application, and whose client has a deadline.

    waitress reads a request to its end before the application sees it, and drops what it has read
    when the end never comes. A client that sends a large file in one request would never get it
    through an unreliable network. So the application is given the received part as a request of
    that length; the answer cannot be sent, but a client that resumes is told the new offset.
    """

    task_class = Task
    request: "Parser | None"

    def __init__(self, limits: Limits, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.parser_class = partial(Parser, limits)
        self.error_task_class = JsonErrorTask
        self._seconds = limits.seconds
        self._idle_since = self._sending_since = monotonic()
        self._sent = 0
        self._is_unread = False
        self._lingering_until: float | None = None

    @property
    def is_busy(self) -> bool:
        """Return whether a request is being received or answered."""
        return bool(self.requests or self.request or self.total_outbufs_len)

    @property
    def is_uploading(self) -> bool:
        """Return whether a part of an upload has been received."""
        return self.request is not None and _is_part_of_upload(self.request)

    @property
    def waiting_since(self) -> float:
        """The time since which the client has not completed a request."""
        return self.request.started if self.request else self._idle_since

    def watch(self) -> None:
        """End what the client has not completed in its time."""
        now = monotonic()
        if not self.total_outbufs_len:
            self._sending_since, self._sent = now, 0
        elif now > self._sending_since + self._seconds + self._sent / BYTES_PER_SECOND:
            self.handle_close()
        if self._lingering_until is not None and now > self._lingering_until:
            self.handle_close()
        elif self.request is not None and not self.requests and now > self._deadline(self.request):
            self._end_receiving(self.request)

    def _deadline(self, request: "Parser") -> float:
        kept = request.body_bytes_received / BYTES_PER_SECOND if self.is_uploading else 0
        return request.started + self._seconds + kept

    def _end_receiving(self, request: "Parser") -> None:
        """Keep the received part of an upload; refuse any other request."""
        if self.is_uploading:
            self.handle_close()
            return
        with self.requests_lock:
            request.error = RequestTimeout(f"It did not arrive within {self._seconds:g} seconds")
            self.requests.append(request)
            self.request = None
        self.server.add_task(self)

    def send(self, data: bytes, do_close: bool = True) -> int:
        """Send some bytes of the answer, and count them."""
        sent: int = super().send(data, do_close)
        self._sent += sent
        return sent

    def service(self) -> None:
        """Answer a request; the rest of one that is refused is not read."""
        self._is_unread = self.requests[0].is_refused
        super().service()
        self._idle_since = monotonic()

    def readable(self) -> bool:
        """Return whether bytes are expected, which are dropped after a refusal."""
        return self._lingering_until is not None or super().readable()

    def handle_read(self) -> None:
        """Read a part of a request, or drop what follows a refused one."""
        if self._lingering_until is None:
            super().handle_read()
        else:
            self.recv(self.adj.inbuf_overflow)

    def handle_close(self) -> None:
        """Close the connection and queue what it has received of an upload."""
        if self._is_unread and self._linger():
            return
        request, self.request = self.request, None
        super().handle_close()
        if request is not None and _is_part_of_upload(request):
            self.server.add_task(TruncatedUpload(self, request))

    def _linger(self) -> bool:
        """Let the client read the answer first: a close with unread bytes would take it away."""
        self._is_unread = False
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            return False
        self.will_close = False
        self._lingering_until = monotonic() + LINGER_SECONDS
        return True


class Parser(HTTPRequestParser):
    """A request whose body is not read on once it is larger than it may be.

    The application refuses it, by the length that it declares or has reached.
    """

    def __init__(self, limits: Limits, adj: Any) -> None:
        super().__init__(adj)
        self._limit_of = limits.body
        self.started = monotonic()
        self.is_too_large = False

    @property
    def is_refused(self) -> bool:
        """Return whether the rest of the request is not read."""
        return self.is_too_large or bool(self.error)

    def received(self, data: bytes) -> int:
        """Take the next bytes; return how many of them belong to this request."""
        consumed: int = super().received(data)
        if self.headers_finished and not (self.empty or self.error):
            size = max(self.content_length, self.body_bytes_received)
            if size > self._limit_of(self):
                self._refuse(size)
        if self.is_refused:
            # waitress would ask for the body, and read what follows as the next request.
            self.expect_continue = False
            return len(data)
        return consumed

    def _refuse(self, size: int) -> None:
        self.is_too_large = self.completed = True
        self.headers["CONTENT_LENGTH"] = str(size)
        self.headers["CONNECTION"] = "close"


class RequestTimeout(Error):
    """The request did not arrive in time (RFC 9110, section 15.5.9)."""

    code = 408
    reason = "Request Timeout"


class JsonErrorTask(ErrorTask):
    """An error that the server finds before it asks the application, in the envelope of errors."""

    def execute(self) -> None:
        """Write the response, after which the connection is closed."""
        error = self.request.error
        message = f"{error.reason}: {error.body}."
        body = json.dumps({"status": error.code, "message": message}).encode()
        self.status = f"{error.code} {error.reason}"
        self.response_headers += [
            ("Content-Type", "application/json"),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
            ("Connection", "close"),
        ]
        self.close_on_finish = True
        self.content_length = len(body)
        self.write(body)


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
        and "PATCH" in (request.command, request.headers.get("X_HTTP_METHOD_OVERRIDE"))
        and request.headers.get("CONTENT_TYPE") == UPLOAD_TYPE
        and not (request.completed or request.chunked)
    )

"""The server stops gracefully and stores the received part of an upload, over real sockets."""

import logging
import socket
from collections.abc import Iterator
from inspect import signature
from threading import Event, Thread
from typing import Any

import pytest
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer, create_server
from waitress.task import ErrorTask
from waitress.wasyncore import close_all, dispatcher, loop

from houston.server import waitress_server
from tests.waiting import wait_until

UPLOAD = "PATCH /api/v1/tus/1 HTTP/1.1\r\nContent-Type: application/offset+octet-stream\r\n"
REPORT = "POST /api/v1/asset_groups HTTP/1.1\r\nContent-Type: application/json\r\n"
LENGTH = "Content-Length: 1000\r\n\r\n"
HELD = "GET /held HTTP/1.1\r\n\r\n"


class Serving:
    """A server in a thread, whose application records the bodies of requests."""

    def __init__(self, listening: int = 1) -> None:
        self.bodies: list[bytes] = []
        self.release = Event()
        sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(listening)]
        self._addresses = [each.getsockname() for each in sockets]
        self.server = waitress_server.Server(self._answer, sockets=sockets, threads=1)
        self._thread = Thread(target=self.server.run)
        self._thread.start()

    def close(self) -> None:
        self.release.set()
        self.server.stop()
        self._thread.join(10)
        close_all(self.server._sockets)

    def connect(self, number: int = 0) -> socket.socket:
        return socket.create_connection(self._addresses[number])

    def send(self, text: str) -> socket.socket:
        """Return a connection on which these bytes have arrived."""
        before = self.received()
        connection = self.connect()
        connection.sendall(text.encode())
        wait_until(lambda: self.received() > before)
        return connection

    def received(self) -> int:
        """Return the received bytes of incomplete requests."""
        requests = [channel.request for channel in self.server.channels]
        return sum(
            each.header_bytes_received + each.body_bytes_received for each in requests if each
        )

    def _answer(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        if environ["PATH_INFO"] == "/held":
            self.release.wait(10)
        body = environ["wsgi.input"].read()
        assert environ.get("CONTENT_LENGTH", "0") == str(len(body))
        self.bodies.append(body)
        start_response("200 OK", [("Content-Length", "8")])
        return [b"answered"]


@pytest.fixture(autouse=True)
def _brief_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waitress_server, "GRACE_SECONDS", 0.2)


@pytest.fixture
def serving() -> Iterator[Serving]:
    serving = Serving()
    yield serving
    serving.close()


class TestTruncatedUploads:
    def test_application_receives_the_truncated_body(self, serving: Serving) -> None:
        serving.send(f"{UPLOAD}{LENGTH}half of it").close()
        wait_until(lambda: serving.bodies == [b"half of it"])

    @pytest.mark.parametrize("text", [f"{REPORT}{LENGTH}half of it", UPLOAD, f"{UPLOAD}{LENGTH}"])
    def test_truncated_bodies_of_other_requests_are_dropped(
        self, serving: Serving, text: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.WARNING):
            serving.send(text).close()
            wait_until(lambda: serving.received() == 0)
        assert serving.bodies == []
        assert caplog.messages == []

    def test_application_errors_are_logged(
        self, serving: Serving, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setattr(serving, "bodies", None)
        serving.send(f"{UPLOAD}{LENGTH}half of it").close()
        wait_until(lambda: "The received part of /api/v1/tus/1 is lost" in caplog.messages)

    def test_truncated_body_is_stored_while_stopping(self, serving: Serving) -> None:
        with serving.send(f"{UPLOAD}{LENGTH}half of it"):
            serving.server.stop()
            wait_until(lambda: serving.bodies == [b"half of it"])


class TestStopping:
    def test_request_in_progress_is_completed(
        self, serving: Serving, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(waitress_server, "GRACE_SECONDS", 10)
        with serving.connect() as connection:
            connection.sendall(HELD.encode())
            wait_until(lambda: any(channel.requests for channel in serving.server.channels))
            serving.server.stop()
            wait_until(lambda: refuses(serving))
            serving.release.set()
            assert connection.makefile("rb").read().endswith(b"answered")

    def test_idle_connections_are_closed(self, serving: Serving) -> None:
        with serving.connect() as connection:
            wait_until(lambda: len(serving.server.channels) == 1)
            serving.server.stop()
            assert connection.recv(1) == b""


def test_all_listening_sockets_are_served() -> None:
    serving = Serving(listening=2)
    try:
        serving.release.set()
        for number in range(2):
            with serving.connect(number) as connection:
                connection.sendall(HELD.encode())
                assert connection.recv(100).startswith(b"HTTP/1.1 200 OK")
    finally:
        serving.close()


def test_waitress_has_the_private_interfaces_of_the_server(serving: Serving) -> None:
    with serving.send(f"{UPLOAD}{LENGTH}half of it"):
        (channel,) = serving.server.channels
        assert channel.requests == []
        assert channel.total_outbufs_len == 0
        request = channel.request
        assert request is not None
        assert request.command == "PATCH"
        assert request.headers["CONTENT_LENGTH"] == "1000"
        assert request.body_bytes_received == len(b"half of it")
        assert not request.completed
        assert not request.chunked
        assert request.headers_finished
        assert (request.empty, request.error, request.expect_continue) == (False, None, False)
        assert channel.parser_class(channel.adj).adj is channel.adj
        assert issubclass(channel.error_task_class, ErrorTask)
        task = channel.task_class(channel, request)
        assert task.get_environment()["PATH_INFO"] == "/api/v1/tus/1"
    assert "map" in signature(create_server).parameters
    assert list(signature(loop).parameters) == ["timeout", "use_poll", "map", "count"]
    assert issubclass(BaseWSGIServer, dispatcher)
    assert BaseWSGIServer.channel_class is HTTPChannel
    inherited = {"handle_close", "handle_read", "readable", "recv", "send", "service", "cancel"}
    assert inherited <= set(dir(HTTPChannel))
    assert {"requests_lock", "will_close", "server"} <= set(dir(channel))
    assert "pull_trigger" in dir(BaseWSGIServer)
    assert {"add_task", "shutdown"} <= set(dir(serving.server._waitress.task_dispatcher))


def refuses(serving: Serving) -> bool:
    try:
        serving.connect().close()
    except ConnectionRefusedError:
        return True
    return False

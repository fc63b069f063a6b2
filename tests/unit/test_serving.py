"""Connections that end before what they send does, over real sockets."""

import logging
import socket
from collections.abc import Callable, Iterator
from threading import Thread
from typing import Any

import pytest
from waitress.server import create_server
from waitress.wasyncore import close_all

from houston import server as serving
from houston.server.truncated_requests import Channel
from tests.waiting import wait_until

UPLOAD = "PATCH /api/v1/tus/1 HTTP/1.1\r\nContent-Type: application/offset+octet-stream\r\n"
REPORT = "POST /api/v1/asset_groups HTTP/1.1\r\nContent-Type: application/json\r\n"
LENGTH = "Content-Length: 1000\r\n\r\n"


class Server:
    """Remembers the bodies that it was given, until it is told to end."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self._waitress = create_server(self._remember, host="127.0.0.1", port=0, threads=1)
        self._waitress.channel_class = Channel

    def run(self) -> None:
        serving._run(self._waitress)
        self._waitress.task_dispatcher.shutdown()
        close_all(self._waitress._map)

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self._waitress.effective_port))

    def received(self) -> int:
        """The bytes of requests that have not ended."""
        requests = [each.request for each in self._waitress.active_channels.values()]
        return sum(
            each.header_bytes_received + each.body_bytes_received for each in requests if each
        )

    def _remember(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        body = environ["wsgi.input"].read()
        assert environ["CONTENT_LENGTH"] == str(len(body))
        self.bodies.append(body)
        start_response("204 No Content", [])
        return []


@pytest.fixture
def end(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """What SIGTERM does."""
    handlers: list[Callable[[], None]] = []
    monkeypatch.setattr(
        "houston.server.signal.signal", lambda _number, handler: handlers.append(handler)
    )
    monkeypatch.setattr(serving, "GRACE_SECONDS", 0.2)
    return lambda: handlers[0]()


@pytest.fixture
def server(end: Callable[[], None]) -> Iterator[Server]:
    server = Server()
    thread = Thread(target=server.run)
    thread.start()
    yield server
    end()
    thread.join(10)


def send(server: Server, text: str) -> socket.socket:
    """A connection on which this much has arrived."""
    before = server.received()
    connection = server.connect()
    connection.sendall(text.encode())
    wait_until(lambda: server.received() > before)
    return connection


def test_what_has_come_of_an_upload_is_handed_on(server: Server) -> None:
    send(server, f"{UPLOAD}{LENGTH}half of it").close()
    wait_until(lambda: server.bodies == [b"half of it"])


@pytest.mark.parametrize("text", [f"{REPORT}{LENGTH}half of it", UPLOAD, f"{UPLOAD}{LENGTH}"])
def test_half_of_anything_else_is_nothing(
    server: Server, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        send(server, text).close()
        wait_until(lambda: server.received() == 0)
    assert server.bodies == []
    assert caplog.messages == []


def test_server_that_ends_hands_on_what_has_come(server: Server, end: Callable[[], None]) -> None:
    with send(server, f"{UPLOAD}{LENGTH}half of it"):
        end()
        wait_until(lambda: server.bodies == [b"half of it"])

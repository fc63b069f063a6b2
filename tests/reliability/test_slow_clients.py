"""Clients that send too slowly, too much or nothing do not stop the server; over real sockets."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest

from tests.live import LiveServer, live_server

CONNECTIONS = 105
REQUEST_SECONDS = 2
START = "POST /api/v1/users HTTP/1.1\r\nHost: 127.0.0.1\r\n"
JSON = "Content-Type: application/json\r\n"
UPLOAD = "Content-Type: application/offset+octet-stream\r\nTus-Resumable: 1.0.0\r\n"
GIBIBYTE = 2**30


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    limits = {
        "HOUSTON_SERVER_REQUEST_SECONDS": str(REQUEST_SECONDS),
        "HOUSTON_SERVER_CONNECTIONS": "50",
    }
    with live_server(tmp_path_factory.mktemp("server"), **limits) as server:
        yield server


def connect(server: LiveServer) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=20)


def response_to(connection: socket.socket) -> tuple[int, dict[str, str]]:
    """Return the status and the JSON of a response, after which the server must close."""
    head, _, body = connection.makefile("rb").read().partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)


@pytest.mark.parametrize(
    "begun",
    ["", "PO", START, f"{START}{JSON}Content-Length: 100\r\n\r\n", f"{START}{UPLOAD}"],
    ids=["nothing", "a word", "headers", "a body", "an upload"],
)
def test_many_slow_connections_keep_nobody_out(server: LiveServer, begun: str) -> None:
    with ExitStack() as held:
        for _ in range(CONNECTIONS):
            held.enter_context(connect(server)).sendall(begun.encode())
        for _ in range(5):
            assert httpx.get(f"{server.url}/heartbeat", timeout=5).status_code == 200


@pytest.mark.parametrize("begun", [START, f"{START}{JSON}Content-Length: 100\r\n\r\n"])
def test_request_that_drips_is_refused_in_time(server: LiveServer, begun: str) -> None:
    started = time.monotonic()
    with connect(server) as connection:
        connection.sendall(begun.encode())
        connection.settimeout(0.2)
        while time.monotonic() < started + 4 * REQUEST_SECONDS:
            try:
                if connection.recv(1, socket.MSG_PEEK):
                    break
            except TimeoutError:
                connection.sendall(b"x")
        connection.settimeout(20)
        status, error = response_to(connection)
    assert (status, error["status"]) == (408, 408)
    assert "did not arrive within 2 seconds" in error["message"]
    assert time.monotonic() - started < 3 * REQUEST_SECONDS


def test_upload_that_keeps_its_pace_has_more_time(server: LiveServer) -> None:
    size = 8 * 1024
    created = httpx.post(
        f"{server.url}/api/v1/tus",
        headers={
            "Tus-Resumable": "1.0.0",
            "Upload-Length": str(size),
            "Upload-Metadata": "filename YS50eHQ=",
        },
    )
    path = created.headers["Location"]
    head = f"PATCH {path} HTTP/1.1\r\nHost: x\r\n{UPLOAD}Upload-Offset: 0\r\nContent-Length: {size}"
    with connect(server) as connection:
        connection.sendall(f"{head}\r\n\r\n".encode())
        for _ in range(8):
            connection.sendall(b"x" * 1024)
            time.sleep(REQUEST_SECONDS / 4)
        assert connection.recv(100).startswith(b"HTTP/1.1 204")


@pytest.mark.parametrize("expecting", ["", "Expect: 100-continue\r\n"])
@pytest.mark.parametrize("kind", [JSON, UPLOAD])
def test_body_that_is_too_large_is_not_read(server: LiveServer, kind: str, expecting: str) -> None:
    with connect(server) as connection:
        head = f"{START}{kind}{expecting}Content-Length: {GIBIBYTE}\r\n\r\n"
        connection.sendall(head.encode())
        status, error = response_to(connection)
    assert (status, error["status"]) == (413, 413)
    assert "larger than" in error["message"]


def test_chunked_body_is_read_to_the_limit_only(server: LiveServer) -> None:
    block = b"100000\r\n" + b" " * 2**20 + b"\r\n"
    with connect(server) as connection:
        connection.sendall(f"{START}{JSON}Transfer-Encoding: chunked\r\n\r\n".encode())
        for _ in range(60):  # More than the limit, which the client reads about afterwards.
            connection.sendall(block)
        status, error = response_to(connection)
    assert (status, error["status"]) == (413, 413)


def test_rest_of_a_refused_body_is_no_request(server: LiveServer) -> None:
    smuggled = "GET /heartbeat HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    with connect(server) as connection:
        head = f"{START}{JSON}Content-Length: {GIBIBYTE}\r\n\r\n"
        connection.sendall(f"{head}{smuggled}".encode())
        answered = connection.makefile("rb").read()
    assert answered.count(b"HTTP/1.1 ") == 1


def test_answer_that_is_not_taken_ends(server: LiveServer) -> None:
    """Threads that wait for receivers of long answers are free again."""
    document = "GET /api/v1/openapi.json HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    with ExitStack() as held:
        for _ in range(20):
            connection = held.enter_context(connect(server))
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
            connection.sendall(document.encode() * 20)
        assert httpx.get(f"{server.url}/heartbeat", timeout=5).status_code == 200
        time.sleep(2 * REQUEST_SECONDS)
        assert httpx.get(f"{server.url}/heartbeat", timeout=5).status_code == 200


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        ("nonsense", 400),
        (f"GET / HTTP/1.1\r\nX: {'x' * 70_000}", 431),
        ("POST / HTTP/1.1\r\nTransfer-Encoding: gzip", 501),
    ],
)
def test_malformed_request_has_the_envelope(
    server: LiveServer, request_line: str, status: int
) -> None:
    with connect(server) as connection:
        connection.sendall(f"{request_line}\r\n\r\n".encode())
        answered, error = response_to(connection)
    assert (answered, error["status"]) == (status, status)

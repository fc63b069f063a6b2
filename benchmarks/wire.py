"""HTTP/1.1 as bytes: encoded requests, and the length of a response."""

import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

HOST = "127.0.0.1"

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass(frozen=True)
class Request:
    """A request, independent of the server."""

    path: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""

    def with_token(self, token: str) -> "Request":
        """Return the request with a bearer token (RFC 6750, section 2.1)."""
        return replace(self, headers={**self.headers, "Authorization": f"Bearer {token}"})

    def encode(self) -> bytes:
        """Return the bytes to send over a persistent connection."""
        body = self.body.encode()
        lines = [f"{self.method} {self.path} HTTP/1.1", f"Host: {HOST}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        if body:
            lines.append(f"Content-Length: {len(body)}")
        return "\r\n".join([*lines, "", ""]).encode() + body


def form(path: str, encoded: str) -> Request:
    """Return a POST of a form that is already URL-encoded."""
    return Request(path, "POST", {"Content-Type": "application/x-www-form-urlencoded"}, encoded)


def complete_length(received: bytes) -> int | None:
    """Return the length in bytes of a response, or None while its head is incomplete.

    Raises:
        ValueError: The head has no ``Content-Length``; no server here sends chunks.
    """
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return None
    match = _LENGTH.search(received, 0, end)
    if match is None:
        raise ValueError(f"a response without Content-Length: {received[:end]!r}")
    return end + 4 + int(match[1])


def exchange(connection: socket.socket, wire: bytes) -> bytes:
    """Send an encoded request; return the response, head and body.

    Raises:
        ConnectionError: The server closed the connection before the end of the response.
    """
    connection.sendall(wire)
    received, length = b"", None
    while length is None or len(received) < length:
        part = connection.recv(1 << 18)
        if not part:
            raise ConnectionError("the server closed the connection")
        received += part
        length = length or complete_length(received)
    return received


def ask(port: int, request: Request, timeout: float = 30) -> tuple[int, bytes]:
    """Send a request over a new connection; return the status and the body.

    Raises:
        OSError: The server does not listen, or closed the connection.
    """
    with socket.create_connection((HOST, port), timeout) as connection:
        head, _, body = exchange(connection, request.encode()).partition(b"\r\n\r\n")
    return int(head[9:12]), body

"""HTTP/1.1 as bytes: what the load generator sends and how it knows an answer is complete."""

import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

HOST = "127.0.0.1"

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass(frozen=True)
class Request:
    """One request, independent of the server it goes to."""

    path: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""

    def bearing(self, token: str) -> "Request":
        """The same request with a bearer token, RFC 6750 section 2.1."""
        return replace(self, headers={**self.headers, "Authorization": f"Bearer {token}"})

    def encode(self) -> bytes:
        """The bytes to send over a connection that stays open."""
        body = self.body.encode()
        lines = [f"{self.method} {self.path} HTTP/1.1", f"Host: {HOST}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        if body:
            lines.append(f"Content-Length: {len(body)}")
        return "\r\n".join([*lines, "", ""]).encode() + body


def form(path: str, encoded: str) -> Request:
    """A form, url-encoded already, is posted."""
    return Request(path, "POST", {"Content-Type": "application/x-www-form-urlencoded"}, encoded)


def complete_length(received: bytes) -> int | None:
    """The length in bytes of the answer that begins here, once its head is complete.

    :raises ValueError: the head gives no ``Content-Length``; no server here sends chunks
    """
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return None
    match = _LENGTH.search(received, 0, end)
    if match is None:
        raise ValueError(f"an answer without a length: {received[:end]!r}")
    return end + 4 + int(match[1])


def exchange(connection: socket.socket, wire: bytes) -> bytes:
    """One answer, head and body, for one request.

    :raises ConnectionError: the server hung up before the end of its answer
    """
    connection.sendall(wire)
    received, length = b"", None
    while length is None or len(received) < length:
        part = connection.recv(1 << 18)
        if not part:
            raise ConnectionError("the server hung up")
        received += part
        length = length or complete_length(received)
    return received


def ask(port: int, request: Request) -> tuple[int, bytes]:
    """Status and body of one request on a connection of its own.

    :raises OSError: nobody listens, or the server hung up
    """
    with socket.create_connection((HOST, port), timeout=30) as connection:
        head, _, body = exchange(connection, request.encode()).partition(b"\r\n\r\n")
    return int(head[9:12]), body

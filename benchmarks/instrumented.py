"""The worker of :mod:`benchmarks.instructions`: performs requests as it is told on its input.

    python -m benchmarks.instrumented TARGET wsgi|waitress

An order is a line of JSON: ``method``, ``path``, ``headers``, ``body`` and ``repeat``. Its answer
is the status and the JSON of the last response. Only success is counted, so a failure ends it.
"""

import importlib
import json
import socket
import sys
import threading
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any
from wsgiref.types import WSGIApplication

Perform = Callable[[dict[str, Any]], dict[str, Any]]


def load(target: str) -> WSGIApplication:
    """A target is ``package.module:factory`` or the path of a paste-deploy file."""
    if target.endswith(".ini"):
        from pyramid.paster import get_app, setup_logging

        setup_logging(target)
        return get_app(target)
    module, _, factory = target.partition(":")
    return getattr(importlib.import_module(module), factory)()


def perform_directly(app: WSGIApplication) -> Perform:
    """The application is called as a server would, and its whole body is read."""

    def perform(order: dict[str, Any]) -> dict[str, Any]:
        template, body = _environ(order), order.get("body", "").encode()
        status, content = "", b""

        def start_response(line: str, _headers: Any, _error: Any = None) -> Any:
            nonlocal status
            status = line

        for _ in range(order["repeat"]):
            parts = app({**template, "wsgi.input": BytesIO(body)}, start_response)
            content = b"".join(parts)
            _close(parts)
        return _answer(status, content)

    return perform


def perform_through_waitress(app: WSGIApplication) -> Perform:
    """The application is served by waitress and asked over one kept-alive connection."""
    from waitress.server import create_server

    server = create_server(app, host="127.0.0.1", port=0)
    threading.Thread(target=server.run, daemon=True).start()
    connection = socket.create_connection(("127.0.0.1", server.effective_port))

    def perform(order: dict[str, Any]) -> dict[str, Any]:
        wire = _wire(order)
        status, content = "", b""
        for _ in range(order["repeat"]):
            connection.sendall(wire)
            status, content = _receive(connection)
        return _answer(status, content)

    return perform


def _environ(order: dict[str, Any]) -> dict[str, Any]:
    path, _, query = order["path"].partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": order.get("method", "GET"),
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "5000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_SOFTWARE": "waitress",
        "REMOTE_ADDR": "127.0.0.1",
        "REMOTE_HOST": "127.0.0.1",
        "REMOTE_PORT": "50000",
        "HTTP_HOST": "127.0.0.1:5000",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    if order.get("body"):
        environ["CONTENT_LENGTH"] = str(len(order["body"].encode()))
    for name, value in order.get("headers", {}).items():
        key = name.upper().replace("-", "_")
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    return environ


def _wire(order: dict[str, Any]) -> bytes:
    body = order.get("body", "").encode()
    lines = [f"{order.get('method', 'GET')} {order['path']} HTTP/1.1", "Host: 127.0.0.1:5000"]
    lines += [f"{name}: {value}" for name, value in order.get("headers", {}).items()]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def _receive(connection: socket.socket) -> tuple[str, bytes]:
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(1 << 20)
    head, _, content = received.partition(b"\r\n\r\n")
    status, *headers = head.decode("latin-1").split("\r\n")
    length = next(
        int(line.split(":")[1]) for line in headers if line.lower().startswith("content-length:")
    )
    while len(content) < length:
        content += connection.recv(1 << 20)
    return status.partition(" ")[2], content


def _answer(status: str, content: bytes) -> dict[str, Any]:
    if status and not status.startswith("2"):
        raise SystemExit(f"{status}: {content[:500].decode(errors='replace')}")
    return {"status": status, "json": json.loads(content) if content.startswith(b"{") else None}


def _close(parts: Iterable[bytes]) -> None:
    if hasattr(parts, "close"):
        parts.close()


def main() -> None:
    """Perform orders until the input ends."""
    target, through = sys.argv[1:]
    performers = {"wsgi": perform_directly, "waitress": perform_through_waitress}
    perform = performers[through](load(target))
    for line in sys.stdin:
        print(json.dumps(perform(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()

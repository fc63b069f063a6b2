"""The worker of :mod:`benchmarks.instructions`, which reads its commands from standard input.

    python -m benchmarks.instrumented TARGET wsgi|waitress

A command is a line of JSON: a request and the number of repetitions. Its result is a line too: the
JSON of a single response, or null for several. A failed request ends the worker.
"""

import importlib
import json
import socket
import sys
import threading
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

from benchmarks.wire import HOST, Request, exchange
from houston.core.services import services_of
from houston.core.settings import Settings

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Send = Callable[[Request, int], bytes]


def load(target: str) -> Application:
    """Load ``package.module:factory``, or the application of a paste-deploy file."""
    if target.endswith(".ini"):
        return _load_ini(target)
    module, _, factory = target.partition(":")
    return getattr(importlib.import_module(module), factory)()


def _load_ini(path: str) -> Application:
    """Load an ini file; Houston logs every request here as it does in its own server."""
    from pyramid.paster import get_app, setup_logging

    from houston.core.logs import configure_logging

    setup_logging(path)
    app = get_app(path)
    if Settings in services_of(app):
        configure_logging(services_of(app)[Settings])
    return app


def call_directly(app: Application) -> Send:
    """Return a function that calls the application as a server does, and reads the body."""

    def send(request: Request, repeat: int) -> bytes:
        template, body = _environ(request), request.body.encode()
        status, content = "", b""

        def start_response(line: str, _headers: Any, _error: Any = None) -> None:
            nonlocal status
            status = line

        for _ in range(repeat):
            parts = app({**template, "wsgi.input": BytesIO(body)}, start_response)
            content = b"".join(parts)
            if hasattr(parts, "close"):
                parts.close()
            _require_success(status, content)
        return content

    return send


def call_through_waitress(app: Application) -> Send:
    """Return a function that sends requests to waitress over one persistent connection."""
    from waitress.server import create_server

    server = create_server(app, host=HOST, port=0)
    threading.Thread(target=server.run, daemon=True).start()
    connection = socket.create_connection((HOST, server.effective_port))

    def send(request: Request, repeat: int) -> bytes:
        wire, content = request.encode(), b""
        for _ in range(repeat):
            head, _, content = exchange(connection, wire).partition(b"\r\n\r\n")
            _require_success(head[9:12].decode(), content)
        return content

    return send


def _environ(request: Request) -> dict[str, Any]:
    path, _, query = request.path.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": HOST,
        "SERVER_PORT": "5000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_SOFTWARE": "waitress",
        "REMOTE_ADDR": HOST,
        "REMOTE_HOST": HOST,
        "REMOTE_PORT": "50000",
        "HTTP_HOST": f"{HOST}:5000",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    if request.body:
        environ["CONTENT_LENGTH"] = str(len(request.body.encode()))
    for name, value in request.headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    return environ


def _require_success(status: str, content: bytes) -> None:
    if not status.startswith("2"):
        raise SystemExit(f"{status}: {content[:500].decode(errors='replace')}")


def main() -> None:
    """Run commands until the input ends."""
    # Output of the application must not be mistaken for a result.
    results, sys.stdout = sys.stdout, sys.stderr
    target, through = sys.argv[1:]
    senders = {"wsgi": call_directly, "waitress": call_through_waitress}
    send = senders[through](load(target))
    for line in sys.stdin:
        request, repeat = json.loads(line)
        content = send(Request(**request), repeat)
        result = json.loads(content) if repeat == 1 else None
        print(json.dumps(result), file=results, flush=True)


if __name__ == "__main__":
    main()

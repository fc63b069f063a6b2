"""Houston as operators run it: `pserve` with production.ini and all modules enabled.

A first start, which is not measured, migrates a database and adds the example data. The measured
server uses that database.
"""

import json
import secrets
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.results import HOUSTON
from benchmarks.servers import Launch, Server
from benchmarks.wire import Request, ask, form

API = "/api/v1"
PAGE = 50

INI = """\
[app:main]
use = config:{ini}

[server:main]
use = config:{ini}
"""


@dataclass(frozen=True)
class Site:
    """A prepared database, the command that serves it, and the requests to measure."""

    launch: Launch
    config: Path
    preparation: Path
    """The ini file with the settings of development, in which data can be generated."""
    token: str
    """A token of the administrator, with all scopes."""

    @property
    def me(self) -> Request:
        """A request for the account of the token."""
        return Request(f"{API}/users/me").with_token(self.token)

    @property
    def page(self) -> Request:
        """A request for fifty users."""
        return Request(f"{API}/users/?limit={PAGE}").with_token(self.token)

    @property
    def swagger(self) -> Request:
        """A request for the Swagger document."""
        return Request(f"{API}/swagger.json")

    @property
    def patches(self) -> list[Request]:
        """Requests that change one field of one user, each to a new value, so that each writes."""
        return [
            Request(
                f"{API}/users/1",
                "PATCH",
                {"Content-Type": "application/json-patch+json"},
                json.dumps([{"op": "replace", "path": "/middle_name", "value": f"Name {number}"}]),
            ).with_token(self.token)
            for number in range(1000)
        ]


def prepare(folder: Path, database: str, fill: Callable[[Server, str], None]) -> Site:
    """Create the site in an empty folder and an empty database.

    Args:
        folder: The folder.
        database: The URL of the database.
        fill: Adds more data to the first server, with a token of the administrator.

    Raises:
        RuntimeError: Houston does not start, or a request of the preparation fails.
    """
    config = folder / "benchmark.ini"
    config.write_text(INI.format(ini=Path.cwd() / "production.ini"))
    # Production has no example data, and the rate limit forbids fifty sign-ups from one address.
    preparation = folder / "preparation.ini"
    preparation.write_text(INI.format(ini=Path.cwd() / "development.ini"))
    environment = {
        "HOUSTON_BASE_URL": "http://127.0.0.1",
        "HOUSTON_HOSTS": "127.0.0.1",
        "HOUSTON_DATABASE_URL": database,
        "HOUSTON_SESSION_SECRET": secrets.token_urlsafe(32),
        "HOUSTON_JOBS_URL": f"thread:{folder / 'jobs.sqlite'}",
        "HOUSTON_STORAGE_URL": f"file:{folder / 'storage'}",
        "HOUSTON_UPLOADS_FOLDER": str(folder / "uploads"),
        "HOUSTON_MAIL_URL": "null:",
        "HOUSTON_MAIL_SENDER": "benchmark@localhost",
    }
    filling = {
        "HOUSTON_DATABASE_MIGRATE": "true",
        "HOUSTON_EXAMPLE_DATA": "true",
        "HOUSTON_LIMITS": "",
    }
    command = [sys.executable, "-m", "pyramid.scripts.pserve", str(config), "http_port={port}"]
    launch = Launch(HOUSTON, command, environment)
    prepared = [str(preparation) if part == str(config) else part for part in command]
    first = Launch(HOUSTON, prepared, {**environment, **filling})
    with Server(first, Request(f"{API}/swagger.json"), folder / "preparation.log") as server:
        token = sign_in(server, "root", "q")
        fill(server, token)
    return Site(launch, config, preparation, token)


def sign_in(server: Server, username: str, password: str) -> str:
    """Return a token of an account, with all scopes."""
    account = f"grant_type=password&username={username}&password={password}"
    request = form("/auth/oauth2/token", f"{account}&client_id=documentation")
    return str(json.loads(succeed(server, request))["access_token"])


def add_users(server: Server, token: str) -> None:
    """Add enough users for a page."""
    for number in range(PAGE):
        body = {
            "username": f"observer{number}",
            "email": f"observer{number}@example.org",
            "password": secrets.token_urlsafe(16),
            "first_name": "Ada",
            "last_name": f"Observer {number}",
        }
        succeed(server, posting("/users/", body).with_token(token))


def read_document(launch: Launch, log: Path) -> bytes:
    """Return the document of the production settings, which differs from that of development."""
    swagger = Request(f"{API}/swagger.json")
    with Server(launch, swagger, log) as server:
        return succeed(server, swagger)


def posting(path: str, body: Any) -> Request:
    """Return a POST of a JSON document."""
    return Request(API + path, "POST", {"Content-Type": "application/json"}, json.dumps(body))


def succeed(server: Server, request: Request, timeout: float = 30) -> bytes:
    """Send a request; return the body of its response.

    Raises:
        RuntimeError: The response is an error.
    """
    status, body = ask(server.port, request, timeout)
    if status >= 300:
        raise RuntimeError(f"{request.method} {request.path}: {status} {body[:500]!r}")
    return body

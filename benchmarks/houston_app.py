"""Houston as operators run it: `pserve` with production.ini and all modules enabled.

A first start, which is not measured, migrates an SQLite file and adds the example data and enough
users for a page. A second one reads the production document. The measured server uses that file.
"""

import json
import secrets
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.results import HOUSTON
from benchmarks.servers import Launch, Server
from benchmarks.wire import Request, ask, form

API = "/api/v1"
PAGE = 50
SIGN_IN = form(
    "/auth/oauth2/token",
    "grant_type=password&username=root&password=q&client_id=documentation",
)

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
    database: Path
    token: str
    """A token of the administrator, with all scopes."""
    document: bytes
    """The Swagger document, as served."""

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


def prepare(folder: Path) -> Site:
    """Create the site in an empty folder.

    Raises:
        RuntimeError: Houston does not start, or a request of the preparation fails.
    """
    config = folder / "benchmark.ini"
    production = Path.cwd() / "production.ini"
    config.write_text(INI.format(ini=production))
    database = folder / "houston.db"
    environment = {
        "HOUSTON_BASE_URL": "http://127.0.0.1",
        "HOUSTON_HOSTS": "127.0.0.1",
        "HOUSTON_DATABASE_URL": f"sqlite:///{database}",
        "HOUSTON_SESSION_SECRET": secrets.token_urlsafe(32),
        "HOUSTON_JOBS_URL": f"thread:{folder / 'jobs.sqlite'}",
        "HOUSTON_STORAGE_URL": f"file:{folder / 'storage'}",
        "HOUSTON_UPLOADS_FOLDER": str(folder / "uploads"),
        "HOUSTON_MAIL_URL": "null:",
        "HOUSTON_MAIL_SENDER": "benchmark@localhost",
    }
    # Production has no example data, and the rate limit forbids fifty sign-ups from one address.
    preparation = folder / "preparation.ini"
    preparation.write_text(INI.format(ini=Path.cwd() / "development.ini"))
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
        token = json.loads(_succeed(server, SIGN_IN))["access_token"]
        for number in range(PAGE):
            _succeed(server, _creation(number).with_token(token))
    return Site(launch, config, database, token, _document(launch, folder / "document.log"))


def _document(launch: Launch, log: Path) -> bytes:
    """Return the document of the production settings, which differs from that of development."""
    swagger = Request(f"{API}/swagger.json")
    with Server(launch, swagger, log) as server:
        return _succeed(server, swagger)


def _creation(number: int) -> Request:
    body = {
        "username": f"observer{number}",
        "email": f"observer{number}@example.org",
        "password": secrets.token_urlsafe(16),
        "first_name": "Ada",
        "last_name": f"Observer {number}",
    }
    headers = {"Content-Type": "application/json"}
    return Request(f"{API}/users/", "POST", headers, json.dumps(body))


def _succeed(server: Server, request: Request) -> bytes:
    status, body = ask(server.port, request)
    if status >= 300:
        raise RuntimeError(f"{request.method} {request.path}: {status} {body[:500]!r}")
    return body

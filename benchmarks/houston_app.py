"""Houston as an operator runs it: `pserve` on a production ini, with every part switched on.

A first start, which is not measured, migrates an SQLite file and fills it with the example data
and enough users for a page; a second one tells production's document. What is measured starts on
that file.
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
use = config:{production}

[server:main]
use = config:{production}
"""


@dataclass(frozen=True)
class Site:
    """A database that is ready, how to serve it, and what to ask for."""

    launch: Launch
    config: Path
    database: Path
    token: str
    """Of the administrator, with all scopes."""
    document: bytes
    """The Swagger document as it is served."""

    @property
    def me(self) -> Request:
        """The account the token stands for."""
        return Request(f"{API}/users/me").bearing(self.token)

    @property
    def page(self) -> Request:
        """Fifty users."""
        return Request(f"{API}/users/?limit={PAGE}").bearing(self.token)

    @property
    def swagger(self) -> Request:
        """The document."""
        return Request(f"{API}/swagger.json")

    @property
    def patches(self) -> list[Request]:
        """Changes of one field of one user, each to another value, so that each writes."""
        return [
            Request(
                f"{API}/users/1",
                "PATCH",
                {"Content-Type": "application/json-patch+json"},
                json.dumps([{"op": "replace", "path": "/middle_name", "value": f"Name {number}"}]),
            ).bearing(self.token)
            for number in range(1000)
        ]


def prepare(folder: Path) -> Site:
    """Make the site in an empty folder.

    :raises RuntimeError: Houston does not start or refuses what a newcomer may do
    """
    config = folder / "benchmark.ini"
    production = Path.cwd() / "production.ini"
    config.write_text(INI.format(production=production))
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
    # Production makes no example data, and one address may not make fifty accounts at once.
    filling = {
        "HOUSTON_ENVIRONMENT": "development",
        "HOUSTON_DATABASE_MIGRATE": "true",
        "HOUSTON_EXAMPLE_DATA": "true",
        "HOUSTON_LIMITS": "",
    }
    command = [sys.executable, "-m", "pyramid.scripts.pserve", str(config), "http_port={port}"]
    launch = Launch(HOUSTON, command, environment)
    first = Launch(HOUSTON, command, {**environment, **filling})
    with Server(first, Request(f"{API}/swagger.json"), folder / "preparation.log") as server:
        token = json.loads(_succeed(server, SIGN_IN))["access_token"]
        for number in range(PAGE):
            _succeed(server, _creation(number).bearing(token))
    return Site(launch, config, database, token, _document(launch, folder / "document.log"))


def _document(launch: Launch, log: Path) -> bytes:
    """Production's own document, which is not that of development."""
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

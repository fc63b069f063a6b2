"""A web client in a folder, and an application that serves it."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from pyramid.paster import get_appsettings
from webtest import TestApp, TestRequest, TestResponse

import houston
from houston.core.db.session import Database
from houston.core.services import services_of
from tests.conftest import ROOT

PAGE = """<!doctype html><html><head lang="en"><title>Wildbook</title>
<script defer src="/main.js"></script></head><body><div id="root"></div></body></html>"""

Serve = Callable[..., TestApp]


class RawResponse(TestResponse):  # type: ignore[misc]
    """A response whose content stays as it was sent."""

    def decode_content(self) -> None:
        """Do nothing."""


class RawRequest(TestRequest):  # type: ignore[misc]
    """A request with such a response."""

    ResponseClass = RawResponse


class RawApp(TestApp):  # type: ignore[misc]
    """An application that is asked such requests."""

    __test__ = False
    RequestClass = RawRequest


@pytest.fixture(scope="session")
def current(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the path of a link to the folder of the client, as a deployment may have one."""
    return tmp_path_factory.mktemp("clients") / "current"


@pytest.fixture
def folder(tmp_path: Path, current: Path) -> Path:
    """Return the folder of a client, in the shape of those that webpack builds."""
    client = tmp_path / "client"
    (client / "static" / "js").mkdir(parents=True)
    (client / "index.html").write_text(PAGE)
    (client / "main.js").write_text("console.log('main');" * 200)
    (client / "main.js.map").write_text('{"version": 3}')
    (client / "static" / "js" / "9.0123abcd.chunk.js").write_text("chunk()")
    (client / "d41d8cd98f00b204e9800998ecf8427e.woff").write_bytes(os.urandom(5000))
    (client / "film.webm").write_bytes(os.urandom(200_000))
    (client / "photo of a zèbre.jpeg").write_bytes(b"zebra")
    (client / ".env").write_text("SECRET=1")
    (tmp_path / "outside.js").write_text("outside()")
    current.unlink(missing_ok=True)
    current.symlink_to(client)
    return client


@contextmanager
def application(url: str, **settings: str) -> Iterator[TestApp]:
    """Yield an application with some settings."""
    ini = get_appsettings(str(ROOT / "testing.ini"), "main")
    given = {f"houston.{name}": value for name, value in settings.items()}
    app = houston.main({}, **{**ini, "houston.database.url": url, **given})
    try:
        yield RawApp(app)
    finally:
        services_of(app)[Database].engine.dispose()


@pytest.fixture
def serve(database_url: str, folder: Path) -> Iterator[Serve]:
    """Yield a function that makes an application with the client and further settings."""
    with ExitStack() as applications:

        def make(**settings: str) -> TestApp:
            given = {"client.path": str(folder), **settings}
            return applications.enter_context(application(database_url, **given))

        yield make


@pytest.fixture(scope="session")
def serving(database_url: str, current: Path) -> Iterator[TestApp]:
    """Yield an application that serves the clients of all tests in turn."""
    with application(database_url, **{"client.path": str(current)}) as app:
        yield app


@pytest.fixture
def client(serving: TestApp, folder: Path) -> TestApp:
    """Return an application that serves the client of this test."""
    return serving

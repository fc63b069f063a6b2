"""Server errors are returned without details, and logged completely."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pyramid.paster import get_appsettings
from sqlalchemy import text
from sqlalchemy.orm.exc import ObjectDeletedError, StaleDataError
from webtest import TestApp, TestResponse

import houston
from houston.core.db import engine
from houston.core.db.session import Session
from houston.modules.teams import services
from tests.clients_of_roles import Client
from tests.conftest import ROOT
from tests.factories.users import UserFactory
from tests.live import free_port

TEAMS = "/api/v1/teams"


@pytest.fixture
def unchecked(user: Client) -> TestApp:
    """Return a client of `user` whose responses are not checked against the document."""
    return TestApp(user.app, extra_environ=user.extra_environ)


def fail_with(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(services.TEAMS, "page", fail)


def test_unexpected_error_is_logged_and_not_shown(
    unchecked: TestApp, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    fail_with(monkeypatch, RuntimeError("the secret is 42"))
    response = unchecked.get(TEAMS, status=500)
    assert response.json["status"] == 500
    assert response.json["request_id"] == response.headers["X-Request-Id"]
    assert "secret" not in response.text
    assert "the secret is 42" in caplog.text


@pytest.mark.parametrize("error", [StaleDataError("gone"), ObjectDeletedError(None, "gone")])
def test_simultaneous_change_is_a_conflict(
    unchecked: TestApp, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    fail_with(monkeypatch, error)
    assert unchecked.get(TEAMS, status=409).json["status"] == 409


def test_constraint_of_the_database_names_its_field(user: Client) -> None:
    UserFactory(twitter_username="ada")
    response = user.patch_json(
        f"/api/v1/users/{user.account.guid}",
        [{"op": "replace", "path": "/twitter_username", "value": "ada"}],
    )
    assert response.status_int == 409
    assert list(response.json["messages"]) == ["twitter_username"]


def execute(monkeypatch: pytest.MonkeyPatch, statement: str, **parameters: Any) -> None:
    """Let the list of teams execute a statement first."""
    page = services.TEAMS.page

    def run(db: Session, *arguments: Any, **options: Any) -> Any:
        db.execute(text(statement), parameters)
        return page(db, *arguments, **options)

    monkeypatch.setattr(services.TEAMS, "page", run)


@pytest.mark.parametrize(
    ("field", "value"), [("title", "a\0b"), ("title", "\ud800"), ("id", 2**80)]
)
def test_value_that_cannot_be_stored_names_its_field(
    unchecked: TestApp, db: Session, monkeypatch: pytest.MonkeyPatch, field: str, value: Any
) -> None:
    unchecked.post_json(TEAMS, {"title": "Cetaceans"})
    execute(monkeypatch, f"UPDATE team SET {field} = :{field}", **{field: value})
    if value == "a\0b" and db.get_bind().dialect.name == "sqlite":  # which stores it
        unchecked.get(TEAMS, status=200)
        return
    body = unchecked.get(TEAMS, status=422).json
    assert list(body["messages"]) == [field]


def test_text_that_is_too_long_for_its_column_is_never_an_error_of_the_server(
    unchecked: TestApp, db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    statement = "UPDATE team SET title = :title WHERE id = :id"
    team = unchecked.post_json(TEAMS, {"title": "Cetaceans"}).json["id"]
    execute(monkeypatch, statement, title="x" * 121, id=team)
    if db.get_bind().dialect.name == "sqlite":  # which has no lengths
        assert unchecked.get(TEAMS).status_int == 200
        return
    body = unchecked.get(TEAMS, status=422).json
    assert body["messages"] == {"title": ["Longer than maximum length 120."]}


STATES = ("40001", "40P01", "25P02", "53300", "55P03", "57014", "57P01", "58030", "XX000")
"""Serialization failures, deadlocks, lost connections and the like (PostgreSQL, appendix A)."""


def test_states_of_the_database_are_temporary(
    unchecked: TestApp, db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail = "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{}'; END $$"
    is_sqlite = db.get_bind().dialect.name == "sqlite"
    statements = ["PRAGMA nowhere.quick_check"] if is_sqlite else map(fail.format, STATES)
    for statement in statements:
        with monkeypatch.context() as patch:
            execute(patch, statement)
            response = unchecked.get(TEAMS, status=503)
            assert response.headers["Retry-After"] == "1"


def test_write_lock_that_is_held_too_long_is_temporary(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(engine, "SQLITE_PRAGMAS", ["PRAGMA busy_timeout = 100"])
    application = application_with(**{"houston.database.url": f"sqlite:///{tmp_path}/locked"})
    credentials = {"email": "ada@example.org", "password": "zebra"}
    with closing(sqlite3.connect(tmp_path / "locked", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        response = application.post_json("/api/v1/auth/sessions", credentials, status=503)
    assert_unavailable(response, caplog)


def application_with(**settings: str) -> TestApp:
    settings["houston.database.migrate"] = "false"
    testing = get_appsettings(str(ROOT / "testing.ini"), "main")
    return TestApp(houston.main({}, **{**testing, **settings}))


def assert_unavailable(response: TestResponse, caplog: pytest.LogCaptureFixture) -> None:
    assert response.json["status"] == 503
    assert response.headers["Retry-After"] == "1"
    assert "does not answer" in caplog.text
    assert "127.0.0.1" not in response.text


def test_unreachable_database_is_unavailable(caplog: pytest.LogCaptureFixture) -> None:
    unreachable = f"postgresql+psycopg://nobody@127.0.0.1:{free_port()}/nothing"
    application = application_with(**{"houston.database.url": unreachable})
    assert application.get("/heartbeat").json == {"status": "alive"}
    assert_unavailable(application.get("/readiness", status=503), caplog)


def test_unreachable_rate_limit_storage_is_unavailable(
    caplog: pytest.LogCaptureFixture,
) -> None:
    application = application_with(
        **{
            "houston.limits": "create_user 2/hour",
            "houston.limits.storage": f"redis://127.0.0.1:{free_port()}/0",
        }
    )
    assert_unavailable(application.post_json("/api/v1/users", {}, status=503), caplog)

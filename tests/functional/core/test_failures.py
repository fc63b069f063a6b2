"""What goes wrong on the server is told as such, without details, and logged in full."""

from typing import Any

import pytest
from pyramid.paster import get_appsettings
from sqlalchemy.orm.exc import StaleDataError
from webtest import TestApp

import houston
from houston.modules.teams import services
from tests.clients_of_roles import Client
from tests.conftest import ROOT
from tests.factories.users import UserFactory
from tests.live import free_port

TEAMS = "/api/v1/teams"


@pytest.fixture
def careless(user: Client) -> TestApp:
    """A client of `user` whose answers are not held against the document."""
    return TestApp(user.app, extra_environ=user.extra_environ)


def fail_with(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(services.TEAMS, "page", fail)


def test_bug_is_logged_and_not_shown(
    careless: TestApp, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    fail_with(monkeypatch, RuntimeError("the secret is 42"))
    response = careless.get(TEAMS, status=500)
    assert response.json["status"] == 500
    assert response.json["request_id"] == response.headers["X-Request-Id"]
    assert "secret" not in response.text
    assert "the secret is 42" in caplog.text


def test_simultaneous_change_is_a_conflict(
    careless: TestApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_with(monkeypatch, StaleDataError("gone"))
    assert careless.get(TEAMS, status=409).json["status"] == 409


def test_constraint_of_the_database_names_its_field(user: Client) -> None:
    UserFactory(twitter_username="ada")
    response = user.patch_json(
        f"/api/v1/users/{user.account.guid}",
        [{"op": "replace", "path": "/twitter_username", "value": "ada"}],
    )
    assert response.status_int == 409
    assert list(response.json["messages"]) == ["twitter_username"]


def test_database_that_is_away_is_unavailable(caplog: pytest.LogCaptureFixture) -> None:
    away = f"postgresql+psycopg://nobody@127.0.0.1:{free_port()}/nothing"
    settings = {
        **get_appsettings(str(ROOT / "testing.ini"), "main"),
        "houston.database.url": away,
        "houston.database.migrate": "false",
    }
    application = TestApp(houston.main({}, **settings))
    assert application.get("/heartbeat").json == {"status": "alive"}
    response = application.get("/readiness", status=503)
    assert response.json["status"] == 503
    assert response.headers["Retry-After"] == "1"
    assert "did not answer" in caplog.text
    assert "127.0.0.1" not in response.text

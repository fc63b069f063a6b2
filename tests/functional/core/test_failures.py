"""Server errors are returned without details, and logged completely."""

from typing import Any

import pytest
from pyramid.paster import get_appsettings
from sqlalchemy.orm.exc import StaleDataError
from webtest import TestApp, TestResponse

import houston
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


def test_simultaneous_change_is_a_conflict(
    unchecked: TestApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_with(monkeypatch, StaleDataError("gone"))
    assert unchecked.get(TEAMS, status=409).json["status"] == 409


def test_constraint_of_the_database_names_its_field(user: Client) -> None:
    UserFactory(twitter_username="ada")
    response = user.patch_json(
        f"/api/v1/users/{user.account.guid}",
        [{"op": "replace", "path": "/twitter_username", "value": "ada"}],
    )
    assert response.status_int == 409
    assert list(response.json["messages"]) == ["twitter_username"]


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

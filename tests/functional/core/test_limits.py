"""Rate limits of operations, as the settings declare them."""

import pytest
from pyramid.router import Router
from webtest import TestApp

from houston.core.api.openapi import openapi
from houston.core.db.session import Session
from houston.core.security.rate_limits import RateLimits
from houston.core.services import Services
from houston.core.settings import Settings
from tests.clients_of_roles import Client
from tests.parts import replaced, setting


@pytest.fixture
def two_teams_an_hour(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    limits = services[RateLimits]
    monkeypatch.setitem(limits._operations, "create_team", limits.make("create_team", "2/hour"))


@pytest.mark.usefixtures("two_teams_an_hour")
def test_each_caller_has_a_limit(user: Client, other: Client) -> None:
    careless = TestApp(user.app, extra_environ=user.extra_environ)
    statuses = [
        careless.post_json("/api/v1/teams", {"title": "A"}, status="*").status_int for _ in range(3)
    ]
    assert statuses == [200, 200, 429]
    assert other.post_json("/api/v1/teams", {"title": "A"}).status_int == 200


def test_all_other_operations_have_the_default_limit(
    app: Router, services: Services, user: Client
) -> None:
    limited = {"houston.limits": {"create_team": "3/hour"}, "houston.limits.default": "2/hour"}
    with replaced(app, RateLimits(Settings({**services[Settings], **limited}))):
        careless = TestApp(user.app, extra_environ=user.extra_environ)
        own = [careless.get("/api/v1/users/me", status="*").status_int for _ in range(3)]
        lists = [careless.get("/api/v1/teams", status="*").status_int for _ in range(3)]
        created = [
            careless.post_json("/api/v1/teams", {"title": "A"}, status="*").status_int
            for _ in range(4)
        ]
        refused = careless.get("/api/v1/users/me", status=429)
        assert careless.get("/heartbeat").status_int == 200
    assert (own, lists) == ([200, 200, 429], [200, 200, 429])
    assert created == [200, 200, 200, 429]
    assert int(refused.headers["Retry-After"]) > 0


def test_default_limit_is_documented(app: Router) -> None:
    with setting(app, "houston.limits.default", "2/hour"):
        operation = openapi(app.registry)["paths"]["/api/v1/teams"]["get"]
    assert "At most 2/hour" in operation["description"]


def test_limits_are_documented(app: Router) -> None:
    with setting(app, "houston.limits", {"create_team": "2/hour"}):
        operation = openapi(app.registry)["paths"]["/api/v1/teams"]["post"]
    assert "At most 2/hour" in operation["description"]
    assert "429" in operation["responses"]


def test_ipv6_network_is_one_caller(
    app: Router, db: Session, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = services[RateLimits]
    name = "reset_password_email"
    monkeypatch.setitem(limits._operations, name, limits.make(name, "2/hour"))
    addresses = ("2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8:0:1::1")
    statuses = [
        TestApp(app, extra_environ={"REMOTE_ADDR": address})
        .post_json(f"/api/v1/users/{name}", {"email": "a@example.org"}, status="*")
        .status_int
        for address in addresses
    ]
    assert statuses == [200, 200, 429, 200]

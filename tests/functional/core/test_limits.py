"""Allowances of operations, as the settings declare them."""

from collections.abc import Iterator

import pytest
from pyramid.router import Router
from webtest import TestApp

from houston.core.api.openapi import openapi
from houston.core.security.rate_limits import LIMITS_KEY, throttle
from tests.clients_of_roles import Client
from tests.functional.settings import setting


@pytest.fixture
def two_teams_an_hour(app: Router) -> Iterator[None]:
    limits = app.registry[LIMITS_KEY]
    limits["create_team"] = throttle(app.registry, "create_team", "2/hour")
    yield
    del limits["create_team"]


@pytest.mark.usefixtures("two_teams_an_hour")
def test_each_caller_has_an_allowance(user: Client, other: Client) -> None:
    careless = TestApp(user.app, extra_environ=user.extra_environ)
    statuses = [
        careless.post_json("/api/v1/teams", {"title": "A"}, status="*").status_int for _ in range(3)
    ]
    assert statuses == [200, 200, 429]
    assert other.post_json("/api/v1/teams", {"title": "A"}).status_int == 200


def test_allowances_are_documented(app: Router) -> None:
    with setting(app, "houston.limits", {"create_team": "2/hour"}):
        operation = openapi(app.registry)["paths"]["/api/v1/teams"]["post"]
    assert "At most 2/hour" in operation["description"]
    assert "429" in operation["responses"]

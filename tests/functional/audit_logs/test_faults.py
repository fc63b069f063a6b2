"""Faults are recorded without the input, and within rate limits."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from sqlalchemy import select
from webtest import TestApp

from houston.core.db.session import Session
from houston.modules.audit_logs.models import AuditLog, AuditType
from houston.modules.teams import services
from tests.clients_of_roles import Client
from tests.factories.teams import TeamFactory
from tests.factories.users import UserFactory

TEAMS = "/api/v1/teams"
FAULTS = (AuditType.FRONT_END_FAULT, AuditType.HOUSTON_FAULT)
Faults = Callable[[], list[AuditLog]]


@pytest.fixture
def faults(db: Session) -> Faults:
    """Return a function that reads the faults, the oldest first."""
    statement = select(AuditLog).where(AuditLog.audit_type.in_(FAULTS)).order_by(AuditLog.created)
    return lambda: list(db.scalars(statement))


def test_refused_changes(user: Client, faults: Faults) -> None:
    team = TeamFactory(leader=user.account)
    member = f"{TEAMS}/{team.guid}/members/{user.account.guid}"
    refused = user.delete(member, extra_environ={"REMOTE_ADDR": "192.0.2.7"})
    assert refused.status_int == 409
    (fault,) = faults()
    assert fault.audit_type is AuditType.FRONT_END_FAULT
    assert fault.message == (
        f"Failed: {refused.json['message']} 409 (DELETE /api/v1/teams/{{team}}/members/{{user}})"
    )
    assert (fault.user_email, fault.user_guid) == (user.account.email, user.account.guid)
    assert (fault.address, fault.request_id) == ("192.0.2.7", refused.headers["X-Request-Id"])
    assert (fault.module_name, fault.item_guid) == (None, None)


def test_fields_of_invalid_input_are_recorded_without_values(
    anonymous: Client, faults: Faults
) -> None:
    account = {"email": "no address", "password": "battery staple", "shoe_size": 41}
    assert anonymous.post_json("/api/v1/users", account).status_int == 422
    (fault,) = faults()
    assert fault.user_email == "anonymous user"
    assert "[email, shoe_size] 422" in fault.message
    for value in ("no address", "battery", "41"):
        assert value not in fault.message


def test_refusals_that_are_not_recorded(user: Client, anonymous: Client, faults: Faults) -> None:
    team = f"{TEAMS}/{TeamFactory().guid}"
    refused = [
        user.get(f"{TEAMS}?shoe_size=41"),
        user.delete(team),
        anonymous.delete(team),
        user.delete(f"{TEAMS}/{uuid4()}"),
        user.post(TEAMS, "{", content_type="application/json"),
    ]
    assert [each.status_int for each in refused] == [422, 403, 401, 404, 400]
    assert faults() == []


def test_server_errors(user: Client, faults: Faults, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the secret is 42")

    monkeypatch.setattr(services.TEAMS, "page", fail)
    careless = TestApp(user.app, extra_environ=user.extra_environ)
    assert careless.get(TEAMS, status=500).json["status"] == 500
    (fault,) = faults()
    assert fault.audit_type is AuditType.HOUSTON_FAULT
    assert fault.message == "Failed: RuntimeError 500 (GET /api/v1/teams)"


def test_rate_limit(user: Client, anonymous: Client, faults: Faults) -> None:
    for _ in range(40):
        assert anonymous.post_json("/api/v1/users", {}).status_int == 422
    assert len(faults()) == 30
    assert user.post_json(TEAMS, {}).status_int == 422
    assert len(faults()) == 31


def test_failure_to_record_does_not_change_the_response(
    user: Client, faults: Faults, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("houston.modules.audit_logs.faults.shortened", lambda _text: None)
    assert user.post_json(TEAMS, {}).status_int == 422
    assert "could not be recorded" in caplog.text
    assert faults() == []


def test_conflict_in_the_database(user: Client, faults: Faults) -> None:
    UserFactory(twitter_username="ada")
    change = [{"op": "replace", "path": "/twitter_username", "value": "ada"}]
    assert user.patch_json(f"/api/v1/users/{user.account.guid}", change).status_int == 409
    (fault,) = faults()
    assert "twitter username is already in use" in fault.message

"""Mailed codes stand in no log, metric or audit entry, whatever becomes of the request."""

import logging
from typing import Any

import pytest
from sqlalchemy import select
from webtest import TestApp

from houston.core.db.session import Session
from houston.modules.audit_logs.models import AuditLog
from houston.modules.users.services import codes
from tests.clients_of_roles import Client
from tests.factories.users import UserFactory
from tests.mailbox import Mailbox

CODE = "/api/v1/auth/code/{}"


@pytest.fixture
def code(anonymous: Client, db: Session, mailbox: Mailbox) -> str:
    """Return the unused code of a reset mail."""
    email = UserFactory().email
    mailbox.empty()
    anonymous.post_json("/api/v1/users/reset_password_email", {"email": email})
    return mailbox.only(email).code


@pytest.mark.parametrize(
    ("method", "address", "body", "status", "shown"),
    [
        ("POST", CODE + ".json", b'{"password": "x"}', 422, CODE.format("{code}.json")),
        ("POST", CODE + ".json", b"{}", 400, CODE.format("{code}.json")),
        ("POST", CODE + ".json", b"{", 400, CODE.format("{code}.json")),
        ("POST", CODE + ".json", b"[]", 422, CODE.format("{code}.json")),
        ("POST", CODE + ".json/", b"{}", 400, CODE.format("{code}.json")),
        ("POST", CODE, b'{"password": "x"}', 302, CODE.format("{code}")),
        ("PUT", CODE, b"", 405, CODE.format("{code}")),
        ("POST", CODE + "%ff", b"{}", 400, "/auth/code/…"),
        ("GET", "/auth/code/{}", b"", 404, "/auth/code/…"),
        ("GET", "/api//v1/auth//code/{}", b"", 404, "auth//code/…"),
        ("GET", CODE + "/more", b"", 404, "/auth/code/…"),
    ],
)
def test_requests_are_logged_by_their_routes(
    anonymous: Client,
    code: str,
    caplog: pytest.LogCaptureFixture,
    method: str,
    address: str,
    body: bytes,
    status: int,
    shown: str,
) -> None:
    for text in (code, code.lower()):
        caplog.clear()
        with caplog.at_level(logging.DEBUG):
            response = TestApp(anonymous.app).request(
                address.format(text),
                method=method,
                body=body,
                headers={"Content-Type": "application/json"},
                status="*",
            )
        assert response.status_int == status, response.text
        (line,) = (each for each in caplog.records if each.name == "houston.access")
        assert shown in line.getMessage()
        logged = "".join(str(vars(record)) for record in caplog.records)
        assert text not in logged


def test_failures_are_logged_without_the_code(
    anonymous: Client,
    code: str,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    db: Session,
) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(codes, "set_password", fail)
    response = TestApp(anonymous.app).post_json(
        CODE.format(code) + ".json", {"password": "a new engine"}, status=500
    )
    assert code not in response.text
    assert code not in caplog.text
    assert code not in anonymous.get("/metrics").text
    assert not [row for row in db.scalars(select(AuditLog)) if code in str(vars(row))]

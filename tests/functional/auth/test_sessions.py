"""Browser sessions: a cookie that only pages of this site can use."""

from datetime import timedelta
from time import time
from typing import Any

import pytest
from pyramid.router import Router
from sqlalchemy import select

from houston.core.db.session import Session
from houston.core.db.types import utc_now
from houston.core.services import services_of
from houston.modules.auth import identity
from houston.modules.auth.models import BrowserSession
from houston.modules.auth.usage import Usage
from tests.clients_of_roles import Client
from tests.factories.users import PASSWORD, UserFactory

SESSIONS = "/api/v1/auth/sessions"
ME = "/api/v1/users/me"


@pytest.fixture
def account(db: Session) -> Any:
    return UserFactory()


@pytest.fixture
def browser(anonymous: Client, account: Any) -> Client:
    """Return a browser that is signed in."""
    response = anonymous.post_json(SESSIONS, {"email": account.email, "password": PASSWORD})
    assert response.status_int == 200
    return anonymous


@pytest.mark.parametrize("name", ["email", "username"])
@pytest.mark.parametrize("send", ["post_json", "post"])
def test_signing_in_sets_a_cookie(anonymous: Client, account: Any, name: str, send: str) -> None:
    body = {name: getattr(account, name), "password": PASSWORD}
    response = getattr(anonymous, send)(SESSIONS, body)
    assert response.json == {"success": True, "message": "Session Created"}
    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith("session=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert anonymous.get(ME).json["id"] == account.id


def test_secret_of_the_cookie_is_not_stored(browser: Client, db: Session) -> None:
    (row,) = db.scalars(select(BrowserSession))
    assert row.digest not in browser.cookies["session"]


def test_unknown_name_and_wrong_password_have_the_same_response(
    anonymous: Client, account: Any
) -> None:
    for email in (account.email, "nobody@example.org"):
        response = anonymous.post_json(SESSIONS, {"email": email, "password": "wrong"})
        assert response.status_int == 401
        assert response.json["success"] is False
        assert response.json["message"] == "Account Not Found"


def test_deactivated_account(anonymous: Client, db: Session) -> None:
    locked = UserFactory(is_active=False)
    response = anonymous.post_json(SESSIONS, {"email": locked.email, "password": PASSWORD})
    assert response.status_int == 401
    assert response.json["message"] == "Account Disabled"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"password": "x"},
        {"email": "a@b.org"},
        {"email": "a@b.org", "username": "a", "password": "x"},
        {"email": ["a@b.org"], "password": "x"},
        {"email": "a@b.org", "password": "x", "remember": True},
    ],
)
def test_incomplete_sign_in(anonymous: Client, body: dict[str, Any]) -> None:
    assert anonymous.post_json(SESSIONS, body).status_int == 422


def test_failures_are_rate_limited_by_address(anonymous: Client, account: Any) -> None:
    for number in range(10):
        body = {"email": f"nobody{number}@example.org", "password": "wrong"}
        assert anonymous.post_json(SESSIONS, body).status_int == 401
    body = {"email": account.email, "password": PASSWORD}
    assert anonymous.post_json(SESSIONS, body).status_int == 429


def test_signing_out_ends_the_session(browser: Client, db: Session) -> None:
    cookie = browser.cookies["session"]
    response = browser.delete(SESSIONS)
    assert response.json == {"success": True, "message": "Session Deleted"}
    assert "session" not in browser.cookies
    assert list(db.scalars(select(BrowserSession))) == []
    assert browser.get(ME, headers={"Cookie": f"session={cookie}"}).status_int == 401
    assert browser.delete(SESSIONS).status_int == 401


def test_signing_out_with_a_token_revokes_it(user: Client) -> None:
    assert user.delete(SESSIONS).status_int == 200
    assert user.get(ME).status_int == 401


@pytest.mark.parametrize("next", ["/", "/sightings?page=2"])
def test_form_of_the_web_client_signs_out_and_redirects(browser: Client, next: str) -> None:
    response = browser.post(f"/logout?next={next}")
    assert response.status_int == 302
    assert response.headers["Location"].endswith(next)
    assert browser.get(ME).status_int == 401
    assert browser.post("/logout").status_int == 302


@pytest.mark.parametrize(
    "next", ["//evil.example.com", "https://evil.example.com", "/%5Cevil.example.com", "/%0Ax"]
)
def test_signing_out_does_not_redirect_to_other_sites(browser: Client, next: str) -> None:
    response = browser.post(f"/logout?next={next}")
    assert "evil" not in response.headers["Location"]


@pytest.mark.parametrize("cookie", ["", "x", "eHh4", "é", "a" * 5000])
def test_invalid_cookie_is_ignored(anonymous: Client, cookie: str) -> None:
    environ = {"HTTP_COOKIE": f"session={cookie}".encode().decode("latin-1")}
    assert anonymous.get(ME, extra_environ=environ).status_int == 401


def test_session_expires(browser: Client, db: Session) -> None:
    (row,) = db.scalars(select(BrowserSession))
    row.expires = utc_now() - timedelta(seconds=1)
    db.commit()
    assert browser.get(ME).status_int == 401


def test_use_extends_a_session(app: Router, browser: Client, db: Session) -> None:
    (row,) = db.scalars(select(BrowserSession))
    row.expires = utc_now() + timedelta(minutes=1)
    db.commit()
    browser.get(ME)
    services_of(app)[Usage].write(db)
    db.refresh(row)
    assert row.last_used is not None
    assert row.expires > utc_now() + timedelta(days=13)


def test_cookie_is_renewed_with_its_session(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = browser.cookies["session"]
    browser.get(ME)
    assert browser.cookies["session"] == before
    monkeypatch.setattr(identity, "time", lambda: time() + 2 * 24 * 60 * 60)
    assert browser.get(ME).status_int == 200
    assert browser.cookies["session"] != before
    assert browser.get(ME).status_int == 200
    assert browser.delete(SESSIONS).status_int == 200
    assert "session" not in browser.cookies


class TestOtherSites:
    FOREIGN = ({"Origin": "https://evil.example.com"}, {"Sec-Fetch-Site": "cross-site"})

    @pytest.mark.parametrize("headers", [*FOREIGN, {"Origin": "null"}, {"Origin": "http://["}])
    def test_other_sites_cannot_change_data(self, browser: Client, headers: dict[str, str]) -> None:
        response = browser.post_json("/api/v1/teams", {"title": "A"}, headers=headers)
        assert response.status_int == 403
        assert response.json["reason"] == "cross_site"
        assert browser.get("/api/v1/teams").json == []

    @pytest.mark.parametrize("headers", FOREIGN)
    def test_other_sites_cannot_sign_in(
        self, anonymous: Client, account: Any, headers: dict[str, str]
    ) -> None:
        body = {"email": account.email, "password": PASSWORD}
        assert anonymous.post_json(SESSIONS, body, headers=headers).status_int == 403

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"Sec-Fetch-Site": "same-origin"},
            {"Sec-Fetch-Site": "none"},
            {"Origin": "http://localhost:80"},
            {"Origin": "https://client.example.org"},
        ],
    )
    def test_own_pages_and_programs_are_accepted(
        self, browser: Client, headers: dict[str, str]
    ) -> None:
        response = browser.post_json("/api/v1/teams", {"title": "A"}, headers=headers)
        assert response.status_int == 200

    def test_tokens_are_accepted_with_any_origin(self, user: Client) -> None:
        headers = {"Origin": "https://evil.example.com"}
        response = user.post_json("/api/v1/teams", {"title": "A"}, headers=headers)
        assert response.status_int == 200


def test_recaptcha_key_is_null_if_it_is_not_used(anonymous: Client) -> None:
    assert anonymous.get("/api/v1/auth/recaptcha").json == {"recaptcha_public_key": None}

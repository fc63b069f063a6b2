"""Browser sessions: a cookie that only pages of this site can use."""

from datetime import timedelta
from time import time
from typing import Any

import pytest
from pyramid.response import Response
from pyramid.router import Router
from sqlalchemy import select

from houston.core.db.session import Session
from houston.core.db.types import utc_now
from houston.core.services import services_of
from houston.core.settings import Settings
from houston.modules.auth import identity
from houston.modules.auth.identity import CookieSource
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


class TestLoggingOut:
    @pytest.mark.parametrize("send", ["get", "post"])
    @pytest.mark.parametrize("next", ["/", "/sightings?page=2"])
    def test_page_signs_out_and_redirects(
        self, browser: Client, send: str, next: str, db: Session
    ) -> None:
        response = getattr(browser, send)(f"/logout?next={next}")
        assert response.status_int == 302
        assert response.headers["Location"].endswith(next)
        assert "session" not in browser.cookies
        assert list(db.scalars(select(BrowserSession))) == []
        assert getattr(browser, send)("/logout").status_int == 302

    def test_address_may_be_in_the_form(self, browser: Client) -> None:
        assert browser.post("/logout", {"next": "/a"}).location == "http://localhost/a"
        both = browser.post("/logout?next=/b", {"next": "/a"})
        assert both.location == "http://localhost/b"

    @pytest.mark.parametrize(
        ("next", "path"),
        [
            ("/%E2%82%AC?q=%C3%A9", "/%E2%82%AC?q=%C3%A9"),
            ("http://localhost:80/a?b=c", "/a?b=c"),
            ("/a%20b", "/a%20b"),
            ("", "/login"),
            ("//evil.example.com", "/login"),
            ("https://evil.example.com", "/login"),
            ("https://[::1", "/login"),
            ("https://localhost/a", "/login"),
            ("http://localhost//evil.example.com", "/login"),
            ("/%5Cevil.example.com", "/login"),
            ("/%0Ax", "/login"),
            ("javascript:alert(1)", "/login"),
            ("origin", "/login"),
        ],
    )
    def test_other_sites_are_not_followed(self, browser: Client, next: str, path: str) -> None:
        response = browser.post(f"/logout?next={next}")
        assert response.location == f"http://localhost{path}"

    def test_origin_is_the_page_of_the_caller(self, browser: Client) -> None:
        for referer, path in (("http://localhost/a", "/a"), ("https://evil.example.com", "/login")):
            response = browser.get("/logout?next=origin", headers={"Referer": referer})
            assert response.location == f"http://localhost{path}"

    @pytest.mark.parametrize("send", ["get", "post"])
    def test_other_sites_cannot_sign_out(self, browser: Client, send: str) -> None:
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example.com"}):
            assert getattr(browser, send)("/logout", headers=headers).status_int == 403
        assert browser.get(ME).status_int == 200

    @pytest.mark.parametrize("next", ["a" * 3000, "/%00"])
    def test_invalid_address(self, browser: Client, next: str) -> None:
        assert browser.post(f"/logout?next={next}").status_int in (400, 422)


@pytest.mark.parametrize("cookie", ["", "x", "eHh4", "é", "a" * 5000])
def test_invalid_cookie_is_ignored(anonymous: Client, cookie: str) -> None:
    environ = {"HTTP_COOKIE": f"session={cookie}".encode().decode("latin-1")}
    assert anonymous.get(ME, extra_environ=environ).status_int == 401


def test_session_expires(browser: Client, db: Session) -> None:
    (row,) = db.scalars(select(BrowserSession))
    row.expires = utc_now() - timedelta(seconds=1)
    db.commit()
    assert browser.get(ME).status_int == 401


def test_used_session_has_an_end(app: Router, browser: Client, db: Session) -> None:
    (row,) = db.scalars(select(BrowserSession))
    row.created = utc_now() - timedelta(days=29)
    db.commit()
    assert browser.get(ME).status_int == 200
    row.created = utc_now() - timedelta(days=30)
    db.commit()
    assert browser.get(ME).status_int == 401


def test_secure_cookies_belong_to_the_host(app: Router) -> None:
    secure = Settings({**services_of(app)[Settings], "houston.cookies.secure": True})
    response = Response()
    CookieSource(secure, services_of(app)[Usage]).put(response, "secret")
    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    assert {"secure", "Path=/", "HttpOnly", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


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

    @pytest.mark.parametrize(
        "headers",
        [
            *FOREIGN,
            *(
                {"Origin": origin}
                for origin in (
                    "null",
                    "http://[",
                    "https://localhost",
                    "https://localhost:80",
                    "http://localhost:81",
                    "http://localhost.evil.example.com",
                    "http://localhost:x",
                )
            ),
            {"Sec-Fetch-Site": "same-site"},
        ],
    )
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
            {"Origin": "http://localhost"},
            {"Origin": "http://127.0.0.1:5000"},
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

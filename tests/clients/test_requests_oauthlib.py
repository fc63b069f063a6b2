"""requests-oauthlib signs in by every grant, with a separate server."""

from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest
from oauthlib.oauth2 import BackendApplicationClient, LegacyApplicationClient
from oauthlib.oauth2.rfc6749.errors import AccessDeniedError, InvalidGrantError
from requests_oauthlib import OAuth2Session  # type: ignore[import-untyped]

from tests.clients.test_curl import SECRET
from tests.live import LiveServer

CLIENT = "documentation"
CALLBACK = "https://map.example.org/callback"


@pytest.fixture(autouse=True)
def without_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    """Allow http, which oauthlib refuses by default."""
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")


def token_address(server: LiveServer) -> str:
    return f"{server.url}/auth/oauth2/token"


def own_name(server: LiveServer, session: OAuth2Session) -> Any:
    """Return the username of the session."""
    response = session.get(f"{server.url}/api/v1/users/me")
    response.raise_for_status()
    return response.json()["username"]


def signed_in_by_password(server: LiveServer, saved: list[dict[str, Any]]) -> OAuth2Session:
    """Return a session of root, which refreshes its token and stores it in `saved`."""
    session = OAuth2Session(
        client=LegacyApplicationClient(CLIENT),
        auto_refresh_url=token_address(server),
        auto_refresh_kwargs={"client_id": CLIENT},
        token_updater=saved.append,
    )
    session.fetch_token(token_address(server), username="root", password="q")
    return session


def test_password_grant(server: LiveServer) -> None:
    saved: list[dict[str, Any]] = []
    assert own_name(server, signed_in_by_password(server, saved)) == "root"
    assert saved == []


def test_password_grant_with_a_wrong_password(server: LiveServer) -> None:
    session = OAuth2Session(client=LegacyApplicationClient(CLIENT))
    with pytest.raises(InvalidGrantError):
        session.fetch_token(token_address(server), username="root", password="wrong")


def test_expired_token_is_refreshed_automatically(server: LiveServer) -> None:
    saved: list[dict[str, Any]] = []
    session = signed_in_by_password(server, saved)
    first = dict(session.token)
    session.token = {**first, "expires_at": 1}
    assert own_name(server, session) == "root"
    (second,) = saved
    assert second["access_token"] == session.token["access_token"]
    for secret in ("access_token", "refresh_token"):
        assert second[secret] != first[secret]


def test_simultaneous_requests_refresh_once(server: LiveServer) -> None:
    token = signed_in_by_password(server, []).token

    def refresh(_: int) -> dict[str, Any]:
        session = OAuth2Session(CLIENT, token=dict(token))
        return dict(session.refresh_token(token_address(server), client_id=CLIENT))

    with ThreadPoolExecutor(4) as threads:
        refreshed = list(threads.map(refresh, range(4)))
    for name in ("access_token", "refresh_token"):
        assert len({each[name] for each in refreshed}) == 1
    assert own_name(server, OAuth2Session(CLIENT, token=refreshed[0])) == "root"


def test_client_credentials_grant(server: LiveServer) -> None:
    session = OAuth2Session(client=BackendApplicationClient(CLIENT))
    token = session.fetch_token(token_address(server), client_secret=SECRET)
    assert "refresh_token" not in token
    assert own_name(server, session) == CLIENT


class TestAuthorizationCode:
    """The user allows or denies access on the page, which redirects to the client."""

    @pytest.fixture(params=["public", "confidential"])
    def client(self, request: pytest.FixtureRequest, server: LiveServer) -> dict[str, Any]:
        """Return a client of root with a redirect URI."""
        response = httpx.post(
            f"{server.url}/api/v1/auth/clients",
            headers=server.sign_in("root", "q"),
            json={
                "name": "Map of whales",
                "level": request.param,
                "default_scopes": ["users:read", "teams:read"],
                "redirect_uris": [CALLBACK],
            },
        )
        response.raise_for_status()
        return dict(response.json())

    @pytest.fixture
    def session(self, client: dict[str, Any]) -> OAuth2Session:
        return OAuth2Session(
            client["client_id"], redirect_uri=CALLBACK, scope=["users:read"], pkce="S256"
        )

    def test_allowing(
        self, server: LiveServer, client: dict[str, Any], session: OAuth2Session
    ) -> None:
        token = fetch_token(server, session, client, decide_on_page(server, session, "allow"))
        assert token["scope"] == ["users:read"]
        assert own_name(server, session) == "root"
        assert session.post(f"{server.url}/api/v1/teams", json={"title": "A"}).status_code == 403

    def test_code_can_be_used_once(
        self, server: LiveServer, client: dict[str, Any], session: OAuth2Session
    ) -> None:
        address = decide_on_page(server, session, "allow")
        fetch_token(server, session, client, address)
        with pytest.raises(InvalidGrantError):
            fetch_token(server, session, client, address)

    def test_code_requires_the_verifier_of_the_request(
        self, server: LiveServer, client: dict[str, Any], session: OAuth2Session
    ) -> None:
        address = decide_on_page(server, session, "allow")
        session.authorization_url(server.url, state=session._state)  # creates another verifier
        with pytest.raises(InvalidGrantError):
            fetch_token(server, session, client, address)

    def test_denying(
        self, server: LiveServer, client: dict[str, Any], session: OAuth2Session
    ) -> None:
        address = decide_on_page(server, session, "deny")
        with pytest.raises(AccessDeniedError):
            fetch_token(server, session, client, address)


def fetch_token(
    server: LiveServer, session: OAuth2Session, client: dict[str, Any], address: str
) -> dict[str, Any]:
    """Return the tokens for the code in the redirect of the browser."""
    secret = client["secret"] if client["level"] == "confidential" else None
    token: dict[str, Any] = session.fetch_token(
        token_address(server),
        authorization_response=address,
        include_client_id=True,
        client_secret=secret,
    )
    return token


def decide_on_page(server: LiveServer, session: OAuth2Session, decision: str) -> str:
    """Sign in as root, and click on a button of the page; return the redirect."""
    url, _ = session.authorization_url(f"{server.url}/auth/oauth2/authorize")
    with httpx.Client() as browser:
        page = browser.get(url)
        assert "Map of whales" in page.text
        filled = {"username": "root", "password": "q"}
        page = browser.get(submit(browser, page, filled))
        assert "users:read" in page.text
        assert "teams:read" not in page.text
        return submit(browser, page, {"decision": decision})


def submit(browser: httpx.Client, page: httpx.Response, filled: dict[str, str]) -> str:
    """Submit the form of a page with these values; return the redirect."""
    form = Form(page.text)
    assert set(filled) == form.names
    response = browser.request(form.method, page.url.join(form.action), data=filled)
    assert response.status_code == 303, response.text
    return str(page.url.join(response.headers["Location"]))


class Form(HTMLParser):
    """The only form of a page: its address, and its values."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.method, self.action, self.names = "", "", set[str]()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.method, self.action = given["method"], given.get("action", "")
        elif tag in ("input", "button") and "name" in given:
            self.names.add(given["name"])

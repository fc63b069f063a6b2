"""Redirection addresses of apps (RFC 8252)."""

from typing import Any
from urllib.parse import urlencode

import pytest

from houston.core.db.session import Session
from houston.modules.auth.models import AuthorizationCode
from tests.clients_of_roles import Client
from tests.factories.auth import ClientFactory
from tests.factories.users import PASSWORD, UserFactory

CLIENTS = "/api/v1/auth/clients"
APP = "org.example.app:/callback"
CHALLENGE = "c" * 43


def register(caller: Client, address: str, **values: Any) -> Any:
    body = {"default_scopes": ["users:read"], "redirect_uris": [address], **values}
    return caller.post_json(CLIENTS, body)


def page(redirect_uri: str, *registered: str) -> str:
    """Return the address of the consent page of a new client."""
    client = ClientFactory(level="public", redirect_uris=list(registered))
    parameters = {
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": redirect_uri,
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    return f"/auth/oauth2/authorize?{urlencode(parameters)}"


class TestRegistration:
    @pytest.mark.parametrize(
        "address", [APP, "com.example-1.app:/", "http://127.0.0.1/callback", "http://[::1]:80/cb"]
    )
    def test_public_client(self, user: Client, address: str) -> None:
        assert register(user, address).json["redirect_uris"] == [address]

    def test_confidential_client_is_no_app(self, user: Client) -> None:
        refused = register(user, APP, level="confidential")
        assert refused.status_int == 422
        assert list(refused.json["messages"]) == ["redirect_uris.0"]
        made = register(user, "https://a.org", level="confidential").json
        change = [{"op": "add", "path": "/redirect_uris/-", "value": APP}]
        assert user.patch_json(f"{CLIENTS}/{made['guid']}", change).status_int == 422

    @pytest.mark.parametrize(
        "address",
        [
            "app:/callback",
            "org.example.app:callback",
            "org.example.app://host/callback",
            "org.example.app:/callback#x",
            "org.example.app:/é",
            "org.example.app:/\x00",
            "javascript:alert(1)",
            "https://[::1",
            "https://a.org:99999/",
            "https://a.org:x/",
            "https://a\\.org/",
            "https://user@a.org/",
            "http://127.0.0.1.evil.example.com/",
            "http://127.0.0.1:1@evil.example.com/",
            "ftp://a.org/",
            "/callback",
            "",
        ],
    )
    def test_other_addresses_are_refused(self, user: Client, address: str) -> None:
        refused = register(user, address)
        assert refused.status_int == 422
        assert list(refused.json["messages"]) == ["redirect_uris.0"]


class TestAuthorization:
    @pytest.mark.parametrize(
        ("registered", "asked"),
        [
            ("http://127.0.0.1/callback", "http://127.0.0.1:53124/callback"),
            ("http://127.0.0.1:8000/callback", "http://127.0.0.1/callback"),
            ("http://[::1]/callback?a=b", "http://[::1]:53124/callback?a=b"),
            ("http://localhost/", "http://localhost:1/"),
            (APP, APP),
        ],
    )
    def test_code_is_sent_to_the_app(
        self, anonymous: Client, db: Session, registered: str, asked: str
    ) -> None:
        address = page(asked, "https://a.org/", registered)
        assert anonymous.get(address).status_int == 200
        anonymous.post(address, {"username": UserFactory().username, "password": PASSWORD})
        shown = anonymous.get(address)
        source = next(
            each
            for each in shown.headers["Content-Security-Policy"].split("; ")
            if each.startswith("form-action")
        ).split()[-1]
        assert asked.startswith(source)
        sent = anonymous.post(address, {"decision": "allow"})
        assert sent.status_int == 303
        assert sent.headers["Location"].startswith(asked)
        assert "code=" in sent.headers["Location"]
        assert db.query(AuthorizationCode).one().redirect_uri == asked

    @pytest.mark.parametrize(
        "asked",
        [
            "http://127.0.0.1:53124/other",
            "http://127.0.0.1:53124/callback?a=b",
            "http://127.0.0.2:53124/callback",
            "http://127.0.0.1:99999/callback",
            "http://127.0.0.1:/callback",
            "http://127.0.0.1:1:2/callback",
            "http://127.0.0.1:80@evil.example.com/callback",
            "http://localhost/callback",
            "https://127.0.0.1/callback",
            "https://[::1",
            "https://[::1]:x/callback",
            "https://a.org:444/",
            "org.example.app:/callback",
            "http://127.0.0.1/callback/\u20ac",
            "http://127.0.0.1/callback/" + "a" * 3000,
        ],
    )
    def test_other_addresses_are_not_followed(self, anonymous: Client, asked: str) -> None:
        refused = anonymous.get(page(asked, "http://127.0.0.1/callback", "https://a.org/"))
        assert refused.status_int == 400
        assert refused.json["error"] == "invalid_request"

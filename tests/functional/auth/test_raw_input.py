"""Odd text and files at the addresses that read their input by themselves."""

from typing import Any
from urllib.parse import urlencode

import pytest

from houston.modules.auth.models import Client as OAuth2Client
from tests.clients_of_roles import Client
from tests.factories.auth import SECRET, ClientFactory
from tests.factories.users import PASSWORD, UserFactory

ODD = ["\x00", "a\x00b", "\u20ac", "\U0001f433", "\ufb03" * 10_000, "\u202e", "%00", "\r\nX: y"]
TOKEN, REVOKE, INTROSPECT = (f"/auth/oauth2/{name}" for name in ("token", "revoke", "introspect"))


@pytest.fixture
def program(db: Any) -> OAuth2Client:
    return ClientFactory()  # type: ignore[no-any-return]


def consent_page(client: OAuth2Client, **changed: str) -> str:
    parameters = {
        "response_type": "code",
        "client_id": client.client_id,
        "code_challenge": "c" * 43,
        "code_challenge_method": "S256",
        **changed,
    }
    return f"/auth/oauth2/authorize?{urlencode(parameters)}"


@pytest.mark.parametrize("text", ODD)
class TestOddText:
    def test_consent(self, anonymous: Client, program: OAuth2Client, text: str) -> None:
        fields = {"username": UserFactory().username, "password": PASSWORD}
        for name in ("username", "password", "decision", "other"):
            response = anonymous.post(consent_page(program), {**fields, name: text})
            assert response.status_int in (200, 303, 400, 413), response.text
            if response.status_int == 400:
                assert list(response.json["messages"]) == [name]

    @pytest.mark.parametrize("name", ["client_id", "redirect_uri", "scope", "state", "nonce"])
    def test_authorization_address(
        self, anonymous: Client, program: OAuth2Client, text: str, name: str
    ) -> None:
        address = consent_page(program, **{name: text})
        for response in (anonymous.get(address), anonymous.post(address, {})):
            assert response.status_int in (200, 303, 400), response.text

    @pytest.mark.parametrize("address", [TOKEN, REVOKE, INTROSPECT])
    def test_forms(self, anonymous: Client, program: OAuth2Client, text: str, address: str) -> None:
        whole = {
            "grant_type": "password",
            "client_id": program.client_id,
            "client_secret": SECRET,
            "username": "nobody",
            "password": "x",
            "token": "x",
            "refresh_token": "x",
            "code": "x",
            "code_verifier": "x",
        }
        for name in whole:
            response = anonymous.post(address, {**whole, name: text})
            assert response.status_int in (200, 400, 401, 413), response.text

    def test_sign_in(self, anonymous: Client, text: str) -> None:
        for name in ("email", "password"):
            body = {"email": "nobody", "password": "x", name: text}
            for send in (anonymous.post, anonymous.post_json):
                assert send("/api/v1/auth/sessions", body).status_int in (401, 413, 422)

    def test_codes(self, anonymous: Client, text: str) -> None:
        for address in ("code/", "code/0"):
            path = f"/api/v1/auth/{address}{urlencode({'': text})[1:][:500]}"
            for response in (anonymous.get(path), anonymous.post_json(path, {"password": text})):
                assert response.status_int in (400, 404, 422), response.text


class TestFiles:
    def test_consent(self, anonymous: Client, program: OAuth2Client) -> None:
        for name in ("username", "password", "decision"):
            response = anonymous.post(
                consent_page(program), {"x": "y"}, upload_files=[(name, "a.txt", b"x")]
            )
            assert response.status_int == 400
            assert name in response.json["messages"]

    @pytest.mark.parametrize("address", [TOKEN, REVOKE, INTROSPECT])
    def test_forms(self, anonymous: Client, address: str) -> None:
        for name in ("grant_type", "client_id", "token", "password"):
            files = [(name, "a.txt", b"x")]
            response = anonymous.post(address, {"x": "y"}, upload_files=files)
            assert response.status_int == 400
            assert name in response.json["message"]

    def test_sign_out(self, anonymous: Client) -> None:
        files = [("next", "a.txt", b"x")]
        assert anonymous.post("/logout", {}, upload_files=files).status_int == 422

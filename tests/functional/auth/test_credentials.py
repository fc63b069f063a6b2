"""OAuth2 clients and tokens are visible to their owners only."""

from typing import Any

import pytest
from pyramid.router import Router
from sqlalchemy import select

from houston.core.db.session import Session
from houston.core.services import services_of
from houston.modules.auth.models import Client as OAuth2Client
from houston.modules.auth.models import Token
from houston.modules.auth.usage import Usage
from tests.clients_of_roles import Client
from tests.factories.auth import ClientFactory
from tests.factories.users import PASSWORD

CLIENTS = "/api/v1/auth/clients"
TOKENS = "/api/v1/auth/tokens"
PERSONAL = "/api/v1/auth/personal_tokens"


class TestClients:
    def create(self, caller: Client, **values: Any) -> Any:
        return caller.post_json(CLIENTS, {"default_scopes": ["users:read"], **values})

    def test_secret_is_shown_once_and_works(self, user: Client, db: Session) -> None:
        created = self.create(user, redirect_uris=["https://a.org/cb"], name="Map")
        assert created.status_int == 200
        assert created.json["user_guid"] == str(user.account.guid)
        assert created.json["client_id"] == created.json["guid"]
        client = created.json
        secret = client.pop("secret")
        assert user.get(CLIENTS).json == [client]
        assert user.get(f"{CLIENTS}/{client['guid']}").json == client
        form = {
            "grant_type": "client_credentials",
            "client_id": created.json["client_id"],
            "client_secret": secret,
        }
        assert user.post("/auth/oauth2/token", form).json["scope"] == "users:read"
        (row,) = db.scalars(select(OAuth2Client))
        assert row.secret_digest != secret

    @pytest.mark.parametrize(
        ("values", "status", "field"),
        [
            ({"default_scopes": []}, 422, "default_scopes"),
            ({"default_scopes": ["zebras:read"]}, 422, "default_scopes"),
            ({"default_scopes": ["users:read", "users:read"]}, 422, "default_scopes"),
            ({"default_scopes": "users:read"}, 422, "default_scopes"),
            ({"redirect_uris": ["javascript:alert(1)"]}, 422, "redirect_uris.0"),
            ({"redirect_uris": ["http://a.org/cb"]}, 422, "redirect_uris.0"),
            ({"redirect_uris": ["https://a.org/cb#x"]}, 422, "redirect_uris.0"),
            ({"redirect_uris": ["https://["]}, 422, "redirect_uris.0"),
            ({"level": "session"}, 422, "level"),
            ({"name": "Map\u202e"}, 422, "name"),
            ({"first_party": True}, 403, "first_party"),
        ],
    )
    def test_invalid_client_is_refused_by_field(
        self, user: Client, values: dict[str, Any], status: int, field: str
    ) -> None:
        response = self.create(user, **values)
        assert response.status_int == status
        assert list(response.json["messages"]) == [field]
        assert user.get(CLIENTS).json == []

    @pytest.mark.parametrize(
        "address", ["https://a.org/cb", "http://127.0.0.1:8000/", "http://[::1]/"]
    )
    def test_redirect_uri_uses_https_or_localhost(self, user: Client, address: str) -> None:
        assert self.create(user, redirect_uris=[address]).json["redirect_uris"] == [address]

    def test_administrators_create_clients_of_the_site(self, admin: Client, user: Client) -> None:
        assert self.create(admin, first_party=True).json["first_party"] is True
        refused = self.create(user, first_party=True).json
        assert "administrators" in refused["messages"]["first_party"][0]
        assert self.create(user, first_party=False).json["first_party"] is False

    def test_client_has_no_more_scopes_than_the_token(self, client_for: Any, user: Client) -> None:
        narrow = client_for(user.account, scopes="auth:read auth:write")
        response = self.create(narrow)
        assert response.status_int == 403
        assert response.json["reason"] == "insufficient_scope"

    def test_scopes_and_redirect_uris_are_patched(self, user: Client) -> None:
        address = f"{CLIENTS}/{self.create(user).json['guid']}"
        changed = user.patch_json(
            address,
            [
                {"op": "add", "path": "/default_scopes", "value": "teams:read"},
                {"op": "remove", "path": "/default_scopes", "value": "users:read"},
                {"op": "add", "path": "/redirect_uris/-", "value": "https://a.org/cb"},
                {"op": "replace", "path": "/name", "value": "Map"},
            ],
        )
        assert changed.status_int == 200
        assert changed.json["default_scopes"] == ["teams:read"]
        assert changed.json["redirect_uris"] == ["https://a.org/cb"]
        assert changed.json["name"] == "Map"

    @pytest.mark.parametrize(
        ("operation", "status"),
        [
            ({"op": "add", "path": "/default_scopes", "value": "zebras:read"}, 422),
            ({"op": "replace", "path": "/default_scopes/5", "value": "users:read"}, 409),
            ({"op": "replace", "path": "/name", "value": "Map\u202e"}, 422),
            ({"op": "replace", "path": "/secret", "value": "x"}, 422),
            ({"op": "add", "path": "/redirect_uris/-", "value": "http://a.org/cb"}, 422),
            ({"op": "replace", "path": "/first_party", "value": True}, 422),
        ],
    )
    def test_invalid_patch_changes_nothing(
        self, user: Client, operation: dict[str, Any], status: int
    ) -> None:
        address = f"{CLIENTS}/{self.create(user).json['guid']}"
        before = user.get(address).json
        rename = {"op": "replace", "path": "/name", "value": "Map"}
        assert user.patch_json(address, [rename, operation]).status_int == status
        assert user.get(address).json == before

    def test_deleting_a_client_deletes_its_tokens(
        self, user: Client, admin: Client, db: Session
    ) -> None:
        created = self.create(user).json
        form = {
            "grant_type": "client_credentials",
            "client_id": created["client_id"],
            "client_secret": created["secret"],
        }
        token = user.post("/auth/oauth2/token", form).json["access_token"]
        assert user.delete(f"{CLIENTS}/{created['guid']}").status_int == 204
        headers = {"Authorization": f"Bearer {token}"}
        assert user.get("/api/v1/users/me", headers=headers).status_int == 401

    def test_others_see_nothing(self, user: Client, other: Client, admin: Client) -> None:
        address = f"{CLIENTS}/{self.create(user).json['guid']}"
        assert other.get(CLIENTS).json == []
        assert other.get(address).status_int == 403
        assert other.patch_json(address, []).status_int == 403
        assert other.delete(address).status_int == 403
        assert admin.get(address).status_int == 200


class TestTokens:
    def test_own_tokens_are_listed_without_their_text(self, user: Client, other: Client) -> None:
        (token,) = user.get(TOKENS).json
        assert token["scopes"]
        assert token["client"] is None
        assert set(token) == {
            "guid",
            "name",
            "client",
            "scopes",
            "created",
            "expires",
            "last_used",
        }

    def test_last_use_is_recorded_with_a_delay(
        self, app: Router, user: Client, db: Session
    ) -> None:
        user.get("/api/v1/users/me")
        services_of(app)[Usage].write(db)
        db.commit()
        (token,) = user.get(TOKENS).json
        assert token["last_used"] is not None

    def test_token_can_be_revoked(self, user: Client, client_for: Any) -> None:
        elsewhere = client_for(user.account)
        newest, _ = user.get(TOKENS).json
        address = f"{TOKENS}/{newest['guid']}"
        assert user.get(address).json == newest
        assert user.delete(address).status_int == 204
        assert elsewhere.get(TOKENS).status_int == 401
        assert len(user.get(TOKENS).json) == 1

    def test_others_see_nothing(self, user: Client, other: Client) -> None:
        (token,) = user.get(TOKENS).json
        assert other.get(f"{TOKENS}/{token['guid']}").status_int == 403
        assert other.delete(f"{TOKENS}/{token['guid']}").status_int == 403

    def test_client_of_a_token_is_listed(self, user: Client, db: Session) -> None:
        program = ClientFactory(level="public", name="Map")
        form = {
            "grant_type": "password",
            "client_id": program.client_id,
            "username": user.account.username,
            "password": PASSWORD,
        }
        user.post("/auth/oauth2/token", form)
        assert "Map" in {token["client"] for token in user.get(TOKENS).json}


class TestPersonalTokens:
    def create(self, caller: Client, **values: Any) -> Any:
        body = {"name": "Nightly export", "scopes": ["users:read"], **values}
        return caller.post_json(PERSONAL, body)

    def test_token_allows_its_scopes(self, user: Client, db: Session) -> None:
        created = self.create(user)
        assert created.status_int == 200
        assert created.json["expires"] is None
        secret = created.json["access_token"]
        assert secret not in {row.access_digest for row in db.scalars(select(Token))}
        headers = {"Authorization": f"Bearer {secret}"}
        assert user.get("/api/v1/users/me", headers=headers).status_int == 200
        refused = user.post_json("/api/v1/teams", {"title": "A"}, headers=headers)
        assert refused.status_int == 403
        assert "access_token" not in user.get(f"{TOKENS}/{created.json['guid']}").json

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"name": ""}, "name"),
            ({"name": "Nightly\nexport"}, "name"),
            ({"scopes": []}, "scopes"),
            ({"scopes": ["zebras:read"]}, "scopes"),
            ({"expires": "2020-01-01T00:00:00Z"}, "expires"),
            ({"expires": "tomorrow"}, "expires"),
            ({"expires": "2030-01-01T00:00:00"}, "expires"),
        ],
    )
    def test_invalid_token_is_refused_by_field(
        self, user: Client, values: dict[str, Any], field: str
    ) -> None:
        response = self.create(user, **values)
        assert response.status_int == 422
        assert list(response.json["messages"]) == [field]

    def test_token_has_no_more_scopes_than_the_creating_one(
        self, client_for: Any, user: Client
    ) -> None:
        narrow = client_for(user.account, scopes="auth:write")
        assert self.create(narrow).status_int == 403
        assert self.create(narrow, scopes=["auth:write"]).status_int == 200

    def test_new_password_revokes_it(self, user: Client) -> None:
        secret = self.create(user).json["access_token"]
        operations = [
            {"op": "test", "path": "/current_password", "value": PASSWORD},
            {"op": "replace", "path": "/password", "value": "a new engine"},
        ]
        user.patch_json(f"/api/v1/users/{user.account.guid}", operations)
        headers = {"Authorization": f"Bearer {secret}"}
        assert user.get("/api/v1/users/me", headers=headers).status_int == 401

"""The OAuth2 endpoints: grants, client authentication, and errors."""

from base64 import b64encode, urlsafe_b64encode
from datetime import timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, quote_plus, urlencode, urlsplit

import pytest
from pyramid.router import Router
from sqlalchemy import select

from houston.core.db.session import Session
from houston.core.db.types import utc_now
from houston.modules.auth.models import AuthorizationCode, Client, Token
from tests.clients_of_roles import Client as Caller
from tests.factories.auth import SCOPES, SECRET, ClientFactory
from tests.factories.users import PASSWORD, UserFactory
from tests.parts import setting

TOKEN = "/auth/oauth2/token"
FIELDS = ["token_type", "access_token", "refresh_token", "expires_in", "scope"]


@pytest.fixture
def program(db: Session) -> Client:
    """Create a confidential client of the site."""
    client: Client = ClientFactory()
    return client


@pytest.fixture
def page(db: Session) -> Client:
    """Create a public client of the site."""
    client: Client = ClientFactory(level="public")
    return client


def basic(client_id: str, secret: str = "") -> dict[str, str]:
    return {"Authorization": f"Basic {b64encode(f'{client_id}:{secret}'.encode()).decode()}"}


def by_password(client: Client, account: Any, **more: str) -> dict[str, str]:
    return {
        "grant_type": "password",
        "client_id": client.client_id,
        "username": account.username,
        "password": PASSWORD,
        **more,
    }


def check_refusal(response: Any, status: int, error: str) -> None:
    assert response.status_int == status, response.text
    assert response.json["error"] == error
    assert response.json["status"] == status
    assert "no-store" in response.headers["Cache-Control"]


class TestPasswordGrant:
    def test_response_conforms_to_the_standard(self, anonymous: Caller, page: Client) -> None:
        response = anonymous.post(TOKEN, by_password(page, UserFactory()))
        assert response.status_int == 200
        assert list(response.json) == FIELDS
        assert response.json["token_type"] == "Bearer"
        assert response.json["expires_in"] == 3600
        assert response.json["scope"] == " ".join(SCOPES)
        assert response.headers["Cache-Control"] == "no-store"

    def test_token_has_the_permissions_of_its_user(self, anonymous: Caller, page: Client) -> None:
        user = UserFactory()
        token = anonymous.post(TOKEN, by_password(page, user)).json["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        assert anonymous.get("/api/v1/users/me", headers=headers).json["id"] == user.id
        assert (
            anonymous.post_json("/api/v1/teams", {"title": "A"}, headers=headers).status_int == 403
        )

    def test_tokens_are_stored_as_digests(
        self, anonymous: Caller, page: Client, db: Session
    ) -> None:
        response = anonymous.post(TOKEN, by_password(page, UserFactory())).json
        (row,) = db.scalars(select(Token))
        stored = f"{row.access_digest} {row.refresh_digest}"
        assert response["access_token"] not in stored
        assert response["refresh_token"] not in stored
        assert row.access_digest == sha256(response["access_token"].encode()).hexdigest()

    @pytest.mark.parametrize("name", ["username", "email"])
    def test_username_or_email_in_any_case(
        self, anonymous: Caller, page: Client, name: str
    ) -> None:
        user = UserFactory()
        form = by_password(page, user, username=getattr(user, name).upper())
        assert anonymous.post(TOKEN, form).status_int == 200

    def test_grant_type_in_the_url(self, anonymous: Caller, page: Client) -> None:
        form = by_password(page, UserFactory())
        del form["grant_type"]
        assert anonymous.post(f"{TOKEN}?grant_type=password", form).status_int == 200

    def test_multipart_form(self, anonymous: Caller, page: Client) -> None:
        form = by_password(page, UserFactory())
        response = anonymous.post(TOKEN, form, content_type="multipart/form-data")
        assert response.status_int == 200

    def test_client_by_basic_with_an_empty_secret(self, anonymous: Caller, page: Client) -> None:
        form = by_password(page, UserFactory())
        del form["client_id"]
        response = anonymous.post(TOKEN, form, headers=basic(page.client_id))
        assert response.status_int == 200

    def test_credentials_in_the_url(self, app: Router, anonymous: Caller, page: Client) -> None:
        address = f"{TOKEN}?{urlencode(by_password(page, UserFactory()))}"
        with setting(app, "houston.oauth2.allow_credentials_in_url", True):
            response = anonymous.get(address)
        assert list(response.json) == FIELDS
        headers = {"Authorization": f"Bearer {response.json['access_token']}"}
        assert anonymous.get("/api/v1/users/me", headers=headers).status_int == 200

    def test_credentials_in_the_url_are_refused_in_production(
        self, app: Router, anonymous: Caller, page: Client
    ) -> None:
        address = f"{TOKEN}?{urlencode(by_password(page, UserFactory()))}"
        with setting(app, "houston.oauth2.allow_credentials_in_url", False):
            responses = [anonymous.get(address), anonymous.post(address)]
        for response in responses:
            check_refusal(response, 400, "invalid_request")
            assert "POST" in response.json["message"]

    def test_fewer_scopes_on_request(self, anonymous: Caller, page: Client) -> None:
        form = by_password(page, UserFactory(), scope="users:write  users:read")
        assert anonymous.post(TOKEN, form).json["scope"] == "users:read users:write"

    @pytest.mark.parametrize("scope", ["", " ", "  "])
    def test_empty_scope(self, anonymous: Caller, page: Client, scope: str) -> None:
        for form in (
            by_password(page, UserFactory(), scope=scope),
            {"grant_type": "refresh_token", "refresh_token": "x", "client_id": page.client_id}
            | {"scope": scope},
        ):
            check_refusal(anonymous.post(TOKEN, form), 400, "invalid_scope")

    def test_get_reads_no_form(self, app: Router, anonymous: Caller, page: Client) -> None:
        form = urlencode(by_password(page, UserFactory())).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        for allowed in (True, False):
            for address in (TOKEN, f"{TOKEN}?grant_type=password"):
                with setting(app, "houston.oauth2.allow_credentials_in_url", allowed):
                    response = anonymous.request(address, method="GET", body=form, headers=headers)
                check_refusal(response, 400, "invalid_request")

    def test_get_issues_no_tokens_in_production(
        self, app: Router, anonymous: Caller, program: Client
    ) -> None:
        address, headers = (
            f"{TOKEN}?grant_type=client_credentials",
            basic(program.client_id, SECRET),
        )
        with setting(app, "houston.oauth2.allow_credentials_in_url", False):
            check_refusal(anonymous.get(address, headers=headers), 400, "invalid_request")

    def test_more_scopes_than_the_client_has(self, anonymous: Caller, page: Client) -> None:
        form = by_password(page, UserFactory(), scope="teams:write")
        check_refusal(anonymous.post(TOKEN, form), 400, "invalid_scope")

    def test_unknown_name_and_wrong_password_have_the_same_response(
        self, anonymous: Caller, page: Client
    ) -> None:
        user = UserFactory()
        wrong = anonymous.post(TOKEN, by_password(page, user, password="wrong"))
        unknown = anonymous.post(TOKEN, by_password(page, user, username="nobody"))
        locked = anonymous.post(TOKEN, by_password(page, UserFactory(is_active=False)))
        for response in (wrong, unknown, locked):
            check_refusal(response, 400, "invalid_grant")
            assert response.json["message"] == wrong.json["message"]

    def test_failures_are_rate_limited_by_account(self, anonymous: Caller, page: Client) -> None:
        user = UserFactory()
        for _ in range(10):
            anonymous.post(TOKEN, by_password(page, user, password="wrong"))
        response = anonymous.post(TOKEN, by_password(page, user))
        assert response.status_int == 429
        assert int(response.headers["Retry-After"]) > 0

    def test_third_party_clients_cannot_use_the_password_grant(self, anonymous: Caller) -> None:
        foreign = ClientFactory(level="public", first_party=False)
        response = anonymous.post(TOKEN, by_password(foreign, UserFactory()))
        check_refusal(response, 400, "unauthorized_client")
        own = anonymous.post(TOKEN, by_password(foreign, foreign.user))
        assert own.status_int == 200

    @pytest.mark.parametrize("missing", ["username", "password", "grant_type"])
    def test_missing_parameter(self, anonymous: Caller, page: Client, missing: str) -> None:
        form = by_password(page, UserFactory())
        del form[missing]
        error = "unsupported_grant_type" if missing == "grant_type" else "invalid_request"
        check_refusal(anonymous.post(TOKEN, form), 400, error)

    def test_repeated_parameter(self, anonymous: Caller, page: Client) -> None:
        form = [*by_password(page, UserFactory()).items(), ("password", "other")]
        check_refusal(anonymous.post(TOKEN, urlencode(form)), 400, "invalid_request")

    @pytest.mark.parametrize("value", ["\x00", "é" * 5000, "%", "😀"])
    def test_invalid_parameters(self, anonymous: Caller, page: Client, value: str) -> None:
        for name in ("username", "password", "client_id", "scope", "grant_type"):
            form = by_password(page, UserFactory(), **{name: value})
            assert anonymous.post(TOKEN, form).status_int in (400, 401)

    def test_password_is_hashed_again_when_parameters_change(
        self, anonymous: Caller, page: Client, db: Session
    ) -> None:
        from argon2 import PasswordHasher

        user = UserFactory()
        user.password = old = PasswordHasher(time_cost=1, memory_cost=16, parallelism=1).hash(
            PASSWORD
        )
        db.commit()
        assert anonymous.post(TOKEN, by_password(page, user)).status_int == 200
        db.refresh(user)
        assert user.password != old
        assert anonymous.post(TOKEN, by_password(page, user)).status_int == 200


class TestRefreshing:
    @pytest.fixture
    def first(self, anonymous: Caller, page: Client) -> dict[str, str]:
        response: dict[str, str] = anonymous.post(TOKEN, by_password(page, UserFactory())).json
        return response

    def refresh(self, caller: Caller, client: Client, token: str, **more: str) -> Any:
        form = {"grant_type": "refresh_token", "refresh_token": token, **more}
        return caller.post(TOKEN, form, headers=basic(client.client_id))

    def opens(self, caller: Caller, token: str) -> bool:
        headers = {"Authorization": f"Bearer {token}"}
        return bool(caller.get("/api/v1/users/me", headers=headers).status_int == 200)

    def test_both_tokens_are_replaced(
        self, anonymous: Caller, page: Client, first: dict[str, str]
    ) -> None:
        response = self.refresh(anonymous, page, first["refresh_token"])
        assert list(response.json) == FIELDS
        assert response.json["scope"] == first["scope"]
        assert self.opens(anonymous, response.json["access_token"])
        assert not self.opens(anonymous, first["access_token"])

    def test_reuse_revokes_the_family(
        self, anonymous: Caller, page: Client, first: dict[str, str], db: Session
    ) -> None:
        second = self.refresh(anonymous, page, first["refresh_token"]).json
        row = db.scalars(select(Token).where(Token.spent.is_not(None))).one()
        row.spent = utc_now() - timedelta(seconds=30)
        db.commit()
        reused = self.refresh(anonymous, page, first["refresh_token"])
        check_refusal(reused, 400, "invalid_grant")
        assert not self.opens(anonymous, second["access_token"])
        third = self.refresh(anonymous, page, second["refresh_token"])
        check_refusal(third, 400, "invalid_grant")

    def test_simultaneous_requests_get_the_same_tokens(
        self, anonymous: Caller, page: Client, first: dict[str, str], db: Session
    ) -> None:
        answers = [self.refresh(anonymous, page, first["refresh_token"]).json for _ in range(4)]
        assert [answer == answers[0] for answer in answers] == [True] * 4
        assert self.opens(anonymous, answers[0]["access_token"])
        digests = {row.refresh_digest for row in db.scalars(select(Token))}
        assert len(digests) == 2
        assert not digests & {answers[0]["refresh_token"], first["refresh_token"]}
        following = self.refresh(anonymous, page, answers[0]["refresh_token"])
        assert self.opens(anonymous, following.json["access_token"])

    def test_repeated_token_is_refused_once_the_next_one_is_used(
        self, anonymous: Caller, page: Client, first: dict[str, str]
    ) -> None:
        second = self.refresh(anonymous, page, first["refresh_token"]).json
        third = self.refresh(anonymous, page, second["refresh_token"]).json
        refused = self.refresh(anonymous, page, first["refresh_token"])
        check_refusal(refused, 400, "invalid_grant")
        assert not self.opens(anonymous, third["access_token"])

    def test_repeated_token_does_not_outlive_a_revocation(
        self, anonymous: Caller, page: Client, first: dict[str, str]
    ) -> None:
        second = self.refresh(anonymous, page, first["refresh_token"]).json
        form = {"token": second["access_token"], "client_id": page.client_id}
        anonymous.post("/auth/oauth2/revoke", form)
        refused = self.refresh(anonymous, page, first["refresh_token"])
        check_refusal(refused, 400, "invalid_grant")

    def test_other_clients_cannot_repeat_it(
        self, anonymous: Caller, page: Client, first: dict[str, str]
    ) -> None:
        second = self.refresh(anonymous, page, first["refresh_token"]).json
        other = ClientFactory(level="public")
        check_refusal(self.refresh(anonymous, other, first["refresh_token"]), 400, "invalid_grant")
        assert self.opens(anonymous, second["access_token"])

    def test_client_that_has_lost_all_scopes(
        self, anonymous: Caller, page: Client, first: dict[str, str], db: Session
    ) -> None:
        page.default_scopes = ["notifications:read"]
        db.commit()
        check_refusal(self.refresh(anonymous, page, first["refresh_token"]), 400, "invalid_grant")

    def test_scopes_can_be_narrowed_and_not_widened(
        self, anonymous: Caller, page: Client, first: dict[str, str]
    ) -> None:
        wide = self.refresh(anonymous, page, first["refresh_token"], scope="teams:write")
        check_refusal(wide, 400, "invalid_scope")
        narrow = self.refresh(anonymous, page, first["refresh_token"], scope="users:read")
        assert narrow.json["scope"] == "users:read"

    def test_other_clients_cannot_use_it(self, anonymous: Caller, first: dict[str, str]) -> None:
        other = ClientFactory(level="public")
        check_refusal(self.refresh(anonymous, other, first["refresh_token"]), 400, "invalid_grant")

    def test_expired_refresh_token_is_refused(
        self, anonymous: Caller, page: Client, first: dict[str, str], db: Session
    ) -> None:
        (row,) = db.scalars(select(Token))
        row.refresh_expires = utc_now() - timedelta(seconds=1)
        db.commit()
        check_refusal(self.refresh(anonymous, page, first["refresh_token"]), 400, "invalid_grant")

    def test_expired_access_token_is_refused(
        self, anonymous: Caller, first: dict[str, str], db: Session
    ) -> None:
        (row,) = db.scalars(select(Token))
        row.expires = utc_now() - timedelta(seconds=1)
        db.commit()
        assert not self.opens(anonymous, first["access_token"])


class TestClientCredentials:
    FORM = {"grant_type": "client_credentials"}

    @pytest.mark.parametrize("secret", [SECRET, "KQ()SWK)SQK)QWSKQW(S*HQ&HQW*SQ*^S+%41 x:y"])
    def test_token_acts_for_the_owner(self, anonymous: Caller, db: Session, secret: str) -> None:
        client = ClientFactory(secret_digest=sha256(secret.encode()).hexdigest())
        for shown in (secret, quote_plus(secret)):
            response = anonymous.post(TOKEN, self.FORM, headers=basic(client.client_id, shown))
            assert list(response.json) == ["token_type", "access_token", "expires_in", "scope"]
        headers = {"Authorization": f"Bearer {response.json['access_token']}"}
        assert anonymous.get("/api/v1/users/me", headers=headers).json["id"] == client.user_id

    def test_secret_in_the_form(self, anonymous: Caller, program: Client) -> None:
        form = {**self.FORM, "client_id": program.client_id, "client_secret": SECRET}
        assert anonymous.post(TOKEN, form).status_int == 200

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            basic("unknown", SECRET),
            basic("", ""),
            {"Authorization": "Basic !!!"},
            {"Authorization": "Basic gIGC"},
            {"Authorization": "Basic"},
        ],
    )
    def test_invalid_client_is_challenged(self, anonymous: Caller, headers: dict[str, str]) -> None:
        response = anonymous.post(TOKEN, self.FORM, headers=headers)
        check_refusal(response, 401, "invalid_client")
        assert response.headers["WWW-Authenticate"].startswith("Basic")

    def test_wrong_secret(self, anonymous: Caller, program: Client, page: Client) -> None:
        for client in (program, page):
            for secret in ("", "wrong"):
                response = anonymous.post(TOKEN, self.FORM, headers=basic(client.client_id, secret))
                check_refusal(response, 401, "invalid_client")

    def test_confidential_client_needs_its_secret(self, anonymous: Caller, program: Client) -> None:
        response = anonymous.post(TOKEN, by_password(program, UserFactory()))
        check_refusal(response, 401, "invalid_client")


class TestRevocation:
    @pytest.mark.parametrize("address", ["/auth/oauth2/revoke", "/api/v1/auth/revoke"])
    @pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
    def test_token_and_its_family_are_revoked(
        self, anonymous: Caller, page: Client, address: str, kind: str
    ) -> None:
        answer = anonymous.post("/api/v1/auth/tokens", by_password(page, UserFactory())).json
        form = {"token": answer[kind], "client_id": page.client_id}
        response = anonymous.post(address, form)
        assert response.status_int == 200
        assert response.body == b""
        headers = {"Authorization": f"Bearer {answer['access_token']}"}
        assert anonymous.get("/api/v1/users/me", headers=headers).status_int == 401

    def test_unknown_token_counts_as_revoked(self, anonymous: Caller, page: Client) -> None:
        form = {"token": "unknown", "client_id": page.client_id}
        assert anonymous.post("/auth/oauth2/revoke", form).status_int == 200

    def test_tokens_of_other_clients_are_not_revoked(self, anonymous: Caller, page: Client) -> None:
        response = anonymous.post(TOKEN, by_password(page, UserFactory())).json
        other = ClientFactory(level="public")
        form = {"token": response["access_token"], "client_id": other.client_id}
        assert anonymous.post("/auth/oauth2/revoke", form).status_int == 200
        headers = {"Authorization": f"Bearer {response['access_token']}"}
        assert anonymous.get("/api/v1/users/me", headers=headers).status_int == 200

    def test_invalid_client(self, anonymous: Caller) -> None:
        form = {"token": "unknown", "client_id": "unknown"}
        check_refusal(anonymous.post("/auth/oauth2/revoke", form), 401, "invalid_client")


class TestIntrospection:
    ADDRESS = "/auth/oauth2/introspect"

    def test_valid_token_is_described(
        self, anonymous: Caller, page: Client, program: Client
    ) -> None:
        user = UserFactory()
        token = anonymous.post(TOKEN, by_password(page, user)).json["access_token"]
        response = anonymous.post(
            self.ADDRESS, {"token": token}, headers=basic(program.client_id, SECRET)
        )
        assert response.json["active"] is True
        assert response.json["username"] == user.username
        assert response.json["client_id"] == page.client_id
        assert response.json["sub"] == str(user.guid)
        assert response.json["exp"] - response.json["iat"] == pytest.approx(3600, abs=2)

    def test_invalid_token_is_only_inactive(self, anonymous: Caller, program: Client) -> None:
        response = anonymous.post(
            self.ADDRESS, {"token": "unknown"}, headers=basic(program.client_id, SECRET)
        )
        assert response.json == {"active": False}

    def test_clients_of_users_learn_about_their_own_tokens_alone(
        self, anonymous: Caller, page: Client
    ) -> None:
        mine = ClientFactory(first_party=False)
        headers = basic(mine.client_id, SECRET)
        own = anonymous.post(TOKEN, {"grant_type": "client_credentials"}, headers=headers).json
        foreign = anonymous.post(TOKEN, by_password(page, UserFactory())).json
        for token, active in ((own["access_token"], True), (foreign["access_token"], False)):
            described = anonymous.post(self.ADDRESS, {"token": token}, headers=headers).json
            assert described["active"] is active
            assert ("username" in described) is active

    def test_public_client_cannot_introspect(self, anonymous: Caller, page: Client) -> None:
        form = {"token": "unknown", "client_id": page.client_id}
        check_refusal(anonymous.post(self.ADDRESS, form), 401, "invalid_client")


class TestAuthorizationCode:
    VERIFIER = "v" * 64
    CALLBACK = "https://client.example.org/callback"

    def address(self, client: Client, **changed: str | None) -> str:
        digest = sha256(self.VERIFIER.encode()).digest()
        parameters = {
            "response_type": "code",
            "client_id": client.client_id,
            "redirect_uri": self.CALLBACK,
            "scope": "users:read",
            "state": "xyz",
            "code_challenge": urlsafe_b64encode(digest).decode().rstrip("="),
            "code_challenge_method": "S256",
            **changed,
        }
        given = {name: value for name, value in parameters.items() if value is not None}
        return f"/auth/oauth2/authorize?{urlencode(given)}"

    def sign_in(self, caller: Caller, address: str, account: Any) -> Any:
        return caller.post(address, {"username": account.username, "password": PASSWORD})

    def redirect_parameters(self, response: Any) -> dict[str, str]:
        assert response.status_int == 303, response.text
        assert response.location.startswith(self.CALLBACK)
        return {
            name: value[0] for name, value in parse_qs(urlsplit(response.location).query).items()
        }

    def exchange(self, caller: Caller, client: Client, code: str, **changed: str) -> Any:
        form = {
            "grant_type": "authorization_code",
            "client_id": client.client_id,
            "code": code,
            "redirect_uri": self.CALLBACK,
            "code_verifier": self.VERIFIER,
            **changed,
        }
        return caller.post(TOKEN, form)

    def code(self, caller: Caller, client: Client, account: Any) -> str:
        address = self.address(client)
        self.sign_in(caller, address, account)
        return self.redirect_parameters(caller.post(address, {"decision": "allow"}))["code"]

    def test_complete_flow(self, anonymous: Caller, page: Client, db: Session) -> None:
        user, address = UserFactory(), self.address(page)
        form = anonymous.get(address)
        assert form.status_int == 200
        assert 'name="password"' in form.text
        signed_in = self.sign_in(anonymous, address, user)
        assert signed_in.status_int == 303
        consent = anonymous.get(signed_in.location)
        assert user.full_name in consent.text
        assert "users:read" in consent.text
        assert "frame-ancestors 'none'" in consent.headers["Content-Security-Policy"]
        response = self.redirect_parameters(anonymous.post(address, {"decision": "allow"}))
        assert response["state"] == "xyz"
        assert response["code"] not in {row.digest for row in db.scalars(select(AuthorizationCode))}
        tokens = self.exchange(Caller(anonymous.app), page, response["code"])
        assert list(tokens.json) == FIELDS
        assert tokens.json["scope"] == "users:read"
        headers = {"Authorization": f"Bearer {tokens.json['access_token']}"}
        assert anonymous.get("/api/v1/users/me", headers=headers).json["id"] == user.id

    def test_wrong_password_shows_the_form_again(self, anonymous: Caller, page: Client) -> None:
        response = anonymous.post(
            self.address(page), {"username": UserFactory().username, "password": "wrong"}
        )
        assert response.status_int == 200
        assert 'role="alert"' in response.text

    def test_denial_redirects_to_the_client(self, anonymous: Caller, page: Client) -> None:
        address = self.address(page)
        self.sign_in(anonymous, address, UserFactory())
        response = self.redirect_parameters(anonymous.post(address, {"decision": "deny"}))
        assert response == {"error": "access_denied", "state": "xyz"}

    def test_other_sites_cannot_allow_access(self, anonymous: Caller, page: Client) -> None:
        address = self.address(page)
        self.sign_in(anonymous, address, UserFactory())
        headers = {"Origin": "https://evil.example.com"}
        response = anonymous.post(address, {"decision": "allow"}, headers=headers)
        assert response.status_int == 403

    @pytest.mark.parametrize(
        "changed",
        [
            {"redirect_uri": "https://evil.example.com/"},
            {"redirect_uri": CALLBACK + "/more"},
            {"client_id": "unknown"},
            {"client_id": "<unknown>"},
            {"client_id": None},
        ],
    )
    def test_unknown_redirect_uri_is_not_followed(
        self, anonymous: Caller, page: Client, changed: dict[str, str | None]
    ) -> None:
        response = anonymous.get(self.address(page, **changed))
        assert response.status_int == 400
        assert response.json["error"]

    @pytest.mark.parametrize("query", ["client_id=<x>", "client_id=%", "client_id=%zz", "=", "%ff"])
    def test_malformed_query_is_refused(self, anonymous: Caller, query: str) -> None:
        address = f"/auth/oauth2/authorize?{query}"
        assert anonymous.get(address).status_int == 400
        assert anonymous.post(address, {}).status_int == 400

    @pytest.mark.parametrize(
        ("changed", "error"),
        [
            ({"code_challenge": None}, "invalid_request"),
            ({"code_challenge_method": "plain"}, "invalid_request"),
            ({"code_challenge_method": None}, "invalid_request"),
            ({"code_challenge": "v" * 42}, "invalid_request"),
            ({"code_challenge": "v" * 129}, "invalid_request"),
            ({"code_challenge": "é" * 43}, "invalid_request"),
            ({"scope": "teams:write"}, "invalid_scope"),
            ({"scope": ""}, "invalid_scope"),
            ({"response_type": "token"}, "unsupported_response_type"),
        ],
    )
    def test_errors_redirect_to_the_client(
        self, anonymous: Caller, page: Client, changed: dict[str, str | None], error: str
    ) -> None:
        assert (
            self.redirect_parameters(anonymous.get(self.address(page, **changed)))["error"] == error
        )

    @pytest.mark.parametrize(
        "changed",
        [{"code_verifier": "w" * 64}, {"redirect_uri": "https://other.example.org"}],
    )
    def test_code_requires_the_verifier_and_the_redirect_uri(
        self, anonymous: Caller, page: Client, changed: dict[str, str]
    ) -> None:
        code = self.code(anonymous, page, UserFactory())
        response = self.exchange(Caller(anonymous.app), page, code, **changed)
        assert response.status_int == 400

    def test_second_use_of_a_code_revokes_its_tokens(self, anonymous: Caller, page: Client) -> None:
        code = self.code(anonymous, page, UserFactory())
        other = Caller(anonymous.app)
        first = self.exchange(other, page, code)
        assert first.status_int == 200
        check_refusal(self.exchange(other, page, code), 400, "invalid_grant")
        headers = {"Authorization": f"Bearer {first.json['access_token']}"}
        assert other.get("/api/v1/users/me", headers=headers).status_int == 401

    def test_expired_code(self, anonymous: Caller, page: Client, db: Session) -> None:
        code = self.code(anonymous, page, UserFactory())
        (row,) = db.scalars(select(AuthorizationCode))
        row.expires = utc_now()
        db.commit()
        check_refusal(self.exchange(Caller(anonymous.app), page, code), 400, "invalid_grant")


def test_metadata(anonymous: Caller) -> None:
    described = anonymous.get("/.well-known/oauth-authorization-server").json
    assert described["token_endpoint"].endswith(TOKEN)
    assert described["code_challenge_methods_supported"] == ["S256"]
    assert "teams:write" in described["scopes_supported"]

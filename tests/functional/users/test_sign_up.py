"""Accounts are created by signing up, by user managers, and by invitation."""

from typing import Any

import pytest
from pyramid.router import Router
from sqlalchemy import select

from houston.core.db.session import Session
from houston.core.events import Events
from houston.core.services import Services
from houston.modules.users.models import Code, User
from houston.modules.users.services.sign_up import public_user
from tests.clients_of_roles import Client
from tests.factories.users import PASSWORD, UserFactory
from tests.mailbox import Mailbox
from tests.parts import setting

ADA = {"email": "ada@example.org", "password": "analytical engine"}


def find(db: Session, email: str) -> User | None:
    return db.scalar(select(User).where(User.email == email))


def test_anyone_may_sign_up(anonymous: Client, db: Session, mailbox: Mailbox) -> None:
    response = anonymous.post_json("/api/v1/users", {**ADA, "full_name": "Ada Lovelace"})
    assert response.status_int == 200
    assert response.json["email"] == response.json["username"] == ADA["email"]
    assert response.json["is_active"]
    assert not response.json["is_email_confirmed"]
    assert "password" not in response.text
    stored = find(db, ADA["email"])
    assert stored is not None
    assert stored.password.startswith("$argon2id$")
    assert mailbox.only("ada@example.org").subject == "Confirm your e-mail address"


@pytest.mark.parametrize("send", ["post_json", "post", "multipart"])
def test_accounts_are_created_by_json_and_forms(anonymous: Client, send: str) -> None:
    body = {**ADA, "username": "ada", "first_name": "Ada", "last_name": "Lovelace"}
    if send == "multipart":
        response = anonymous.post("/api/v1/users", body, content_type="multipart/form-data")
    else:
        response = getattr(anonymous, send)("/api/v1/users", body)
    assert response.status_int == 200
    assert response.json["username"] == "ada"
    assert response.json["full_name"] == "Ada Lovelace"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"email": "nonsense"}, "email"),
        ({"email": None}, "email"),
        ({"password": "short"}, "password"),
        ({"password": "ada@example.org"}, "password"),
        ({"password": ""}, "password"),
        ({"username": "somebody@else.org"}, "username"),
        ({"username": "a b"}, "username"),
        ({"full_name": "x" * 121}, "full_name"),
        ({"roles": ["is_king"]}, "roles.0"),
        ({"is_admin": True}, "is_admin"),
        ({"recaptcha_key": "I am a robot"}, "recaptcha_key"),
    ],
)
def test_invalid_accounts_are_refused_by_field(
    anonymous: Client, db: Session, wrong: dict[str, Any], field: str
) -> None:
    response = anonymous.post_json("/api/v1/users", {**ADA, **wrong})
    assert response.status_int == 422
    assert list(response.json["messages"]) == [field]
    assert find(db, ADA["email"]) is None


@pytest.mark.parametrize(
    ("taken", "requested", "field"),
    [
        ({"email": "ada@example.org"}, {"email": "ADA@Example.org"}, "email"),
        ({"username": "ada", "email": "b@c.org"}, {"username": "ADA"}, "username"),
    ],
)
def test_names_are_unique_without_regard_to_case(
    anonymous: Client, taken: dict[str, str], requested: dict[str, str], field: str
) -> None:
    UserFactory(**taken)
    response = anonymous.post_json("/api/v1/users", {**ADA, **requested})
    assert response.status_int == 409
    assert list(response.json["messages"]) == [field]


@pytest.mark.parametrize("field", ["email", "username"])
def test_address_of_the_public_user_is_reserved(
    anonymous: Client, services: Services, db: Session, field: str
) -> None:
    response = anonymous.post_json("/api/v1/users", {**ADA, field: "Public@LocalHost"})
    assert response.status_int in (409, 422)
    assert list(response.json["messages"]) == [field]
    public = public_user(services[Events], db)
    assert public_user(services[Events], db) is public
    assert public.is_internal


def test_user_managers_assign_roles(
    anonymous: Client, user: Client, user_manager: Client, admin: Client
) -> None:
    requested = {**ADA, "roles": ["is_researcher"]}
    for client in (anonymous, user):
        assert client.post_json("/api/v1/users", requested).status_int == 403
    created = user_manager.post_json("/api/v1/users", requested)
    assert created.json["is_researcher"]
    administrator = {
        "email": "administrator@example.org",
        "password": ADA["password"],
        "roles": ["is_admin"],
    }
    assert user_manager.post_json("/api/v1/users", administrator).status_int == 403
    assert admin.post_json("/api/v1/users", administrator).json["is_admin"]


def test_only_user_managers_create_accounts_on_a_closed_site(
    app: Router, anonymous: Client, user_manager: Client
) -> None:
    with setting(app, "houston.users.sign_up", "closed"):
        assert anonymous.post_json("/api/v1/users", ADA).status_int == 403
        assert user_manager.post_json("/api/v1/users", ADA).status_int == 200


def test_invitation_is_used_once(
    app: Router, anonymous: Client, user_manager: Client, mailbox: Mailbox
) -> None:
    with setting(app, "houston.users.sign_up", "invitation"):
        assert anonymous.post_json("/api/v1/users", ADA).status_int == 403
        invited = user_manager.post_json("/api/v1/users/invitations", {"email": ADA["email"]})
        assert invited.status_int == 200
        code = mailbox.only(ADA["email"]).code
        other_address = {**ADA, "email": "eve@example.org", "invitation": code}
        refused = anonymous.post_json("/api/v1/users", other_address)
        assert list(refused.json["messages"]) == ["invitation"]
        accepted = anonymous.post_json("/api/v1/users", {**ADA, "invitation": code})
        assert accepted.status_int == 200
        assert accepted.json["is_email_confirmed"]
        again = {**ADA, "email": "ada@example.org", "invitation": code}
        refused = anonymous.post_json("/api/v1/users", again)
        assert refused.json["messages"] == {"invitation": ["Code already used"]}


def test_managers_send_invitations(user: Client, anonymous: Client) -> None:
    assert user.post_json("/api/v1/users/invitations", {"email": "a@b.org"}).status_int == 403
    assert anonymous.post_json("/api/v1/users/invitations", {"email": "a@b.org"}).status_int == 401


def test_first_administrator_is_created_once(anonymous: Client, db: Session) -> None:
    address = "/api/v1/users/admin_user_initialized"
    assert anonymous.get(address).json == {"initialized": False}
    created = anonymous.post_json(address, ADA)
    assert created.json == {"initialized": True}
    stored = find(db, ADA["email"])
    assert stored is not None
    assert stored.is_admin
    assert stored.is_email_confirmed
    assert anonymous.get(address).json == {"initialized": True}
    assert anonymous.post_json(address, {**ADA, "email": "eve@example.org"}).status_int == 405


def test_first_administrator_takes_over_no_account(anonymous: Client, db: Session) -> None:
    UserFactory(email=ADA["email"])
    refused = anonymous.post_json("/api/v1/users/admin_user_initialized", ADA)
    assert refused.status_int == 409
    assert list(refused.json["messages"]) == ["email"]
    session = {"email": ADA["email"], "password": PASSWORD}
    assert anonymous.post_json("/api/v1/auth/sessions", session).status_int == 200


class TestConfirmation:
    def test_link_in_the_mail_confirms_once(
        self, anonymous: Client, db: Session, mailbox: Mailbox
    ) -> None:
        anonymous.post_json("/api/v1/users", ADA)
        code = mailbox.only(ADA["email"]).code
        response = anonymous.get(f"/api/v1/auth/code/{code}")
        assert response.status_int == 302
        assert response.location.endswith(
            "/email_verified?message=Email+successfully+verified.&status=200"
        )
        stored = find(db, ADA["email"])
        assert stored is not None
        db.refresh(stored)
        assert stored.is_email_confirmed
        again = anonymous.get(f"/api/v1/auth/code/{code}.json")
        assert again.status_int == 400
        assert again.json["message"] == "Code already used"

    def test_code_is_not_stored(self, anonymous: Client, db: Session, mailbox: Mailbox) -> None:
        anonymous.post_json("/api/v1/users", ADA)
        code = mailbox.only(ADA["email"]).code
        assert code not in {code.digest for code in db.scalars(select(Code))}

    def test_unknown_code(self, anonymous: Client) -> None:
        assert anonymous.get("/api/v1/auth/code/ABC").status_int == 404
        assert anonymous.get("/api/v1/auth/code/ABC.json").status_int == 404
        assert anonymous.post_json("/api/v1/auth/code/ABC.json", {}).status_int == 404

    def test_mail_is_sent_again(self, client_for: Any, mailbox: Mailbox) -> None:
        ada = client_for(UserFactory(email=ADA["email"], is_email_confirmed=False))
        assert ada.post("/api/v1/users/verify_account_email").status_int == 200
        first = mailbox.only(ADA["email"]).code
        mailbox.empty()
        assert ada.post("/api/v1/users/verify_account_email").status_int == 200
        second = mailbox.only(ADA["email"]).code
        assert ada.get(f"/api/v1/auth/code/{first}.json").status_int == 404
        assert ada.get(f"/api/v1/auth/code/{second}.json").status_int == 200

    def test_confirmed_address_gets_no_mail(self, user: Client, mailbox: Mailbox) -> None:
        assert user.post("/api/v1/users/verify_account_email").status_int == 200
        assert mailbox.messages() == []


class TestPasswordReset:
    def ask(self, client: Client, mailbox: Mailbox) -> str:
        response = client.post_json("/api/v1/users/reset_password_email/", {"email": ADA["email"]})
        assert response.status_int == 200
        assert response.json is None
        return mailbox.only(ADA["email"]).code

    def test_code_of_the_mail_sets_a_new_password(
        self, anonymous: Client, client_for: Any, db: Session, mailbox: Mailbox
    ) -> None:
        ada = UserFactory(email=ADA["email"])
        signed_in = client_for(ada)
        code = self.ask(anonymous, mailbox)
        address = f"/api/v1/auth/code/{code}.json"
        assert anonymous.post_json(address, {"password": ""}).status_int == 400
        assert anonymous.post_json(address, {"password": "short"}).status_int == 422
        done = anonymous.post_json(address, {"password": "difference engine"})
        assert done.json == {"message": "Password successfully set."}
        assert anonymous.post_json(address, {"password": "another engine"}).status_int == 400
        assert signed_in.get("/api/v1/users/me").status_int == 401
        session = {"email": ADA["email"], "password": "difference engine"}
        assert anonymous.post_json("/api/v1/auth/sessions", session).status_int == 200

    @pytest.mark.parametrize(
        "change", [("/email", "new@example.org"), ("/password", "difference engine")]
    )
    def test_code_expires_with_a_new_email_or_password(
        self, anonymous: Client, client_for: Any, mailbox: Mailbox, change: tuple[str, str]
    ) -> None:
        ada = client_for(UserFactory(email=ADA["email"]))
        code = self.ask(anonymous, mailbox)
        mailbox.empty()
        path, value = change
        operations = [
            {"op": "test", "path": "/current_password", "value": PASSWORD},
            {"op": "replace", "path": path, "value": value},
        ]
        assert ada.patch_json(f"/api/v1/users/{ada.account.guid}", operations).status_int == 200
        if path == "/email":
            confirmation = mailbox.only(value).code
            assert anonymous.get(f"/api/v1/auth/code/{confirmation}.json").status_int == 200
        body = {"password": "analytical engine"}
        refused = anonymous.post_json(f"/api/v1/auth/code/{code}.json", body)
        assert refused.status_int in (400, 404)

    def test_page_shows_the_error(self, anonymous: Client, db: Session, mailbox: Mailbox) -> None:
        UserFactory(email=ADA["email"])
        code = self.ask(anonymous, mailbox)
        response = anonymous.post(f"/api/v1/auth/code/{code}", {"password": "short"})
        assert response.status_int == 302
        assert "/reset_password?message=Shorter+than" in response.location
        assert response.location.endswith("status=422")
        again = anonymous.post(f"/api/v1/auth/code/{code}", {"password": "difference engine"})
        assert again.location.endswith("status=200")

    def test_get_does_not_consume_the_code(
        self, anonymous: Client, db: Session, mailbox: Mailbox
    ) -> None:
        UserFactory(email=ADA["email"])
        code = self.ask(anonymous, mailbox)
        assert anonymous.get(f"/api/v1/auth/code/{code}.json").status_int == 400
        done = anonymous.post_json(f"/api/v1/auth/code/{code}.json", {"password": "a new engine"})
        assert done.status_int == 200

    @pytest.mark.parametrize("flags", [None, {"is_active": False}, {"is_internal": True}])
    def test_response_does_not_reveal_accounts(
        self, anonymous: Client, db: Session, mailbox: Mailbox, flags: dict[str, bool] | None
    ) -> None:
        if flags is not None:
            UserFactory(email=ADA["email"], **flags)
        response = anonymous.post_json(
            "/api/v1/users/reset_password_email", {"email": ADA["email"]}
        )
        assert response.status_int == 200
        assert response.json is None
        assert mailbox.messages() == []

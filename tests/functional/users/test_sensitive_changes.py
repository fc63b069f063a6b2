"""Names, passwords and roles: who changes them, and with the password of the caller."""

from typing import Any

import pytest

from houston.core.db.session import Session
from houston.modules.users.models import ROLES
from tests.clients_of_roles import Client
from tests.factories.asset_groups import PublicUserFactory
from tests.factories.users import PASSWORD, UserFactory
from tests.functional.users.changes import address, current_password, fresh, replace
from tests.mailbox import Mailbox


class TestSensitiveChanges:
    @pytest.mark.parametrize(
        ("path", "value"),
        [("/password", "a new engine"), ("/email", "new@example.org"), ("/username", "new")],
    )
    def test_password_is_needed(self, user: Client, db: Session, path: str, value: str) -> None:
        refused = user.patch_json(address(user), [replace(path, value)])
        assert refused.status_int == 403
        assert "`current_password`" in refused.json["message"]
        wrong = user.patch_json(address(user), [current_password("wrong"), replace(path, value)])
        assert wrong.status_int == 403
        assert wrong.json["message"] == "Wrong password"
        assert fresh(db, user.account).email == user.account.email
        assert (
            user.patch_json(address(user), [current_password(), replace(path, value)]).status_int
            == 200
        )

    def test_wrong_passwords_are_rate_limited(self, user: Client) -> None:
        guesses = [
            user.patch_json(address(user), [current_password(f"guess {number}")]).status_int
            for number in range(12)
        ]
        assert guesses[0] == 403
        assert guesses[-1] == 429

    def test_new_password_revokes_other_credentials(
        self, user: Client, client_for: Any, anonymous: Client
    ) -> None:
        elsewhere = client_for(user.account)
        change = [current_password(), replace("/password", "a new engine")]
        assert user.patch_json(address(user), change).status_int == 200
        assert user.get("/api/v1/users/me").status_int == 200
        assert elsewhere.get("/api/v1/users/me").status_int == 401

    def test_new_address_replaces_the_old_one_when_it_is_confirmed(
        self, user: Client, anonymous: Client, db: Session, mailbox: Mailbox
    ) -> None:
        before = user.account.email
        change = [current_password(), replace("/email", "new@example.org")]
        response = user.patch_json(address(user), change)
        assert (response.json["email"], response.json["is_email_confirmed"]) == (before, True)
        received = mailbox.only("new@example.org")
        assert received.subject == "Confirm your e-mail address"
        assert anonymous.get(f"/api/v1/auth/code/{received.code}.json").status_int == 200
        account = fresh(db, user.account)
        assert (account.email, account.is_email_confirmed) == ("new@example.org", True)
        session = {"email": "new@example.org", "password": PASSWORD}
        assert anonymous.post_json("/api/v1/auth/sessions", session).status_int == 200
        session["email"] = before
        assert anonymous.post_json("/api/v1/auth/sessions", session).status_int == 401

    def test_code_of_a_misspelt_address_expires(
        self, user: Client, anonymous: Client, db: Session, mailbox: Mailbox
    ) -> None:
        codes = []
        for email in ("mispelt@example.org", "misspelt@example.org"):
            user.patch_json(address(user), [current_password(), replace("/email", email)])
            codes.append(mailbox.only(email).code)
            mailbox.empty()
        assert anonymous.get(f"/api/v1/auth/code/{codes[0]}.json").status_int == 404
        assert anonymous.get(f"/api/v1/auth/code/{codes[1]}.json").status_int == 200
        assert fresh(db, user.account).email == "misspelt@example.org"

    def test_new_address_that_is_taken_meanwhile_is_refused(
        self, user: Client, anonymous: Client, db: Session, mailbox: Mailbox
    ) -> None:
        user.patch_json(address(user), [current_password(), replace("/email", "new@example.org")])
        code = mailbox.only("new@example.org").code
        UserFactory(email="new@example.org")
        refused = anonymous.get(f"/api/v1/auth/code/{code}.json")
        assert refused.status_int == 400
        assert "in use" in refused.json["message"]
        assert fresh(db, user.account).email == user.account.email

    def test_unconfirmed_address_is_replaced_at_once(
        self, client_for: Any, db: Session, mailbox: Mailbox
    ) -> None:
        user = client_for(UserFactory(is_email_confirmed=False))
        change = [current_password(), replace("/email", "new@example.org")]
        response = user.patch_json(address(user), change)
        assert response.json["email"] == "new@example.org"
        assert response.json["is_email_confirmed"] is False
        assert mailbox.only("new@example.org").subject == "Confirm your e-mail address"

    def test_password_stands_before_what_it_guards(self, user: Client, db: Session) -> None:
        operations = [replace("/location", "Oslo"), replace("/username", "x"), current_password()]
        refused = user.patch_json(address(user), operations)
        assert refused.status_int == 403
        assert "`current_password`" in refused.json["message"]
        assert fresh(db, user.account).location == ""
        operations = [replace("/location", "Oslo"), current_password(), replace("/username", "x")]
        assert user.patch_json(address(user), operations).status_int == 200

    def test_address_in_use(self, user: Client, other: Client) -> None:
        change = [current_password(), replace("/email", other.account.email.upper())]
        response = user.patch_json(address(user), change)
        assert response.status_int == 409
        assert list(response.json["messages"]) == ["email"]

    @pytest.mark.parametrize("role", ROLES)
    def test_roles_are_given_by_the_same_rule_in_new_accounts_and_by_patches(
        self, user: Client, user_manager: Client, admin: Client, db: Session, role: str
    ) -> None:
        givers = {"is_admin": {admin}, "is_user_manager": {admin}}.get(role, {admin, user_manager})
        for number, client in enumerate((user, user_manager, admin)):
            account = f"/api/v1/users/{UserFactory(**{role: False}).guid}"
            change = [current_password(), replace(f"/{role}", True)]
            new = {"email": f"new{number}@example.org", "password": "a new engine", "roles": [role]}
            status = 200 if client in givers else 403
            assert client.patch_json(account, change).status_int == status
            assert client.post_json("/api/v1/users", new).status_int == status

    def test_nobody_gives_themselves_roles(self, user: Client, user_manager: Client) -> None:
        for client in (user, user_manager):
            change = [current_password(), replace("/is_researcher", True)]
            response = client.patch_json(address(client), change)
            assert response.status_int == 403
            assert "administrator" in response.json["message"]

    @pytest.mark.parametrize(
        ("caller", "managed"),
        [
            ("is_user_manager", {"is_researcher", "is_contributor", "is_exporter"}),
            (
                "is_admin",
                {"is_researcher", "is_contributor", "is_exporter", "is_user_manager", "is_admin"}
                | {"is_internal"},
            ),
        ],
    )
    def test_nobody_manages_an_account_with_a_role_that_they_may_not_give(
        self, client_for: Any, caller: str, managed: set[str]
    ) -> None:
        manager = client_for(UserFactory(**{caller: True}))
        roles = (*ROLES, "is_staff", "is_internal")
        for role in {*roles} - {"is_active", "in_alpha", "in_beta"}:
            account = f"/api/v1/users/{UserFactory(**{role: True}).guid}"
            rename = [current_password(), replace("/full_name", "Renamed")]
            status = 200 if role in managed else 403
            assert manager.patch_json(account, rename).status_int == status, role
            assert manager.delete(account).status_int == (204 if status == 200 else 403), role

    def test_machine_accounts_have_no_password(
        self, admin: Client, anonymous: Client, db: Session
    ) -> None:
        machine = UserFactory(is_internal=True, password="")
        change = [current_password(), replace("/password", "a new engine")]
        refused = admin.patch_json(f"/api/v1/users/{machine.guid}", change)
        assert refused.status_int == 422
        assert list(refused.json["messages"]) == ["password"]
        session = {"email": machine.email, "password": "a new engine"}
        assert anonymous.post_json("/api/v1/auth/sessions", session).status_int == 401

    def test_developers_manage_all_accounts(self, client_for: Any, admin: Client) -> None:
        developer = client_for(UserFactory(is_staff=True))
        for account in (admin.account, UserFactory(is_staff=True), UserFactory()):
            change = [current_password(), replace("/is_researcher", True)]
            response = developer.patch_json(f"/api/v1/users/{account.guid}", change)
            assert response.json["is_researcher"]

    @pytest.mark.parametrize("role", ["is_staff", "is_internal"])
    def test_user_managers_do_not_change_developers_and_machines(
        self, user_manager: Client, role: str
    ) -> None:
        account = f"/api/v1/users/{UserFactory(**{role: True}).guid}"
        password = [current_password(), replace("/password", "another password")]
        assert user_manager.patch_json(account, password).status_int == 403
        assert user_manager.delete(account).status_int == 403

    def test_public_user_keeps_its_names(self, admin: Client, db: Session) -> None:
        account = f"/api/v1/users/{PublicUserFactory().guid}"
        change = [current_password(), replace("/email", "other@example.org")]
        for refused in (admin.patch_json(account, change), admin.delete(account)):
            assert refused.status_int == 409
            assert "Public User" in refused.json["message"]

    def test_user_managers_do_not_change_administrators(
        self, user_manager: Client, admin: Client, db: Session
    ) -> None:
        change = [current_password(), replace("/password", "a new engine")]
        assert user_manager.patch_json(address(admin), change).status_int == 403
        assert user_manager.delete(address(admin)).status_int == 403

    def test_last_administrator_cannot_be_removed(self, admin: Client) -> None:
        assert admin.delete(address(admin)).status_int == 409
        for role in ("/is_admin", "/is_active"):
            change = [current_password(), replace(role, False)]
            assert admin.patch_json(address(admin), change).status_int == 409
        UserFactory(is_admin=True)
        change = [current_password(), replace("/is_admin", False)]
        assert admin.patch_json(address(admin), change).status_int == 200

    def test_locked_account_is_signed_out(self, admin: Client, user: Client) -> None:
        change = [current_password(), replace("/is_active", False)]
        assert admin.patch_json(address(user), change).status_int == 200
        assert user.get("/api/v1/users/me").status_int == 401

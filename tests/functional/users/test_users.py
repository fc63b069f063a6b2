"""Accounts are read, changed and deactivated."""

from typing import Any

import pytest
from sqlalchemy import Connection, select

from houston.core.db.models import Base
from houston.core.db.session import Session
from houston.modules.users.models import User
from tests.clients_of_roles import Client
from tests.factories.asset_groups import PublicUserFactory
from tests.factories.users import PASSWORD, UserFactory
from tests.mailbox import Mailbox

PUBLIC = {"guid", "full_name", "profile_fileupload"}


def current_password(password: str = PASSWORD) -> dict[str, str]:
    return {"op": "test", "path": "/current_password", "value": password}


def replace(path: str, value: Any) -> dict[str, Any]:
    return {"op": "replace", "path": path, "value": value}


def address(client: Client) -> str:
    return f"/api/v1/users/{client.account.guid}"


def fresh(db: Session, account: User) -> User:
    db.expire_all()
    found = db.scalar(select(User).where(User.id == account.id))
    assert found is not None
    return found


class TestReading:
    def test_own_account_takes_two_statements(self, user: Client, statements: list[str]) -> None:
        statements.clear()
        response = user.get("/api/v1/users/me")
        assert response.status_int == 200
        assert response.json["username"] == user.account.username
        assert len(statements) == 2

    def test_own_account_has_the_fields_of_the_web_client(self, user: Client) -> None:
        account = user.get("/api/v1/users/me").json
        assert account["id"] == user.account.id
        assert account["unprocessed_asset_groups"] == []
        assert account["created"].endswith("+00:00")
        assert "password" not in account

    @pytest.mark.parametrize("key", ["guid", "id"])
    def test_account_is_found_by_guid_and_by_id(self, user: Client, key: str) -> None:
        response = user.get(f"/api/v1/users/{getattr(user.account, key)}")
        assert response.json["email"] == user.account.email

    @pytest.mark.parametrize("key", ["0", "007", "x", "-1", "99999999999", "%C3%A9"])
    def test_unknown_keys_are_not_found(self, admin: Client, key: str) -> None:
        assert admin.get(f"/api/v1/users/{key}").status_int == 404

    def test_other_users_see_the_public_profile(
        self, user: Client, other: Client, anonymous: Client, admin: Client, user_manager: Client
    ) -> None:
        for client in (other, anonymous):
            assert set(client.get(address(user)).json) == PUBLIC
        for client in (user, admin, user_manager):
            assert client.get(address(user)).json["email"] == user.account.email

    def test_token_without_the_scope_sees_the_public_profile(
        self, client_for: Any, user: Client
    ) -> None:
        narrow = client_for(user.account, scopes="teams:read")
        assert set(narrow.get(address(user)).json) == PUBLIC


class TestList:
    def test_page_has_the_total(self, admin: Client) -> None:
        UserFactory.create_batch(5)
        response = admin.get("/api/v1/users?limit=2&offset=1&sort=username&reverse=true")
        names = [account["username"] for account in response.json]
        assert len(names) == 2
        assert names == sorted(names, reverse=True)
        assert int(response.headers["X-Total-Count"]) >= 6

    def test_search_matches_every_word_without_wildcards(self, admin: Client) -> None:
        UserFactory(full_name="Ada Lovelace", affiliation="Royal Society")
        UserFactory(full_name="Ada Yonath")
        found = admin.get("/api/v1/users?search=ada royal")
        assert [account["full_name"] for account in found.json] == ["Ada Lovelace"]
        assert admin.get("/api/v1/users?search=%25").json == []

    def test_number_of_statements_does_not_grow(self, admin: Client, statements: list[str]) -> None:
        UserFactory.create_batch(3)
        statements.clear()
        admin.get("/api/v1/users")
        few = len(statements)
        UserFactory.create_batch(20)
        statements.clear()
        assert len(admin.get("/api/v1/users").json) >= 24
        assert len(statements) == few == 3

    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ("limit=0", "limit"),
            ("limit=101", "limit"),
            ("limit=x", "limit"),
            ("offset=-1", "offset"),
            ("sort=password", "sort"),
            ("reverse=maybe", "reverse"),
            ("limit=1&limit=2", "limit"),
        ],
    )
    def test_invalid_paging_is_refused_by_field(
        self, admin: Client, query: str, field: str
    ) -> None:
        response = admin.get(f"/api/v1/users?{query}")
        assert response.status_int == 422
        assert list(response.json["messages"]) == [field]

    def test_list_is_for_researchers_and_managers(
        self, anonymous: Client, user: Client, researcher: Client, user_manager: Client
    ) -> None:
        assert anonymous.get("/api/v1/users").status_int == 401
        assert user.get("/api/v1/users").status_int == 403
        assert researcher.get("/api/v1/users").status_int == 200
        assert user_manager.get("/api/v1/users").status_int == 200


class TestChanging:
    def test_own_profile(self, user: Client, db: Session) -> None:
        response = user.patch_json(
            address(user),
            [replace("/full_name", "Ada"), {"op": "add", "path": "/website", "value": "a.org"}],
        )
        assert response.status_int == 200
        assert response.json["full_name"] == "Ada"
        assert fresh(db, user.account).website == "a.org"
        removed = user.patch_json(address(user), [{"op": "remove", "path": "/website"}])
        assert removed.json["website"] is None

    def test_merge_patch(self, user: Client, db: Session) -> None:
        headers = {"Content-Type": "application/merge-patch+json"}
        response = user.patch(address(user), b'{"location": "Nairobi"}', headers=headers)
        assert response.status_int == 200
        assert fresh(db, user.account).location == "Nairobi"

    def test_move_and_copy(self, user: Client, db: Session) -> None:
        operations = [
            replace("/first_name", "Ada"),
            {"op": "copy", "from": "/first_name", "path": "/full_name"},
            {"op": "move", "from": "/first_name", "path": "/middle_name"},
            {"op": "add", "path": "/first_name", "value": "Augusta"},
        ]
        assert user.patch_json(address(user), operations).status_int == 200
        account = fresh(db, user.account)
        names = (account.first_name, account.middle_name, account.full_name)
        assert names == ("Augusta", "Ada", "Ada")

    @pytest.mark.parametrize(
        ("operation", "status"),
        [
            (replace("/id", 5), 422),
            (replace("/is_staff", True), 422),
            (replace("/full_name", 5), 422),
            (replace("/full_name", None), 422),
            (replace("/full_name", "x" * 121), 422),
            (replace("/full_name/0", "x"), 409),
            (replace("/full~0name", "x"), 422),
            (replace("full_name", "x"), 422),
            ({"op": "steal", "path": "/full_name"}, 422),
            ({"op": "replace", "path": "/full_name"}, 422),
            ({"op": "test", "path": "/full_name", "value": "somebody else"}, 409),
            ({"op": "copy", "from": "/password", "path": "/full_name"}, 422),
            ("nonsense", 422),
        ],
    )
    def test_invalid_operation_is_named_and_nothing_is_written(
        self, user: Client, db: Session, operation: Any, status: int
    ) -> None:
        before = user.account.full_name
        response = user.patch_json(address(user), [replace("/location", "Oslo"), operation])
        assert response.status_int == status
        assert list(response.json["messages"]) == ["1"]
        account = fresh(db, user.account)
        assert (account.full_name, account.location) == (before, "")

    def test_no_operations_change_nothing(self, user: Client) -> None:
        assert user.patch_json(address(user), []).status_int == 200

    def test_other_users_may_not(self, user: Client, other: Client, anonymous: Client) -> None:
        operations = [replace("/full_name", "Eve")]
        assert other.patch_json(address(user), operations).status_int == 403
        assert anonymous.patch_json(address(user), operations).status_int == 401


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

    def test_new_address_has_to_be_confirmed(
        self, user: Client, db: Session, mailbox: Mailbox
    ) -> None:
        change = [current_password(), replace("/email", "new@example.org")]
        response = user.patch_json(address(user), change)
        assert response.json["is_email_confirmed"] is False
        assert mailbox.only("new@example.org").subject == "Confirm your e-mail address"

    def test_address_in_use(self, user: Client, other: Client) -> None:
        change = [current_password(), replace("/email", other.account.email.upper())]
        response = user.patch_json(address(user), change)
        assert response.status_int == 409
        assert list(response.json["messages"]) == ["email"]

    def test_administrators_change_roles(
        self, user: Client, user_manager: Client, admin: Client, db: Session
    ) -> None:
        change = [current_password(), replace("/is_researcher", True)]
        for client in (user, user_manager):
            response = client.patch_json(address(user), change)
            assert response.status_int == 403
            assert "administrator" in response.json["message"]
        assert admin.patch_json(address(user), change).status_int == 200
        assert fresh(db, user.account).is_researcher

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


class TestDeactivation:
    def test_personal_data_is_deleted(self, user: Client, admin: Client, db: Session) -> None:
        before = user.account.email
        assert user.delete(address(user)).status_int == 204
        account = fresh(db, user.account)
        assert not account.is_active
        assert account.full_name == "Inactivated User"
        assert account.email.endswith("@deactivated")
        assert before.split("@")[0] not in account.email + account.username
        assert user.get("/api/v1/users/me").status_int == 401
        assert admin.delete(address(user)).status_int == 204

    def test_address_is_deleted_from_all_tables(
        self, user: Client, anonymous: Client, connection: Connection
    ) -> None:
        email = user.account.email
        anonymous.post_json("/api/v1/users/reset_password_email", {"email": email})
        user.delete(address(user))
        for table in Base.metadata.tables.values():
            assert email not in str(connection.execute(select(table)).all()), table.name

    def test_other_users_may_not(self, user: Client, other: Client) -> None:
        assert other.delete(address(user)).status_int == 403

    def test_user_managers_reactivate_it(
        self, user: Client, anonymous: Client, other: Client, user_manager: Client, db: Session
    ) -> None:
        back = {"email": user.account.email.upper(), "password": "a new engine"}
        guid = user.account.guid
        user.delete(address(user))
        for client in (anonymous, other):
            refused = client.post_json("/api/v1/users", back)
            assert refused.status_int == 409
            assert "inactivated" in refused.json["message"]
        fresh(db, user.account).is_staff = True
        response = user_manager.post_json("/api/v1/users", {**back, "roles": ["is_researcher"]})
        assert response.status_int == 200
        assert not response.json["is_staff"]
        assert response.json["guid"] == str(guid)
        assert response.json["is_active"]
        assert response.json["is_researcher"]
        session = {"email": back["email"], "password": back["password"]}
        assert anonymous.post_json("/api/v1/auth/sessions", session).status_int == 200

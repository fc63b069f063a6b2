"""Accounts are read, changed and deactivated."""

from typing import Any

import pytest
from sqlalchemy import Connection, select

from houston.core.db.meta import Base
from houston.core.db.session import Session
from houston.modules.users.models import ROLES, User
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

    def test_researchers_see_what_the_list_shows_and_no_settings(
        self, user: Client, researcher: Client
    ) -> None:
        profile = researcher.get(address(user)).json
        (listed,) = researcher.get(f"/api/v1/users?search={user.account.username}").json
        assert listed.items() <= profile.items()
        assert {"email", "created", "is_admin", "affiliation", "location"} <= profile.keys()
        assert "notification_preferences" not in profile
        assert researcher.get(f"{address(user)}/asset_group_sightings").status_int == 403

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


class TestSearch:
    def test_accounts_are_found_by_their_fields(
        self, researcher: Client, user: Client, anonymous: Client
    ) -> None:
        ada = UserFactory(full_name="Ada Lovelace", is_exporter=True)
        queries = (
            {"match": {"full_name": "lovelace"}},
            {"term": {"email": ada.email}},
            {"term": {"is_exporter": True}},
        )
        for query in queries:
            found = researcher.post_json("/api/v1/users/search", query)
            assert [each["guid"] for each in found.json] == [str(ada.guid)]
        assert len(researcher.get("/api/v1/users/search").json) == 3
        assert user.post_json("/api/v1/users/search", {}).status_int == 403
        assert anonymous.get("/api/v1/users/search").status_int == 401


class TestParts:
    def test_sightings_are_an_empty_list(self, user: Client, other: Client) -> None:
        listed = user.get(f"{address(user)}/sightings?limit=20&offset=0")
        assert listed.json == []
        assert other.get(f"{address(user)}/sightings").status_int == 403

    def test_account_without_a_picture(self, user: Client, anonymous: Client) -> None:
        assert anonymous.get(f"{address(user)}/profile_image").status_int == 404


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

    def test_password_is_checked_where_it_is_sent(self, user: Client, db: Session) -> None:
        remove = {"op": "remove", "path": "/users/x", "value": "x"}
        for wrong in ([current_password("wrong"), remove], {"current_password": "wrong"}):
            refused = user.delete_json(address(user), wrong)
            assert refused.status_int == 403
            assert refused.json["message"] == "Wrong password"
        for malformed in ([{"op": "test"}], {"current_password": 5}, {"a": 1}, 5):
            assert user.delete_json(address(user), malformed).status_int == 422
        assert user.delete(address(user), "{").status_int == 400
        assert fresh(db, user.account).is_active
        assert user.delete_json(address(user), [current_password(), remove]).status_int == 204

    def test_activated_account_is_asked_for_its_name(self, user: Client, admin: Client) -> None:
        user.delete(address(user))
        change = [current_password(), replace("/is_active", True)]
        assert admin.patch_json(address(user), change).json["full_name"] == ""

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
        assert response.json["is_email_confirmed"]
        assert response.json["full_name"] == ""
        session = {"email": back["email"], "password": back["password"]}
        assert anonymous.post_json("/api/v1/auth/sessions", session).status_int == 200

"""Accounts are read, changed and deactivated."""

from typing import Any

import pytest
from sqlalchemy import Connection, select

from houston.core.db.models import Base
from houston.core.db.session import Session
from tests.clients_of_roles import Client
from tests.factories.users import UserFactory
from tests.functional.users.changes import address, current_password, fresh, replace

PUBLIC = {"guid", "full_name", "profile_fileupload"}


class TestReading:
    def test_own_account_takes_one_statement_for_all_empty_lists(
        self, user: Client, statements: list[str]
    ) -> None:
        statements.clear()
        response = user.get("/api/v1/users/me")
        assert response.json["username"] == user.account.username
        lists = ("unprocessed_asset_groups", "unprocessed_sightings", "individual_merge_requests")
        assert [response.json[name] for name in lists] == [[], [], []]
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
            (f"sort={'x' * 101}", "sort"),
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

    @pytest.mark.parametrize("sort", ["password", "time.datetime", "primary", "default", ""])
    def test_other_names_to_sort_by_mean_the_order_by_key(self, admin: Client, sort: str) -> None:
        UserFactory.create_batch(3)
        response = admin.get(f"/api/v1/users?sort={sort}")
        ids = [each["id"] for each in response.json]
        assert (response.status_int, ids) == (200, sorted(ids))

    def test_names_to_sort_by_are_without_regard_to_case(self, admin: Client) -> None:
        UserFactory.create_batch(3)
        listed = [
            [each["guid"] for each in admin.get(f"/api/v1/users?sort={sort}").json]
            for sort in ("username", "USERNAME", "elasticsearch.username")
        ]
        assert listed[0] == listed[1] == listed[2]

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

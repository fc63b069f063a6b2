"""Users ask each other for collaborations, and user managers make those of others."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from houston.core.db.session import Session
from houston.core.services import Services
from houston.modules.collaborations.models import Collaboration, CollaborationMember, Level
from houston.modules.collaborations.services import request_collaboration
from houston.modules.users.models import PUBLIC_EMAIL, User
from tests.clients_of_roles import Client
from tests.factories.collaborations import CollaborationFactory
from tests.factories.users import UserFactory
from tests.functional.at_once import at_once, committing
from tests.functional.collaborations.conftest import COLLABORATIONS

ASKED = ("pending", "not_initiated", "not_initiated")
SHOWS = ("approved", "not_initiated", "not_initiated")


def _account(db: Session, guid: UUID) -> User:
    return db.scalars(select(User).where(User.guid == guid)).one()


def ask(client: Client, *users: Any) -> Any:
    fields = ("user_guid", "second_user_guid")
    given = {field: str(user.guid) for field, user in zip(fields, users, strict=False)}
    return client.post_json(f"{COLLABORATIONS}/", given)


class TestAsking:
    def test_the_other_user_is_asked(
        self, user: Client, other: Client, states: Any, notified: Any
    ) -> None:
        response = ask(user, other.account)
        assert response.status_int == 200
        assert states(response.json, user, other) == (SHOWS, ASKED)
        assert (notified(user), notified(other)) == ([], ["collaboration_request"])
        (notice,) = other.get("/api/v1/notifications").json
        assert (notice["sender_guid"], notice["is_resolved"]) == (str(user.account.guid), False)
        values = notice["message_values"]
        assert values["collaboration_guid"] == response.json["guid"]
        assert {values["user1_guid"], values["user2_guid"]} == set(response.json["members"])
        assert {values["user1_name"], values["user2_name"]} == {
            user.account.full_name,
            other.account.full_name,
        }

    def test_both_members_see_it_in_their_accounts(
        self, user: Client, other: Client, user_manager: Client
    ) -> None:
        created = ask(user, other.account).json
        for member in (user, other):
            account = member.get("/api/v1/users/me").json
            assert account["collaborations"] == [created]
            assert member.get(f"{COLLABORATIONS}/{created['guid']}").json == created
            seen = user_manager.get(f"/api/v1/users/{member.account.guid}").json
            assert seen["collaborations"] == [created]
        assert user_manager.get("/api/v1/users/me").json["collaborations"] == []

    def test_a_member_is_shown_with_name_and_address(self, user: Client, other: Client) -> None:
        members = ask(user, other.account).json["members"]
        guid = str(other.account.guid)
        assert members[guid] == {
            "guid": guid,
            "email": other.account.email,
            "full_name": other.account.full_name,
            "viewState": "pending",
            "exportState": "not_initiated",
            "editState": "not_initiated",
        }

    def test_asking_again_changes_nothing_while_the_other_has_not_answered(
        self, user: Client, other: Client, unresolved: Any
    ) -> None:
        first = ask(user, other.account).json
        assert ask(user, other.account).json == first
        assert unresolved(other) == ["collaboration_request"]

    def test_asking_back_is_an_answer(
        self, user: Client, other: Client, states: Any, notified: Any, unresolved: Any
    ) -> None:
        ask(user, other.account)
        assert states(ask(other, user.account).json, user, other) == (SHOWS, SHOWS)
        assert notified(user) == ["collaboration_approved"]
        assert unresolved(other) == []

    @pytest.mark.parametrize("refusal", ["denied", "revoked"])
    def test_one_who_has_refused_is_asked_again(
        self, user: Client, other: Client, states: Any, unresolved: Any, refusal: str
    ) -> None:
        row = CollaborationFactory(
            first=user.account, second=other.account, view_state=("approved", refusal)
        )
        response = ask(user, other.account)
        assert response.json["guid"] == str(row.guid)
        assert states(response.json, user, other) == (SHOWS, ASKED)
        assert unresolved(other) == ["collaboration_request"]

    def test_one_who_has_refused_may_ask(
        self, user: Client, other: Client, states: Any, notified: Any
    ) -> None:
        CollaborationFactory(
            first=user.account, second=other.account, view_state=("approved", "denied")
        )
        assert states(ask(other, user.account).json, user, other) == (SHOWS, SHOWS)

    def test_a_collaboration_in_force_is_returned(self, user: Client, other: Client) -> None:
        CollaborationFactory(first=user.account, second=other.account, level=Level.EDIT)
        (before,) = user.get("/api/v1/users/me").json["collaborations"]
        assert ask(user, other.account).json["members"] == before["members"]

    def test_two_requests_at_once_make_one_collaboration(
        self, database_url: str, services: Services
    ) -> None:
        with committing(database_url, [Collaboration, User]) as sessions:
            users = UserFactory.build_batch(2, password="")
            with sessions.begin() as db:
                db.add_all(users)
                db.flush()
                guids = [each.guid for each in users]

            def request(first: int, second: int) -> Callable[[Any], Any]:
                one, other = guids[first], guids[second]
                return lambda db: request_collaboration(services, db, _account(db, one), other)

            at_once(sessions, request(0, 1), request(1, 0))
            with sessions.begin() as db:
                members = db.query(CollaborationMember).all()
                assert [each.view_state for each in members] == ["approved", "approved"]
                assert len({each.collaboration_guid for each in members}) == 1


class TestManaging:
    def test_a_manager_makes_a_collaboration_of_two_others(
        self, user: Client, other: Client, user_manager: Client, states: Any, notified: Any
    ) -> None:
        created = ask(user_manager, user.account, other.account).json
        assert states(created, user, other) == (SHOWS, SHOWS)
        for member in (user, other):
            assert notified(member) == ["collaboration_manager_create"]
            (notice,) = member.get("/api/v1/notifications").json
            assert notice["message_values"]["manager_guid"] == str(user_manager.account.guid)
            assert notice["message_values"]["manager_name"] == user_manager.account.full_name
        assert notified(user_manager) == []

    def test_an_existing_one_stays_as_it_is(
        self, user: Client, other: Client, user_manager: Client, notified: Any
    ) -> None:
        before = ask(user, other.account).json
        after = ask(user_manager, other.account, user.account).json
        assert (after["guid"], after["members"]) == (before["guid"], before["members"])
        assert notified(user) == []

    @pytest.mark.parametrize("position", [0, 1])
    def test_a_manager_who_is_one_of_the_two_asks_the_other(
        self, user: Client, user_manager: Client, states: Any, notified: Any, position: int
    ) -> None:
        pair = [user.account, user_manager.account]
        created = ask(user_manager, pair[position], pair[1 - position]).json
        assert states(created, user_manager, user) == (SHOWS, ASKED)
        assert notified(user) == ["collaboration_request"]

    def test_others_may_not(self, user: Client, other: Client, researcher: Client) -> None:
        response = ask(user, other.account, researcher.account)
        assert (response.status_int, list(response.json["messages"])) == (403, ["second_user_guid"])
        assert user.get("/api/v1/users/me").json["collaborations"] == []

    def test_lists(self, user: Client, other: Client, user_manager: Client, admin: Client) -> None:
        created = ask(user, other.account).json
        for reader in (user_manager, admin):
            assert reader.get(COLLABORATIONS).json == [created]
            query = {"term": {"members.guid": str(user.account.guid)}}
            assert reader.post_json(f"{COLLABORATIONS}/search", query).json == [created]
            query = {"term": {"members.viewState": "denied"}}
            assert reader.post_json(f"{COLLABORATIONS}/search", query).json == []
            assert reader.get(f"{COLLABORATIONS}/{created['guid']}").json == created


class TestFaults:
    @pytest.mark.parametrize(
        ("body", "fields"),
        [
            ([], ["_schema"]),
            ({}, ["user_guid"]),
            ({"user_guid": None}, ["user_guid"]),
            ({"user_guid": "somebody"}, ["user_guid"]),
            ({"user_guid": str(uuid4()), "third": 1}, ["third"]),
        ],
    )
    def test_malformed_bodies(self, user: Client, body: Any, fields: list[str]) -> None:
        response = user.post_json(COLLABORATIONS, body)
        assert (response.status_int, list(response.json["messages"])) == (400, fields)

    def test_no_body(self, user: Client) -> None:
        assert user.post(COLLABORATIONS, content_type="application/json").status_int == 400

    def test_users_who_do_not_collaborate(self, user: Client) -> None:
        unknown, inactive = uuid4(), UserFactory(is_active=False)
        machine, public = UserFactory(is_internal=True), UserFactory(email=PUBLIC_EMAIL)
        for guid, text in {
            unknown: "User with guid {} not found",
            inactive.guid: "User with guid {} is not active",
            machine.guid: "Not permitted to request a collaboration with {}",
            public.guid: "Not permitted to request a collaboration with {}",
            user.account.guid: "A collaboration needs two different users.",
        }.items():
            response = user.post_json(COLLABORATIONS, {"user_guid": str(guid)})
            expected = (400, {"user_guid": [text.format(guid)]})
            assert (response.status_int, response.json["messages"]) == expected

    def test_second_users_who_do_not_collaborate(self, user: Client, user_manager: Client) -> None:
        inactive = UserFactory(is_active=False)
        response = ask(user_manager, user.account, inactive)
        sentence = f"Second user with guid {inactive.guid} is not active"
        assert response.json["messages"] == {"second_user_guid": [sentence]}
        assert ask(user_manager, user.account, user.account).status_int == 400

"""Teams: members see them, leaders change them, and there is always a leader."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from houston.core.db.session import Session
from houston.modules.teams.models import Team, TeamMember
from tests.clients_of_roles import Client
from tests.factories.teams import TeamFactory
from tests.factories.users import UserFactory

TEAMS = "/api/v1/teams"


@pytest.fixture
def team(user: Client, other: Client) -> str:
    """Create a team with the leader `user` and the member `other`; return its path."""
    row = TeamFactory(leader=user.account, member=other.account)
    return f"{TEAMS}/{row.guid}"


def guids(response: Any) -> set[str]:
    return {member["user"]["guid"] for member in response.json["members"]}


def replace(path: str, value: Any) -> list[dict[str, Any]]:
    return [{"op": "replace", "path": path, "value": value}]


class TestCreating:
    @pytest.mark.parametrize("send", ["post_json", "post"])
    def test_creator_leads_the_team(self, user: Client, db: Session, send: str) -> None:
        response = getattr(user, send)(TEAMS, {"title": " Cetaceans "})
        assert response.status_int == 200
        assert response.json["title"] == "Cetaceans"
        (member,) = response.json["members"]
        assert member["user"]["username"] == user.account.username
        assert member["is_leader"]
        (row,) = db.scalars(select(TeamMember))
        assert row.user_id == user.account.id

    @pytest.mark.parametrize("title", ["", "  ", "x" * 121, None, 5])
    def test_invalid_title(self, user: Client, db: Session, title: Any) -> None:
        response = user.post_json(TEAMS, {"title": title})
        assert response.status_int == 422
        assert list(response.json["messages"]) == ["title"]
        assert list(db.scalars(select(Team))) == []


class TestReading:
    def test_members_see_their_teams_only(
        self, user: Client, other: Client, admin: Client, researcher: Client, team: str
    ) -> None:
        TeamFactory(leader=researcher.account)
        for client, count in ((user, 1), (other, 1), (researcher, 1), (admin, 2)):
            response = client.get(TEAMS)
            assert len(response.json) == count
            assert response.headers["X-Total-Count"] == str(count)
        assert researcher.get(team).status_int == 403
        assert researcher.get(f"{team}/members").status_int == 403
        assert other.get(team).status_int == 200

    def test_team_and_its_members_are_found_by_id_and_guid(self, user: Client, team: str) -> None:
        read = user.get(team).json
        assert user.get(f"{TEAMS}/{read['id']}").json == read
        for key in (user.account.id, user.account.guid):
            member = user.get(f"{team}/members/{key}")
            assert member.json in read["members"]
        assert user.get(f"{team}/members/{uuid4()}").status_int == 404
        assert user.get(f"{team}/members/x").status_int == 404
        assert user.get(f"{TEAMS}/{uuid4()}").status_int == 404

    def test_search_and_order(self, admin: Client, db: Session) -> None:
        for title in ("Blue whales", "Fin whales", "Zebras"):
            TeamFactory(title=title)
        found = admin.get(f"{TEAMS}?search=whales&sort=title&reverse=true").json
        assert [team["title"] for team in found] == ["Fin whales", "Blue whales"]

    def test_number_of_statements_does_not_grow(
        self, user: Client, team: str, db: Session, statements: list[str]
    ) -> None:
        statements.clear()
        user.get(team)
        few = len(statements)
        row = db.scalars(select(Team)).one()
        row.members.extend(TeamMember(user_id=UserFactory().id) for _ in range(10))
        db.commit()
        db.expire_all()
        statements.clear()
        assert len(user.get(team).json["members"]) == 12
        assert len(statements) == few


class TestChanging:
    def test_leaders_rename_it(self, user: Client, other: Client, team: str) -> None:
        assert user.patch_json(team, replace("/title", "Whales")).json["title"] == "Whales"
        assert other.patch_json(team, replace("/title", "Zebras")).status_int == 403
        assert user.get(team).json["title"] == "Whales"

    def test_members_are_patched_as_an_association(
        self, user: Client, other: Client, team: str
    ) -> None:
        joining, leaving = UserFactory(), str(other.account.guid)
        operations = [
            {"op": "add", "path": "/members", "value": str(joining.guid)},
            {"op": "remove", "path": "/members", "value": leaving},
        ]
        changed = user.patch_json(team, operations)
        assert guids(changed) == {str(user.account.guid), str(joining.guid)}
        again = user.patch_json(team, operations[1:])
        assert again.status_int == 409
        assert list(again.json["messages"]) == ["0"]

    @pytest.mark.parametrize(
        ("value", "status"), [([], 409), ([str(uuid4())], 409), (["x"], 422), ("x", 422)]
    )
    def test_invalid_members_change_nothing(
        self, user: Client, team: str, value: Any, status: int
    ) -> None:
        before = user.get(team).json
        operations = [*replace("/title", "Lost"), *replace("/members", value)]
        assert user.patch_json(team, operations).status_int == status
        assert user.get(team).json == before

    def test_unknown_member_is_named(self, user: Client, team: str) -> None:
        unknown_guid = str(uuid4())
        operations = [{"op": "add", "path": "/members/-", "value": unknown_guid}]
        response = user.patch_json(team, operations)
        assert response.status_int == 422
        assert unknown_guid in response.json["messages"]["members"][0]

    def test_deleting_a_team_does_not_delete_accounts(
        self, user: Client, other: Client, team: str, db: Session
    ) -> None:
        assert other.delete(team).status_int == 403
        assert user.delete(team).status_int == 204
        assert user.get(team).status_int == 404
        assert list(db.scalars(select(TeamMember))) == []
        assert other.get("/api/v1/users/me").status_int == 200

    def test_administrators_change_and_delete_it(self, admin: Client, team: str) -> None:
        assert admin.patch_json(team, replace("/title", "Whales")).status_int == 200
        assert admin.delete(team).status_int == 204


class TestMembers:
    def test_leaders_add_members(
        self, user: Client, other: Client, researcher: Client, team: str
    ) -> None:
        joining = {"user_guid": str(researcher.account.guid), "is_leader": True}
        assert other.post_json(f"{team}/members", joining).status_int == 403
        joined = user.post_json(f"{team}/members", joining)
        assert joined.json["is_leader"]
        assert researcher.get(team).status_int == 200
        again = user.post_json(f"{team}/members", joining)
        assert again.status_int == 409
        assert list(again.json["messages"]) == ["user_guid"]

    @pytest.mark.parametrize("who", ["unknown", "deactivated"])
    def test_only_active_users_join(self, user: Client, team: str, who: str) -> None:
        guid = uuid4() if who == "unknown" else UserFactory(is_active=False).guid
        response = user.post_json(f"{team}/members", {"user_guid": str(guid)})
        assert response.status_int == 422
        assert list(response.json["messages"]) == ["user_guid"]

    def test_members_leave_or_are_removed(
        self, user: Client, other: Client, researcher: Client, team: str
    ) -> None:
        user.post_json(f"{team}/members", {"user_guid": str(researcher.account.guid)})
        leaving = f"{team}/members/{other.account.guid}"
        assert researcher.delete(leaving).status_int == 403
        assert other.delete(leaving).status_int == 204
        assert other.get(team).status_int == 403
        assert user.delete(f"{team}/members/{researcher.account.id}").status_int == 204

    def test_last_leader_cannot_be_removed(self, user: Client, other: Client, team: str) -> None:
        me = f"{team}/members/{user.account.guid}"
        assert user.delete(me).status_int == 409
        assert user.patch_json(me, replace("/is_leader", False)).status_int == 409
        promoted = user.patch_json(
            f"{team}/members/{other.account.guid}", replace("/is_leader", True)
        )
        assert promoted.json["is_leader"]
        assert user.delete(me).status_int == 204
        assert other.get(team).status_int == 200

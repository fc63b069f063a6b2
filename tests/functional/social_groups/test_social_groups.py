"""Social groups: researchers create, read, change and delete them."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from houston.core.db.session import Session
from houston.modules.audit_logs.models import AuditLog
from houston.modules.social_groups.models import SocialGroup, SocialGroupMember
from tests.clients_of_roles import Client
from tests.factories.individuals import IndividualFactory
from tests.factories.social_groups import GUARD, MATRIARCH, SocialGroupFactory

GROUPS = "/api/v1/social-groups"


def count(db: Session, model: Any = SocialGroup) -> int:
    return db.scalar(select(func.count()).select_from(model)) or 0


def individuals(number: int) -> list[str]:
    """Create individuals; return their guids."""
    return [str(row.guid) for row in IndividualFactory.create_batch(number)]


class TestCreating:
    def test_group_without_members(self, researcher: Client) -> None:
        response = researcher.post_json(f"{GROUPS}/", {"name": " Herd ", "members": {}})
        assert response.status_int == 200, response.json
        created = response.json
        assert (created["name"], created["members"]) == ("Herd", {})
        assert researcher.get(f"{GROUPS}/{created['guid']}").json == created

    def test_members_with_and_without_roles(self, researcher: Client) -> None:
        first, second, third, fourth = individuals(4)
        members: dict[str, Any] = {
            first: {"role_guids": [MATRIARCH, GUARD]},
            second: {"role_guids": [GUARD.upper(), GUARD]},
            third: {"role_guids": []},
            fourth: {},
        }
        response = researcher.post_json(GROUPS, {"name": "Herd", "members": members})
        assert response.status_int == 200, response.json
        assert response.json["members"] == {
            first: {"role_guids": [MATRIARCH, GUARD]},
            second: {"role_guids": [GUARD]},
            third: {"role_guids": None},
            fourth: {"role_guids": None},
        }

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"name": ""}, "name"),
            ({"name": "  "}, "name"),
            ({"name": "x" * 51}, "name"),
            ({"name": None}, "name"),
            ({"members": None}, "members"),
            ({"members": []}, "members"),
            ({"members": "x"}, "members"),
            ({"members": {str(uuid4()): {"role_guids": "x"}}}, "members"),
            ({"members": {str(uuid4()): {"role_guids": [5]}}}, "members"),
            ({"colour": "red"}, "colour"),
        ],
    )
    def test_invalid_values(
        self, researcher: Client, db: Session, changes: dict[str, Any], field: str
    ) -> None:
        response = researcher.post_json(GROUPS, {"name": "Herd", "members": {}, **changes})
        assert response.status_int == 422
        assert [name.partition(".")[0] for name in response.json["messages"]] == [field]
        assert count(db) == 0

    def test_name_and_members_are_needed(self, researcher: Client) -> None:
        response = researcher.post_json(GROUPS, {})
        assert response.status_int == 422
        assert set(response.json["messages"]) == {"name", "members"}

    def test_longest_name(self, researcher: Client) -> None:
        created = researcher.post_json(GROUPS, {"name": "ü" * 50, "members": {}})
        assert created.json["name"] == "ü" * 50

    @pytest.mark.parametrize("again", ["Ménage", "Me\u0301nage"])
    def test_names_are_unique(self, researcher: Client, db: Session, again: str) -> None:
        researcher.post_json(GROUPS, {"name": "Ménage", "members": {}})
        response = researcher.post_json(GROUPS, {"name": again, "members": {}})
        assert response.status_int == 400
        assert response.json["message"] == f"Social group with name {again} already exists"
        assert count(db) == 1


class TestMembers:
    UNKNOWN = "99999999-9999-4999-8999-999999999999"

    @pytest.mark.parametrize(
        ("guid", "member", "text"),
        [
            ("x", {}, "Social Group member x needs to be a valid uuid"),
            (UNKNOWN, {}, f"Social Group member {UNKNOWN} does not match an individual"),
            (UNKNOWN, None, f"Social Group member {UNKNOWN} needs to be a dictionary"),
            (UNKNOWN, [], f"Social Group member {UNKNOWN} needs to be a dictionary"),
            (
                UNKNOWN,
                {"k": 1, "role_guids": []},
                f"Social Group member {UNKNOWN} fields not supported {{'k'}}",
            ),
        ],
    )
    def test_wrong_members(
        self, researcher: Client, db: Session, guid: str, member: Any, text: str
    ) -> None:
        group = SocialGroupFactory()
        members = {guid: member}
        created = researcher.post_json(GROUPS, {"name": "Pod", "members": members})
        replaced = researcher.patch_json(
            f"{GROUPS}/{group.guid}", [{"op": "replace", "path": "/members", "value": members}]
        )
        for response in (created, replaced):
            assert response.status_int == 400
            assert response.json["message"] == text
        assert (count(db), count(db, SocialGroupMember)) == (1, 0)

    @pytest.mark.parametrize("role", ["x", UNKNOWN])
    def test_roles_of_the_site_only(self, researcher: Client, role: str) -> None:
        (guid,) = individuals(1)
        members = {guid: {"role_guids": [role]}}
        response = researcher.post_json(GROUPS, {"name": "Pod", "members": members})
        assert response.status_int == 400
        assert response.json["message"] == f"Social Group role {role} not supported"

    def test_single_roles(self, researcher: Client) -> None:
        first, second = individuals(2)
        members = {guid: {"role_guids": [MATRIARCH]} for guid in (first, second)}
        response = researcher.post_json(GROUPS, {"name": "Pod", "members": members})
        assert response.status_int == 400
        assert response.json["message"] == "Can only have one Matriarch in a group"

    def test_all_faults_are_named(self, researcher: Client) -> None:
        members: dict[str, Any] = {guid: {"role_guids": [MATRIARCH]} for guid in individuals(2)}
        members = {individuals(1)[0]: {}, **members, self.UNKNOWN: {"role_guids": ["x"]}}
        response = researcher.post_json(GROUPS, {"name": "Pod", "members": members})
        assert response.status_int == 400
        assert response.json["messages"] == {
            "members": [
                f"Social Group member {self.UNKNOWN} does not match an individual",
                "Can only have one Matriarch in a group",
                "Social Group role x not supported",
            ]
        }
        malformed = {"x": 1, **members, "y": {}}
        response = researcher.post_json(GROUPS, {"name": "Pod", "members": malformed})
        assert response.status_int == 400
        assert len(response.json["messages"]["members"]) == 3

    def test_number_of_members_is_bounded(self, researcher: Client) -> None:
        members: dict[str, Any] = {str(UUID(int=number)): {} for number in range(1001)}
        response = researcher.post_json(GROUPS, {"name": "Pod", "members": members})
        assert response.status_int == 422


class TestReading:
    def test_list(self, researcher: Client) -> None:
        assert researcher.get(GROUPS).json == []
        individual = IndividualFactory()
        rows = [SocialGroupFactory(), SocialGroupFactory(members={individual: [GUARD]})]
        listed = researcher.get(GROUPS)
        assert listed.headers["X-Total-Count"] == "2"
        assert [(row["guid"], row["name"], row["num_members"]) for row in listed.json] == sorted(
            (str(row.guid), row.name, number) for number, row in enumerate(rows)
        )

    def test_the_first_page_has_more_than_100_groups(self, researcher: Client) -> None:
        SocialGroupFactory.create_batch(101)
        assert len(researcher.get(GROUPS).json) == 101
        assert len(researcher.get(f"{GROUPS}?limit=2&offset=100").json) == 1
        assert researcher.get(f"{GROUPS}?limit=1001").status_int == 422

    def test_search(self, researcher: Client) -> None:
        wanted = SocialGroupFactory(name="Herd of the river")
        SocialGroupFactory(name="Pod")
        for query in ({"match": {"name": "RIVER"}}, {"term": {"guid": str(wanted.guid)}}):
            found = researcher.post_json(f"{GROUPS}/search", query)
            assert [row["guid"] for row in found.json] == [str(wanted.guid)]
        everything = researcher.get(f"{GROUPS}/search?sort=name&reverse=true").json
        assert [row["name"] for row in everything] == ["Pod", "Herd of the river"]

    def test_unknown_guids(self, researcher: Client) -> None:
        assert researcher.get(f"{GROUPS}/{uuid4()}").status_int == 404
        assert researcher.get(f"{GROUPS}/x").status_int == 404

    def test_individuals_have_their_groups(self, researcher: Client) -> None:
        one, other = IndividualFactory.create_batch(2)
        herd = SocialGroupFactory(name="Herd", members={one: [MATRIARCH], other: []})
        SocialGroupFactory(name="Band", members={one: []})
        SocialGroupFactory(name="Pod")
        shown = researcher.get(f"/api/v1/individuals/{one.guid}").json["social_groups"]
        assert [group["name"] for group in shown] == ["Band", "Herd"]
        assert shown[1] == researcher.get(f"{GROUPS}/{herd.guid}").json
        shown = researcher.get(f"/api/v1/individuals/{other.guid}").json["social_groups"]
        assert [group["name"] for group in shown] == ["Herd"]

    def test_number_of_statements_does_not_grow(
        self, researcher: Client, db: Session, statements: list[str]
    ) -> None:
        def number(path: str) -> int:
            db.expire_all()
            statements.clear()
            assert researcher.get(f"/api/v1/{path}").status_int == 200
            return len(statements)

        group = SocialGroupFactory(members={IndividualFactory(): [GUARD]})
        paths = (
            "social-groups",
            "social-groups/search",
            "individuals",
            f"social-groups/{group.guid}",
        )
        few = [number(path) for path in paths]
        for _ in range(3):
            SocialGroupFactory(members=dict.fromkeys(IndividualFactory.create_batch(2), ()))
        for individual in IndividualFactory.create_batch(3):
            db.add(SocialGroupMember(social_group_guid=group.guid, individual_guid=individual.guid))
        db.commit()
        assert [number(path) for path in paths] == few


class TestChanging:
    @pytest.fixture
    def herd(self, researcher: Client) -> tuple[str, str, str]:
        """Create a group with a matriarch and a guard; return its path and their guids."""
        matriarch, guard = IndividualFactory.create_batch(2)
        row = SocialGroupFactory(members={matriarch: [MATRIARCH], guard: [GUARD]})
        return f"{GROUPS}/{row.guid}", str(matriarch.guid), str(guard.guid)

    @pytest.mark.parametrize("op", ["add", "replace"])
    def test_name(self, researcher: Client, herd: Any, op: str) -> None:
        address, *members = herd
        changed = researcher.patch_json(address, [{"op": op, "path": "/name", "value": " Pod "}])
        assert changed.json["name"] == "Pod"
        assert set(changed.json["members"]) == set(members)
        assert researcher.get(address).json == changed.json

    def test_name_of_another_group(self, researcher: Client, herd: Any) -> None:
        address, *_ = herd
        SocialGroupFactory(name="Pod")
        rename = [{"op": "replace", "path": "/name", "value": "Pod"}]
        response = researcher.patch_json(address, rename)
        assert response.status_int == 409
        assert response.json["message"] == "Social group with name Pod already exists"
        own = researcher.get(address).json["name"]
        again = [{"op": "replace", "path": "/name", "value": own}]
        assert researcher.patch_json(address, again).status_int == 200

    def test_replacing_all_members(self, researcher: Client, herd: Any, db: Session) -> None:
        address, matriarch, _ = herd
        (joining,) = individuals(1)
        members = {matriarch: {"role_guids": None}, joining: {"role_guids": [MATRIARCH]}}
        replace = {"op": "replace", "path": "/members", "value": members}
        changed = researcher.patch_json(address, [replace])
        assert changed.status_int == 200, changed.json
        assert changed.json["members"] == members
        assert researcher.get(address).json == changed.json
        emptied = researcher.patch_json(address, [{**replace, "value": {}}])
        assert emptied.json["members"] == {}
        assert count(db, SocialGroupMember) == 0

    def test_adding_members(self, researcher: Client, herd: Any) -> None:
        address, matriarch, guard = herd
        (joining,) = individuals(1)
        members = {joining: {"role_guids": [GUARD]}, guard: {}}
        add = {"op": "add", "path": "/members", "value": members}
        assert researcher.patch_json(address, [add]).json["members"] == {
            matriarch: {"role_guids": [MATRIARCH]},
            guard: {"role_guids": None},
            joining: {"role_guids": [GUARD]},
        }
        second = {**add, "value": {joining: {"role_guids": [MATRIARCH]}}}
        response = researcher.patch_json(address, [second])
        assert response.status_int == 400
        assert response.json["message"] == "Can only have one Matriarch in a group"
        swapped = [{**add, "value": {matriarch: {}}}, second]
        assert researcher.patch_json(address, swapped).status_int == 200

    def test_removing_members(self, researcher: Client, herd: Any, db: Session) -> None:
        address, matriarch, guard = herd
        remove = {"op": "remove", "path": "/members", "value": guard}
        assert set(researcher.patch_json(address, [remove]).json["members"]) == {matriarch}
        again = researcher.patch_json(address, [{**remove, "value": [matriarch, guard]}])
        assert again.status_int == 409
        assert guard in again.json["message"]
        assert set(researcher.get(address).json["members"]) == {matriarch}
        emptied = researcher.patch_json(address, [{**remove, "value": [matriarch]}])
        assert emptied.json["members"] == {}

    @pytest.mark.parametrize(
        "operation",
        [
            {"op": "replace", "path": "/name", "value": "x" * 51},
            {"op": "replace", "path": "/name", "value": ""},
            {"op": "remove", "path": "/name"},
            {"op": "replace", "path": "/members", "value": []},
            {"op": "remove", "path": "/members"},
            {"op": "remove", "path": "/members", "value": "x"},
            {"op": "test", "path": "/members", "value": {}},
            {"op": "replace", "path": "/guid", "value": str(uuid4())},
            {"op": "replace", "path": "/members"},
        ],
    )
    def test_invalid_operations(self, researcher: Client, herd: Any, operation: Any) -> None:
        before = researcher.get(herd[0]).json
        assert researcher.patch_json(herd[0], [operation]).status_int == 422
        assert researcher.get(herd[0]).json == before

    def test_all_or_nothing(self, researcher: Client, herd: Any) -> None:
        before = researcher.get(herd[0]).json
        operations = [
            {"op": "replace", "path": "/name", "value": "Pod"},
            {"op": "remove", "path": "/members", "value": str(uuid4())},
        ]
        assert researcher.patch_json(herd[0], operations).status_int == 409
        assert researcher.get(herd[0]).json == before

    def test_changes_of_members_are_audited(
        self, researcher: Client, herd: Any, db: Session
    ) -> None:
        address, _, guard = herd
        remove = {"op": "remove", "path": "/members", "value": guard}
        researcher.patch_json(address, [remove])
        group = UUID(address.rpartition("/")[2])
        removal = select(AuditLog).where(
            AuditLog.item_guid == group, AuditLog.module_name == "SocialGroupMember"
        )
        entry = db.scalars(removal.where(AuditLog.audit_type == "Delete")).one()
        assert entry.changes["individual_guid"] == {"before": guard}

    def test_deleting_keeps_the_individuals(self, researcher: Client, herd: Any) -> None:
        address, matriarch, _ = herd
        assert researcher.delete(address).status_int == 204
        assert researcher.get(address).status_int == 404
        shown = researcher.get(f"/api/v1/individuals/{matriarch}").json
        assert shown["social_groups"] == []

    def test_groups_stay_without_deleted_individuals(
        self, researcher: Client, admin: Client, db: Session
    ) -> None:
        one, other = IndividualFactory.create_batch(2)
        row = SocialGroupFactory(members={one: [], other: []})
        assert admin.delete(f"/api/v1/individuals/{one.guid}").status_int == 204
        shown = researcher.get(f"{GROUPS}/{row.guid}").json
        assert set(shown["members"]) == {str(other.guid)}
        removal = select(AuditLog).where(AuditLog.module_name == "SocialGroupMember")
        (entry,) = db.scalars(removal.where(AuditLog.audit_type == "Delete"))
        assert entry.item_guid == row.guid

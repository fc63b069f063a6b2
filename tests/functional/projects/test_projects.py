"""Projects: members work on encounters, the owner manages the project."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import delete, select

from houston.core.db.session import Session
from houston.modules.audit_logs.models import AuditLog
from houston.modules.projects.models import Project, ProjectMember
from houston.modules.sightings.models import Encounter
from tests.clients_of_roles import Client
from tests.factories.projects import ProjectFactory
from tests.factories.sightings import EncounterFactory
from tests.factories.users import UserFactory

PROJECTS = "/api/v1/projects"


@pytest.fixture
def project(researcher: Client, user: Client) -> str:
    """Create a project of `researcher` with the member `user`; return its address."""
    row = ProjectFactory(owner=researcher.account, members=[user.account])
    return f"{PROJECTS}/{row.guid}"


def operation(op: str, path: str, value: Any) -> list[dict[str, Any]]:
    return [{"op": op, "path": path, "value": value}]


def contents(researcher: Client, project: str) -> set[str]:
    """Return the guids of the encounters of a project, as a researcher finds them."""
    query = {"match": {"projects.guid": project.rpartition("/")[2]}}
    found = {row["guid"] for row in researcher.post_json("/api/v1/encounters/search", query).json}
    assert researcher.get(project).json["num_encounters"] == len(found)
    return found


class TestCreating:
    def test_creator_owns_it(self, researcher: Client) -> None:
        response = researcher.post_json(f"{PROJECTS}/", {"title": " Flukes "})
        assert response.status_int == 200, response.json
        created, guid = response.json, str(researcher.account.guid)
        assert (created["title"], created["owner_guid"]) == ("Flukes", guid)
        assert [each["user"]["guid"] for each in created["members"]] == [guid]
        assert created["num_encounters"] == 0
        assert researcher.get(f"{PROJECTS}/{created['guid']}").json == created

    @pytest.mark.parametrize("title", ["ab", "x" * 51, None, 5])
    def test_invalid_title(self, researcher: Client, db: Session, title: Any) -> None:
        response = researcher.post_json(PROJECTS, {"title": title})
        assert response.status_int == 422
        assert list(response.json["messages"]) == ["title"]
        assert db.scalars(select(Project)).all() == []


class TestReading:
    def test_members_see_theirs_and_administrators_all(
        self, researcher: Client, user: Client, other: Client, admin: Client, project: str
    ) -> None:
        row = ProjectFactory(owner=researcher.account, title="Flukes", encounters=[])
        for client, number in ((researcher, 2), (user, 1), (other, 0), (admin, 2)):
            response = client.get(PROJECTS)
            assert response.headers["X-Total-Count"] == str(number)
            assert client.get(f"{PROJECTS}/search").json == response.json
        assert user.get(f"{PROJECTS}/{row.guid}").status_int == 403
        (found,) = researcher.post_json(f"{PROJECTS}/search", {"match": {"title": "flukes"}}).json
        assert found["guid"] == str(row.guid)


class TestManaging:
    def test_owner_changes_members_and_the_title(
        self, researcher: Client, user: Client, project: str
    ) -> None:
        joining = str(UserFactory().guid)
        operations = [
            *operation("add", "/members", joining),
            *operation("remove", "/members", str(user.account.guid)),
            *operation("replace", "/title", "Flukes"),
        ]
        changed = researcher.patch_json(project, operations)
        assert changed.status_int == 200, changed.json
        assert [each["user"]["guid"] for each in changed.json["members"]] == [
            str(researcher.account.guid),
            joining,
        ]
        assert changed.json["title"] == "Flukes"
        assert user.get(project).status_int == 403

    @pytest.mark.parametrize(
        ("path", "value"),
        [
            ("/title", "Flukes"),
            ("/members", []),
            ("/owner_guid", "99999999-9999-4999-8999-999999999999"),
        ],
    )
    def test_members_do_not_manage(self, user: Client, project: str, path: str, value: Any) -> None:
        assert user.patch_json(project, operation("replace", path, value)).status_int == 403

    def test_project_has_another_owner(
        self, researcher: Client, user: Client, project: str
    ) -> None:
        operations = operation("replace", "/owner_guid", str(user.account.guid))
        assert researcher.patch_json(project, operations).status_int == 200
        assert researcher.delete(project).status_int == 403
        leaving = operation("remove", "/members", str(user.account.guid))
        assert user.patch_json(project, leaving).status_int == 409
        assert user.delete(project).status_int == 204

    def test_deletion_leaves_accounts_and_encounters(self, researcher: Client, db: Session) -> None:
        encounter = EncounterFactory()
        row = ProjectFactory(owner=researcher.account, encounters=[encounter])
        assert researcher.delete(f"{PROJECTS}/{row.guid}").status_int == 204
        assert db.scalars(select(ProjectMember)).all() == []
        assert researcher.get(f"/api/v1/encounters/{encounter.guid}").status_int == 200


class TestEncounters:
    def test_they_are_added_and_removed(self, researcher: Client, project: str) -> None:
        first, second, third = (str(each.guid) for each in EncounterFactory.create_batch(3))
        added = researcher.patch_json(project, operation("add", "/encounters", first))
        assert added.json["num_encounters"] == 1
        several = operation("add", "/encounters", [first, second, third])
        assert researcher.patch_json(project, several).json["num_encounters"] == 3
        assert contents(researcher, project) == {first, second, third}
        removed = operation("remove", "/encounters", [second, str(uuid4())])
        assert researcher.patch_json(project, removed).status_int == 200
        assert contents(researcher, project) == {first, third}

    def test_member_adds_what_they_may_read(
        self, researcher: Client, user: Client, project: str
    ) -> None:
        own, hidden = EncounterFactory(owner=user.account), EncounterFactory()
        change = operation("add", "/encounters", [str(own.guid), str(hidden.guid)])
        assert user.patch_json(project, change).status_int == 403
        assert contents(researcher, project) == set()
        change = operation("add", "/encounters", str(own.guid))
        assert user.patch_json(project, change).status_int == 200
        assert contents(researcher, project) == {str(own.guid)}

    @pytest.mark.parametrize("value", ["x", [], None, 5, {"guid": "x"}, ["x"]])
    def test_invalid_encounters(self, researcher: Client, project: str, value: Any) -> None:
        for op in ("add", "remove"):
            response = researcher.patch_json(project, operation(op, "/encounters", value))
            assert response.status_int == 422

    def test_unknown_encounters_are_named(self, researcher: Client, project: str) -> None:
        known, unknown = str(EncounterFactory().guid), str(uuid4())
        change = operation("add", "/encounters", [known, unknown])
        response = researcher.patch_json(project, change)
        assert response.status_int == 422
        assert response.json["messages"] == {"encounters": [f"There is no encounter {unknown}."]}
        assert contents(researcher, project) == set()

    def test_deleted_encounters_are_gone(
        self, researcher: Client, db: Session, project: str
    ) -> None:
        rows = EncounterFactory.create_batch(2)
        guids = [str(row.guid) for row in rows]
        researcher.patch_json(project, operation("add", "/encounters", guids))
        db.execute(delete(Encounter).where(Encounter.guid == rows[0].guid))
        db.commit()
        assert contents(researcher, project) == {guids[1]}

    def test_changes_are_audited(self, researcher: Client, db: Session, project: str) -> None:
        guid = str(EncounterFactory().guid)
        for op in ("add", "remove"):
            researcher.patch_json(project, operation(op, "/encounters", guid))
        logs = select(AuditLog.message).where(AuditLog.module_name == "Project")
        assert db.scalars(logs.order_by(AuditLog.created)).all()[-2:] == [
            f"added the encounters {guid}",
            f"removed the encounters {guid}",
        ]

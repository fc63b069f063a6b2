"""Organizations: members read them, moderators and the owner change them."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from houston.core.db.session import Session
from houston.modules.audit_logs.models import AuditLog
from houston.modules.organizations.models import Organization, OrganizationMember
from tests.clients_of_roles import Client
from tests.factories.organizations import OrganizationFactory
from tests.factories.users import UserFactory

ORGANIZATIONS = "/api/v1/organizations"


@pytest.fixture
def organization(researcher: Client, user: Client, other: Client) -> str:
    """Create one of `researcher`, with the moderator `user` and the member `other`."""
    members = {"members": [other.account], "moderators": [user.account]}
    row = OrganizationFactory(owner=researcher.account, **members)
    return f"{ORGANIZATIONS}/{row.guid}"


def operation(op: str, path: str, value: Any) -> list[dict[str, Any]]:
    return [{"op": op, "path": path, "value": value}]


def members(shown: dict[str, Any]) -> dict[str, bool]:
    """Return whether each member moderates, by guid."""
    return {each["user"]["guid"]: each["is_moderator"] for each in shown["members"]}


class TestCreating:
    @pytest.mark.parametrize("send", ["post_json", "post"])
    def test_creator_owns_and_moderates(self, researcher: Client, send: str) -> None:
        body = {"title": " Seals ", "website": "https://seals.example.org"}
        response = getattr(researcher, send)(f"{ORGANIZATIONS}/", body)
        assert response.status_int == 200, response.json
        guid, created = str(researcher.account.guid), response.json
        assert (created["title"], created["logo_url"]) == ("Seals", None)
        assert (created["owner_guid"], members(created)) == (guid, {guid: True})
        assert researcher.get(f"{ORGANIZATIONS}/{created['guid']}").json == created

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"title": "ab "}, "title"),
            ({"title": "x" * 51}, "title"),
            ({"title": None}, "title"),
            ({"website": "javascript:alert(1)"}, "website"),
            ({"website": f"https://example.org/{'x' * 120}"}, "website"),
            ({"logo_url": f"https://example.org/{'x' * 200}"}, "logo_url"),
            ({"owner_guid": None}, "owner_guid"),
        ],
    )
    def test_invalid_values(
        self, researcher: Client, db: Session, wrong: dict[str, Any], field: str
    ) -> None:
        response = researcher.post_json(ORGANIZATIONS, {"title": "Seals", **wrong})
        assert response.status_int == 422
        assert list(response.json["messages"]) == [field]
        assert db.scalars(select(Organization)).all() == []


class TestReading:
    def test_members_see_theirs_and_administrators_all(
        self, researcher: Client, user: Client, other: Client, admin: Client, organization: str
    ) -> None:
        row = OrganizationFactory(owner=researcher.account, title="Whales of Iceland")
        for client, number in ((researcher, 2), (user, 1), (other, 1), (admin, 2)):
            response = client.get(ORGANIZATIONS)
            assert response.headers["X-Total-Count"] == str(number)
            assert client.post_json(f"{ORGANIZATIONS}/search", {}).json == response.json
        assert user.get(f"{ORGANIZATIONS}/{row.guid}").status_int == 403
        query = {"match": {"title": "iceland"}}
        found = researcher.post_json(f"{ORGANIZATIONS}/search", query).json
        assert found == researcher.get(f"{ORGANIZATIONS}?search=WHALES").json
        assert [each["guid"] for each in found] == [str(row.guid)]


class TestChanging:
    def test_moderator_changes_members_and_addresses(
        self, user: Client, other: Client, organization: str
    ) -> None:
        joining = str(UserFactory().guid)
        operations = [
            *operation("add", "/members", joining),
            *operation("remove", "/members", str(other.account.guid)),
            *operation("replace", "/title", "Zebras"),
            *operation("replace", "/logo_url", "https://zebras.example.org/logo.png"),
        ]
        changed = user.patch_json(organization, operations)
        assert changed.status_int == 200, changed.json
        assert (changed.json["title"], changed.json["logo_url"]) == (
            "Zebras",
            "https://zebras.example.org/logo.png",
        )
        assert members(changed.json)[joining] is False
        assert str(other.account.guid) not in members(changed.json)

    @pytest.mark.parametrize(("path", "value"), [("/moderators", []), ("/owner_guid", "{user}")])
    def test_owner_alone_names_moderators_and_owners(
        self, researcher: Client, user: Client, organization: str, path: str, value: Any
    ) -> None:
        value = str(user.account.guid) if value == "{user}" else value
        change = operation("replace", path, value)
        assert user.patch_json(organization, change).status_int == 403
        assert researcher.patch_json(organization, change).status_int == 200

    def test_new_moderators_and_owners_become_members(
        self, researcher: Client, user: Client, organization: str
    ) -> None:
        moderator, owner = (str(row.guid) for row in UserFactory.create_batch(2))
        operations = [
            *operation("add", "/moderators", moderator),
            *operation("remove", "/moderators", str(user.account.guid)),
            *operation("replace", "/owner_guid", owner),
        ]
        changed = researcher.patch_json(organization, operations).json
        assert changed["owner_guid"] == owner
        shown = members(changed)
        assert (shown[moderator], shown[owner], shown[str(user.account.guid)]) == (
            True,
            False,
            False,
        )
        assert researcher.delete(organization).status_int == 403

    def test_owner_cannot_leave(self, researcher: Client, user: Client, organization: str) -> None:
        before = researcher.get(organization).json
        change = operation("remove", "/members", str(researcher.account.guid))
        response = user.patch_json(organization, change)
        assert response.status_int == 409
        assert list(response.json["messages"]) == ["members"]
        assert researcher.get(organization).json == before

    @pytest.mark.parametrize("path", ["/members", "/moderators", "/owner_guid"])
    @pytest.mark.parametrize("known", [True, False])
    def test_members_have_active_accounts(
        self, researcher: Client, organization: str, path: str, known: bool
    ) -> None:
        guid = str(UserFactory(is_active=False).guid if known else uuid4())
        op = "replace" if path == "/owner_guid" else "add"
        response = researcher.patch_json(organization, operation(op, path, guid))
        assert response.status_int == 422
        assert response.json["messages"] == {path[1:]: [f"There is no active user {guid}."]}

    def test_changes_are_audited(
        self, user: Client, other: Client, db: Session, organization: str
    ) -> None:
        user.patch_json(organization, operation("remove", "/members", str(other.account.guid)))
        user.patch_json(organization, operation("replace", "/title", "Zebras"))
        guid = db.scalars(select(Organization.guid)).one()
        logs = db.scalars(select(AuditLog).where(AuditLog.item_guid == guid)).all()
        assert {log.module_name for log in logs} >= {"Organization", "OrganizationMember"}

    def test_deletion_leaves_the_accounts(
        self, researcher: Client, user: Client, db: Session, organization: str
    ) -> None:
        assert researcher.delete(organization).status_int == 204
        assert db.scalars(select(OrganizationMember)).all() == []
        assert user.get("/api/v1/users/me").status_int == 200

"""The grants of asset groups and of their sightings."""

from typing import Any

import pytest

from houston.core.db.session import Session
from houston.modules.asset_groups.models import AssetGroupSighting
from tests.clients_of_roles import Client
from tests.factories.annotations import AnnotationFactory
from tests.factories.asset_groups import (
    AssetGroupFactory,
    AssetGroupSightingFactory,
    EncounterFactory,
    PublicUserFactory,
)
from tests.factories.assets import AssetFactory
from tests.factories.users import UserFactory
from tests.functional.asset_groups.reports import ASSET_GROUPS, change

SIGHTING = f"{ASSET_GROUPS}/sighting"
READ, WRITE, DELETE = "get", "patch", "delete"


@pytest.fixture
def clients(request: pytest.FixtureRequest, client_for: Any) -> dict[str, Client]:
    """Return a client of each role; two of them own asset groups."""
    accounts = {
        "nobody": None,
        "user": UserFactory(),
        "researcher": UserFactory(is_researcher=True),
        "contributor": UserFactory(is_contributor=True),
        "expert": UserFactory(is_researcher=True),
        "admin": UserFactory(is_admin=True),
    }
    anonymous: Client = request.getfixturevalue("anonymous")
    return {
        name: client_for(account) if account else anonymous for name, account in accounts.items()
    }


def row_of(owner: str, clients: dict[str, Client]) -> AssetGroupSighting:
    account = PublicUserFactory() if owner == "public" else clients[owner].account
    row: AssetGroupSighting = AssetGroupSightingFactory(asset_group__owner=account)
    return row


def allowed(clients: dict[str, Client], address: str, method: str) -> set[str]:
    """Return the roles that may call an operation."""

    def call(client: Client) -> int:
        if method == WRITE:
            return int(client.patch_json(address, []).status_int)
        return int(getattr(client, method)(address, headers={"If-Match": '"x"'}).status_int)

    return {name for name, client in clients.items() if call(client) not in (401, 403)}


@pytest.mark.parametrize(
    ("owner", "method", "expected"),
    [
        ("public", READ, "nobody user researcher contributor expert admin"),
        ("public", WRITE, "admin"),
        ("public", DELETE, ""),
        ("contributor", READ, "contributor"),
        ("contributor", WRITE, "contributor"),
        ("contributor", DELETE, "contributor"),
        ("expert", READ, "expert"),
        ("expert", WRITE, "expert"),
        ("expert", DELETE, "expert"),
    ],
)
def test_asset_groups(clients: dict[str, Client], owner: str, method: str, expected: str) -> None:
    address = f"{ASSET_GROUPS}/{row_of(owner, clients).asset_group_guid}"
    assert allowed(clients, address, method) == set(expected.split())


@pytest.mark.parametrize(
    ("owner", "method", "expected"),
    [
        ("public", READ, "user researcher contributor expert admin"),
        ("public", WRITE, "researcher expert admin"),
        ("public", DELETE, "researcher expert admin"),
        ("contributor", READ, "contributor researcher expert admin"),
        ("contributor", WRITE, "researcher expert admin"),
        ("contributor", DELETE, "researcher expert admin"),
        ("expert", READ, "expert admin"),
        ("expert", WRITE, "expert admin"),
        ("expert", DELETE, "expert admin"),
    ],
)
def test_sightings(clients: dict[str, Client], owner: str, method: str, expected: str) -> None:
    address = f"{SIGHTING}/as_sighting/{row_of(owner, clients).guid}"
    assert allowed(clients, address, method) == set(expected.split())


def test_anonymous_users_read_public_sightings(clients: dict[str, Client]) -> None:
    row = row_of("public", clients)
    assert allowed(clients, f"{SIGHTING}/{row.guid}", READ) == set(clients)
    assert clients["nobody"].get(f"{SIGHTING}/as_sighting/{row.guid}").status_int == 401


@pytest.mark.parametrize("owner", ["contributor", "expert"])
def test_response_says_whether_the_caller_may_edit(clients: dict[str, Client], owner: str) -> None:
    row = row_of(owner, clients)
    EncounterFactory(asset_group_sighting=row)
    shown = clients[owner].get(f"{SIGHTING}/as_sighting/{row.guid}").json
    assert shown["hasView"] is True
    assert shown["hasEdit"] is (owner == "expert")
    assert shown["encounters"][0]["hasEdit"] is (owner == "expert")


class TestGroup:
    def test_owner_is_changed(self, user: Client, db: Session) -> None:
        group = AssetGroupFactory(owner=user.account)
        asset, new_owner = AssetFactory(asset_group=group), UserFactory()
        address = f"{ASSET_GROUPS}/{group.guid}"
        changed = user.patch_json(address, [change("/description", "Spring")])
        assert changed.json["description"] == "Spring"
        refused = user.patch_json(address, [change("/description", "Spring\u202e")])
        assert refused.status_int == 422
        given = user.patch_json(address, [change("/owner", str(new_owner.guid))])
        assert given.json["creator"]["guid"] == str(new_owner.guid)
        db.refresh(asset)
        assert asset.owner_guid == new_owner.guid
        assert user.get(address).status_int == 403

    def test_owner_must_exist(self, user: Client) -> None:
        group = AssetGroupFactory(owner=user.account)
        gone = UserFactory(is_active=False)
        response = user.patch_json(
            f"{ASSET_GROUPS}/{group.guid}", [change("/owner", str(gone.guid))]
        )
        assert response.status_int == 422
        assert response.json["message"].startswith("Failed to update AssetGroup details.")

    def test_curators_cannot_change_the_owner(self, researcher: Client) -> None:
        group = AssetGroupFactory(owner=PublicUserFactory())
        response = researcher.patch_json(
            f"{ASSET_GROUPS}/{group.guid}", [change("/description", "Mine")]
        )
        assert response.status_int == 403
        assert response.json["message"] == (
            f"You do not have permission to edit AssetGroup {group.guid}. To do this, you need to "
            "be one of: the owner of the asset group; administrators, where the public reported "
            "it; developers of the site; machine accounts."
        )


class TestDeleting:
    @pytest.fixture
    def rows(self, researcher: Client) -> list[AssetGroupSighting]:
        """Create two sightings of one asset group, with an annotated asset each."""
        group = AssetGroupFactory(owner=researcher.account)
        assets = AssetFactory.create_batch(2, asset_group=group)
        for asset in assets:
            AnnotationFactory(asset=asset)
        return [AssetGroupSightingFactory(asset_group=group, assets=[each]) for each in assets]

    def test_sighting_is_deleted_with_its_assets(
        self, researcher: Client, admin: Client, rows: list[AssetGroupSighting]
    ) -> None:
        remaining, deleted = rows
        (asset,) = deleted.assets
        assert researcher.delete(f"{SIGHTING}/as_sighting/{deleted.guid}").status_int == 204
        assert researcher.get(f"{SIGHTING}/{deleted.guid}").status_int == 404
        assert researcher.get(f"/api/v1/assets/{asset.guid}").status_int == 404
        shown = researcher.get(f"{ASSET_GROUPS}/{remaining.asset_group_guid}").json
        assert [each["guid"] for each in shown["asset_group_sightings"]] == [str(remaining.guid)]
        assert len(shown["assets"]) == 1
        entries = admin.get(f"/api/v1/audit_logs/{deleted.guid}").json
        assert "Delete" in {entry["audit_type"] for entry in entries}

    def test_last_sighting_is_deleted_with_its_group(
        self, researcher: Client, db: Session, rows: list[AssetGroupSighting]
    ) -> None:
        group = f"{ASSET_GROUPS}/{rows[0].asset_group_guid}"
        for row in rows:
            assert researcher.get(group).status_int == 200
            assert researcher.delete(f"{SIGHTING}/as_sighting/{row.guid}").status_int == 204
        assert researcher.get(group).status_int == 404

    def test_group_is_deleted_with_its_sightings_and_assets(
        self, researcher: Client, rows: list[AssetGroupSighting]
    ) -> None:
        assets = [asset for row in rows for asset in row.assets]
        assert researcher.delete(f"{ASSET_GROUPS}/{rows[0].asset_group_guid}").status_int == 204
        for row in rows:
            assert researcher.get(f"{SIGHTING}/{row.guid}").status_int == 404
        for asset in assets:
            assert researcher.get(f"/api/v1/assets/{asset.guid}").status_int == 404
        assert researcher.delete(f"{ASSET_GROUPS}/{rows[0].asset_group_guid}").status_int == 404

    def test_delete_is_not_an_operation_of_the_plain_path(
        self, researcher: Client, rows: list[AssetGroupSighting]
    ) -> None:
        assert researcher.delete(f"{SIGHTING}/{rows[0].guid}").status_int == 405

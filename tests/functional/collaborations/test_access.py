"""What a level in force gives: rows, lists, searches and exports of what the other member owns."""

from collections.abc import Mapping
from itertools import product
from typing import Any

import pytest

from houston.modules.collaborations.models import Approval, Level
from tests.clients_of_roles import Client
from tests.factories.annotations import AnnotationFactory
from tests.factories.asset_groups import AssetGroupFactory, AssetGroupSightingFactory
from tests.factories.assets import AssetFactory
from tests.factories.collaborations import CollaborationFactory
from tests.factories.individuals import IndividualFactory
from tests.factories.sightings import EncounterFactory, SightingFactory
from tests.factories.users import UserFactory
from tests.functional.collaborations.conftest import COLLABORATIONS

API = "/api/v1"
REFUSED, READS, EDITS = (403, 403, 403), (200, 403, 403), (200, 200, 403)
BY_LEVEL = {None: REFUSED, Level.VIEW: READS, Level.EXPORT: READS, Level.EDIT: EDITS}
READABLE = {None: READS, Level.VIEW: READS, Level.EXPORT: READS, Level.EDIT: EDITS}
ONLY_READ = {None: REFUSED, Level.VIEW: READS, Level.EXPORT: READS, Level.EDIT: READS}
NEVER = dict.fromkeys([None, *Level], REFUSED)
CATALOGUE = ("sightings", "encounters", "individuals")


@pytest.fixture
def partner() -> Any:
    return UserFactory(is_researcher=True)


@pytest.fixture
def objects(partner: Any) -> Mapping[str, str]:
    """The addresses of objects that the partner owns, by their kind."""
    group = AssetGroupFactory(owner=partner)
    asset = AssetFactory(asset_group=group)
    pending = AssetGroupSightingFactory(asset_group=group, assets=[asset])
    sighting = SightingFactory(assets=[asset])
    encounter = EncounterFactory(sighting=sighting, owner=partner)
    individual = IndividualFactory(encounters=[encounter])
    annotation = AnnotationFactory(asset=asset, encounter_guid=encounter.guid)
    return {
        "sighting": f"{API}/sightings/{sighting.guid}",
        "encounter": f"{API}/encounters/{encounter.guid}",
        "individual": f"{API}/individuals/{individual.guid}",
        "annotation": f"{API}/annotations/{annotation.guid}",
        "asset": f"{API}/assets/{asset.guid}",
        "asset group": f"{API}/asset_groups/{group.guid}",
        "asset group sighting": f"{API}/asset_groups/sighting/as_sighting/{pending.guid}",
    }


def statuses(client: Client, address: str) -> tuple[int, ...]:
    """The statuses of reading an object, of a patch that changes nothing, and of deleting it."""
    responses = client.get(address), client.patch_json(address, []), client.delete(address)
    return tuple(response.status_int for response in responses)


class TestObjects:
    @pytest.mark.parametrize("level", [None, *Level])
    @pytest.mark.parametrize(
        ("kind", "expected"),
        [
            ("sighting", BY_LEVEL),
            ("encounter", BY_LEVEL),
            ("individual", BY_LEVEL),
            ("annotation", BY_LEVEL),
            ("asset group", ONLY_READ),
            ("asset group sighting", NEVER),
        ],
    )
    def test_users(
        self, user: Client, partner: Any, objects: Any, level: Level, kind: str, expected: Any
    ) -> None:
        CollaborationFactory(first=user.account, second=partner, level=level)
        assert statuses(user, objects[kind]) == expected[level]

    @pytest.mark.parametrize("level", [None, *Level])
    @pytest.mark.parametrize(
        ("kind", "expected"),
        [
            ("sighting", BY_LEVEL),
            ("encounter", READABLE),
            ("individual", READABLE),
            ("annotation", BY_LEVEL),
            ("asset group", ONLY_READ),
            ("asset group sighting", BY_LEVEL),
        ],
    )
    def test_researchers(
        self, researcher: Client, partner: Any, objects: Any, level: Level, kind: str, expected: Any
    ) -> None:
        CollaborationFactory(first=partner, second=researcher.account, level=level)
        assert statuses(researcher, objects[kind]) == expected[level]

    @pytest.mark.parametrize("level", [None, *Level])
    def test_assets(self, user: Client, partner: Any, objects: Any, level: Level) -> None:
        CollaborationFactory(first=user.account, second=partner, level=level)
        # Assets have no deletion.
        assert statuses(user, objects["asset"])[:2] == BY_LEVEL[level][:2]

    @pytest.mark.parametrize("states", [*product(Approval, Approval)])
    def test_both_members_must_have_approved(
        self, user: Client, partner: Any, objects: Any, states: tuple[Approval, Approval]
    ) -> None:
        CollaborationFactory(first=user.account, second=partner, view_state=states)
        is_in_force = states == (Approval.APPROVED, Approval.APPROVED)
        assert user.get(objects["sighting"]).status_int == (200 if is_in_force else 403)

    @pytest.mark.parametrize("states", [*product(Approval, Approval)])
    def test_both_members_must_have_approved_edits(
        self, user: Client, partner: Any, objects: Any, states: tuple[Approval, Approval]
    ) -> None:
        CollaborationFactory(
            first=partner, second=user.account, level=Level.EXPORT, edit_state=states
        )
        is_in_force = states == (Approval.APPROVED, Approval.APPROVED)
        response = user.patch_json(objects["encounter"], [])
        assert response.status_int == (200 if is_in_force else 403)

    def test_access_ends_with_a_revocation(self, user: Client, partner: Any, objects: Any) -> None:
        row = CollaborationFactory(first=user.account, second=partner, level=Level.EDIT)
        assert statuses(user, objects["individual"]) == EDITS
        revoke = [{"op": "replace", "path": "/view_permission", "value": "revoked"}]
        assert user.patch_json(f"{COLLABORATIONS}/{row.guid}", revoke).status_int == 200
        assert statuses(user, objects["individual"]) == REFUSED

    def test_a_sighting_of_several_owners(self, user: Client, partner: Any) -> None:
        sighting = SightingFactory()
        for owner in (partner, UserFactory()):
            EncounterFactory(sighting=sighting, owner=owner)
        CollaborationFactory(first=user.account, second=partner, level=Level.EDIT)
        assert statuses(user, f"{API}/sightings/{sighting.guid}") == EDITS

    def test_collaborations_give_nothing_else(self, user: Client, partner: Any) -> None:
        row = CollaborationFactory(first=partner, second=UserFactory())
        CollaborationFactory(first=user.account, second=partner, level=Level.EDIT)
        assert user.get(f"{COLLABORATIONS}/{row.guid}").status_int == 403
        assert user.patch_json(f"{API}/users/{partner.guid}", []).status_int == 403
        assert user.get(f"{API}/users/{partner.guid}/sightings").status_int == 403

    def test_members_of_other_collaborations_get_nothing(
        self, user: Client, partner: Any, objects: Any
    ) -> None:
        CollaborationFactory(first=user.account, second=UserFactory(), level=Level.EDIT)
        CollaborationFactory(first=UserFactory(), second=partner, level=Level.EDIT)
        assert statuses(user, objects["sighting"]) == REFUSED

    def test_refusals_name_the_collaboration(self, user: Client, objects: Any) -> None:
        message = user.get(objects["sighting"]).json["message"]
        assert "view collaborators of the owners of its encounters" in message


@pytest.mark.parametrize("kind", CATALOGUE)
class TestLists:
    def test_rights_in_searches(
        self, researcher: Client, partner: Any, objects: Any, kind: str
    ) -> None:
        row = CollaborationFactory(first=partner, second=researcher.account)
        before = self._row(researcher, kind)
        assert before["hasView"] is (kind != "sightings")
        for level in Level:
            for member in row.members:
                member.give(level, Approval.APPROVED)
            _commit(row)
            assert self._row(researcher, kind)["hasView"] is True
            exportable = researcher.post_json(f"{API}/{kind}/search", {"match_all": {}}).headers
            expected = "0" if level is Level.VIEW else "1"
            assert exportable["X-Exportable-Count"] == expected

    def test_exports(self, researcher: Client, partner: Any, objects: Any, kind: str) -> None:
        query = {"match_all": {}}
        CollaborationFactory(first=partner, second=UserFactory(), level=Level.EDIT)
        assert researcher.post_json(f"{API}/{kind}/export", query).status_int == 400
        CollaborationFactory(first=partner, second=researcher.account, level=Level.EXPORT)
        assert researcher.post_json(f"{API}/{kind}/export", query).status_int == 200

    def _row(self, client: Client, kind: str) -> Any:
        (row,) = client.post_json(f"{API}/{kind}/search", {}).json
        return row


def _commit(row: Any) -> None:
    CollaborationFactory._meta.sqlalchemy_session_factory().commit()


def test_details_show_what_may_be_changed(user: Client, partner: Any, objects: Any) -> None:
    CollaborationFactory(first=user.account, second=partner, level=Level.VIEW)
    sighting = user.get(objects["sighting"]).json
    assert [each["hasEdit"] for each in sighting["encounters"]] == [False]
    CollaborationFactory(first=user.account, second=UserFactory(), level=Level.EDIT)
    assert [each["hasView"] for each in user.get(objects["sighting"]).json["encounters"]] == [True]


def test_pictures_are_shown_to_those_who_see_the_sighting(
    user: Client, partner: Any, objects: Any
) -> None:
    address = objects["asset"].replace("/assets/", "/assets/src/")
    refused = user.get(address).status_int
    CollaborationFactory(first=user.account, second=partner, level=Level.VIEW)
    # It has not been prepared.
    assert (refused, user.get(address).status_int) == (403, 404)

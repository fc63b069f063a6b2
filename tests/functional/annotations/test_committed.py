"""Annotations of committed sightings, which show encounters."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from houston.core.db.session import Session
from houston.domain import times
from houston.modules.annotations.models import Annotation
from tests.clients_of_roles import Client
from tests.factories.annotations import AnnotationFactory
from tests.factories.asset_groups import AssetGroupFactory, PublicUserFactory
from tests.factories.assets import AssetFactory
from tests.factories.sightings import EncounterFactory, SightingFactory
from tests.factories.users import UserFactory
from tests.functional.asset_groups.reports import HEADING, NOWHERE, REGION, TAXONOMY

ANNOTATIONS = "/api/v1/annotations"


@pytest.fixture
def row(researcher: Client) -> Any:
    """Return an encounter of the researcher, in a sighting with their asset."""
    return encounter(researcher.account)


def encounter(owner: Any, photographer: Any = None) -> Any:
    """Return the encounter of a new sighting with an asset of the photographer."""
    asset = AssetFactory(asset_group=AssetGroupFactory(owner=photographer or owner))
    return EncounterFactory(sighting=SightingFactory(assets=[asset]), owner=owner)


def sibling(row: Any, **values: Any) -> Any:
    return EncounterFactory(sighting=row.sighting, **{"owner": row.owner, **values})


def drawn(row: Any, **values: Any) -> Any:
    """Return an annotation of the asset, which shows the encounter."""
    (asset,) = row.sighting.assets
    return AnnotationFactory(**{"asset": asset, "encounter_guid": row.guid, **values})


def draw(client: Client, row: Any, **changes: Any) -> Any:
    (asset,) = row.sighting.assets
    return client.post_json(
        ANNOTATIONS,
        {
            "asset_guid": str(asset.guid),
            "encounter_guid": str(row.guid),
            "ia_class": "zebra",
            "viewpoint": "left",
            "bounds": {"rect": [1, 2, 3, 4]},
            **changes,
        },
    )


def change(path: str, value: Any) -> dict[str, Any]:
    return {"op": "replace", "path": path, "value": value}


def place(annotation: Any) -> str:
    return f"{ANNOTATIONS}/{annotation.guid}"


class TestCreation:
    def test_it_shows_the_encounter(self, researcher: Client, row: Any) -> None:
        response = draw(researcher, row)
        assert response.status_int == 200, response.json
        assert response.json["encounter_guid"] == str(row.guid)
        (shown,) = researcher.get(f"/api/v1/encounters/{row.guid}").json["annotations"]
        assert shown["guid"] == response.json["guid"]
        # The client repeats the encounter by its patch.
        again = {"op": "add", "path": "/annotations", "value": shown["guid"]}
        repeated = researcher.patch_json(f"/api/v1/encounters/{row.guid}", [again])
        assert repeated.json["annotations"] == [shown]

    def test_it_needs_an_encounter(self, researcher: Client, row: Any, db: Session) -> None:
        (asset,) = row.sighting.assets
        body = {"asset_guid": str(asset.guid), "ia_class": "zebra", "viewpoint": "left"}
        response = researcher.post_json(ANNOTATIONS, body | {"bounds": {"rect": [1, 2, 3, 4]}})
        assert response.status_int == 409
        assert "cannot create encounter-less annotation" in response.json["message"]
        assert db.scalars(select(Annotation)).all() == []

    @pytest.mark.parametrize(
        ("guid", "text"),
        [(NOWHERE, "encounter_guid not found"), (None, "Field may not be null.")],
    )
    def test_unknown_encounter(self, researcher: Client, row: Any, guid: Any, text: str) -> None:
        response = draw(researcher, row, encounter_guid=guid)
        assert response.status_int == 422
        assert response.json["messages"] == {"encounter_guid": [text]}

    def test_encounter_of_another_sighting(self, researcher: Client, row: Any, db: Session) -> None:
        away = encounter(researcher.account)
        response = draw(researcher, row, encounter_guid=str(away.guid))
        assert response.status_int == 409
        text = "Cannot add Annotation with Encounter on different Sighting"
        assert response.json["messages"] == {"encounter_guid": [text]}
        assert db.scalars(select(Annotation)).all() == []

    def test_caller_may_change_the_encounter(
        self, researcher: Client, row: Any, client_for: Any
    ) -> None:
        owner = UserFactory()
        theirs = sibling(row, owner=owner)
        refused = draw(researcher, theirs)
        assert refused.status_int == 403
        assert f"Encounter {theirs.guid}" in refused.json["message"]
        assert draw(client_for(owner), theirs).status_int == 200
        assert draw(client_for(UserFactory()), theirs).status_int == 403

    def test_researchers_annotate_public_sightings(
        self, researcher: Client, user: Client, admin: Client
    ) -> None:
        row = encounter(PublicUserFactory(), UserFactory(is_researcher=True))
        assert draw(researcher, row).status_int == 200
        assert draw(admin, row).status_int == 200
        assert draw(user, row).status_int == 403

    def test_a_token_needs_the_scope_of_encounters(
        self, client_for: Any, researcher: Client, row: Any
    ) -> None:
        narrow = client_for(researcher.account, "annotations:write assets:write")
        response = draw(narrow, row)
        assert response.status_int == 403
        assert "encounters:write" in response.json["message"]


class TestOwners:
    def test_owner_of_the_encounter_shares_it(self, client_for: Any, row: Any) -> None:
        owner = UserFactory()
        caller, annotation = client_for(owner), drawn(sibling(row, owner=owner))
        redrawn = [change("/viewpoint", "up"), change("/bounds", {"rect": [5, 5, 5, 5]})]
        assert caller.get(place(annotation)).status_int == 200
        assert caller.patch_json(place(annotation), redrawn).json["viewpoint"] == "up"
        assert caller.delete(place(annotation)).status_int == 204
        assert caller.get(place(drawn(row))).status_int == 403

    def test_owner_of_the_asset_keeps_it(self, researcher: Client, row: Any) -> None:
        annotation = drawn(sibling(row, owner=UserFactory()))
        assert researcher.get(place(annotation)).status_int == 200
        assert researcher.delete(place(annotation)).status_int == 204

    def test_annotations_of_public_encounters(
        self, anonymous: Client, researcher: Client, user: Client
    ) -> None:
        annotation = drawn(encounter(PublicUserFactory(), UserFactory()))
        scar = [{"op": "add", "path": "/keywords", "value": {"value": "scar", "source": "user"}}]
        assert anonymous.get(place(annotation)).status_int == 200
        assert user.patch_json(place(annotation), scar).status_int == 403
        assert researcher.patch_json(place(annotation), scar).status_int == 200
        redrawn = [change("/viewpoint", "up")]
        assert researcher.patch_json(place(annotation), redrawn).status_int == 403


class TestMoving:
    def test_to_another_encounter_of_the_sighting(
        self, researcher: Client, row: Any, db: Session
    ) -> None:
        annotation, other = drawn(row, content_guid=uuid4()), sibling(row)
        content = annotation.content_guid
        moved = change("/encounter_guid", str(other.guid))
        response = researcher.patch_json(place(annotation), [moved])
        assert response.status_int == 200, response.json
        assert response.json["encounter_guid"] == str(other.guid)
        db.expire_all()
        assert db.get_one(Annotation, annotation.guid).content_guid == content
        back = [change("/viewpoint", "up"), change("/encounter_guid", str(row.guid))]
        response = researcher.patch_json(place(annotation), back)
        assert response.json["viewpoint"] == "up"
        assert response.json["encounter_guid"] == str(row.guid)

    def test_of_an_annotation_without_one(self, researcher: Client, row: Any) -> None:
        annotation = drawn(row, encounter_guid=None)
        moved = [change("/encounter_guid", str(row.guid))]
        assert researcher.patch_json(place(annotation), moved).status_int == 200

    @pytest.mark.parametrize(
        ("value", "status"), [(None, 422), ("x", 422), (NOWHERE, 422), ("away", 422)]
    )
    def test_wrong_encounter(
        self, researcher: Client, row: Any, db: Session, value: Any, status: int
    ) -> None:
        annotation = drawn(row)
        away = encounter(researcher.account)
        moved = [change("/encounter_guid", str(away.guid) if value == "away" else value)]
        response = researcher.patch_json(place(annotation), moved)
        assert response.status_int == status, response.json
        db.expire_all()
        assert db.get_one(Annotation, annotation.guid).encounter_guid == row.guid

    def test_caller_may_change_both(self, researcher: Client, row: Any, client_for: Any) -> None:
        owner = UserFactory(is_researcher=True)
        theirs = sibling(row, owner=owner)
        annotation = drawn(row)
        moved = [change("/encounter_guid", str(theirs.guid))]
        assert researcher.patch_json(place(annotation), moved).status_int == 403
        assert client_for(owner).patch_json(place(annotation), moved).status_int == 403

    def test_merge_patch(self, researcher: Client, row: Any) -> None:
        annotation, other = drawn(row), sibling(row)
        response = researcher.patch(
            place(annotation),
            f'{{"encounter_guid": "{other.guid}"}}',
            content_type="application/merge-patch+json",
        )
        assert UUID(response.json["encounter_guid"]) == other.guid


class TestSearching:
    @pytest.fixture
    def rows(self, researcher: Client, db: Session) -> dict[str, str]:
        """Return annotations by guid: with values of encounters, of sightings, and none."""
        own, inherited = encounter(researcher.account), encounter(researcher.account)
        own.location_guid, own.taxonomy_guid = UUID(REGION), UUID(TAXONOMY)
        own.observed = times.read({"time": "2010-01-01T00:00:00Z", "timeSpecificity": "day"})[0]
        inherited.sighting.location_guid = UUID(REGION)
        inherited.sighting.set_species([UUID(TAXONOMY), UUID(HEADING)])
        db.commit()
        guids = {str(drawn(own).guid): "own", str(drawn(inherited).guid): "inherited"}
        return guids | {str(drawn(own, encounter_guid=None).guid): "none"}

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ({"terms": {"locationId": [REGION, HEADING]}}, {"own", "inherited"}),
            ({"match": {"taxonomy_guid": TAXONOMY}}, {"own", "inherited"}),
            ({"match": {"taxonomy_guid": HEADING}}, set()),
            ({"range": {"time": {"lt": "2015-01-01"}}}, {"own"}),
            ({"range": {"time": {"gte": "2023-05-04"}}}, {"inherited"}),
            ({"exists": {"field": "encounter_guid"}}, {"own", "inherited"}),
            ({"bool": {"must_not": [{"exists": {"field": "sighting_guid"}}]}}, {"none"}),
        ],
    )
    def test_values_of_encounters_and_sightings(
        self, researcher: Client, rows: dict[str, str], query: Any, expected: set[str]
    ) -> None:
        found = researcher.post_json(f"{ANNOTATIONS}/search", query)
        assert {rows[each["guid"]] for each in found.json} == expected

    def test_by_guid(self, researcher: Client, row: Any) -> None:
        annotation = drawn(row)
        drawn(encounter(researcher.account))
        for field, guid in (("encounter_guid", row.guid), ("sighting_guid", row.sighting_guid)):
            found = researcher.post_json(f"{ANNOTATIONS}/search", {"term": {field: str(guid)}})
            assert [each["guid"] for each in found.json] == [str(annotation.guid)]

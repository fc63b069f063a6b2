"""Changes of a pending sighting: of its fields, encounters, annotations and files."""

from typing import Any
from uuid import uuid4

import pytest

from houston.core.db.session import Session
from houston.modules.asset_groups.models import (
    AssetGroupSighting,
    AssetGroupSightingEncounter,
    Stage,
)
from tests.clients_of_roles import Client
from tests.factories.annotations import AnnotationFactory
from tests.factories.asset_groups import (
    TIME,
    AssetGroupFactory,
    AssetGroupSightingFactory,
    EncounterFactory,
)
from tests.factories.assets import AssetFactory
from tests.factories.individuals import IndividualFactory
from tests.factories.site_settings import SiteSettingFactory, definition
from tests.factories.users import UserFactory
from tests.functional.asset_groups.reports import ASSET_GROUPS, REGION, TAXONOMY, change, encounter

UNKNOWN_GUID = "99999999-9999-4999-8999-999999999999"


@pytest.fixture
def group(researcher: Client) -> Any:
    return AssetGroupFactory(owner=researcher.account)


@pytest.fixture
def row(group: Any) -> AssetGroupSighting:
    """Return a sighting with a picture, in curation."""
    asset = AssetFactory(asset_group=group, filename="a.jpg")
    values = {**TIME, "locationId": REGION, "comments": "By the river."}
    return AssetGroupSightingFactory(asset_group=group, assets=[asset], sighting=values)


@pytest.fixture
def pending(row: AssetGroupSighting) -> str:
    return f"{ASSET_GROUPS}/sighting/as_sighting/{row.guid}"


@pytest.fixture
def plain(row: AssetGroupSighting) -> str:
    return f"{ASSET_GROUPS}/sighting/{row.guid}"


class TestDocument:
    def test_patch_of_the_web_client(self, researcher: Client, pending: str) -> None:
        values = {
            "/time": "2023-05-05T00:00:00+00:00",
            "/timeSpecificity": "day",
            "/locationId": REGION,
            "/verbatimLocality": "",
            "/comments": None,
            "/decimalLatitude": 0,
            "/decimalLongitude": "35.5",
            "/customFields": {},
            "/idConfigs": [{"algorithms": ["hotspotter_nosv"], "matching_set": None}],
        }
        response = researcher.patch_json(pending, [change(path, values[path]) for path in values])
        assert response.status_int == 200, response.json
        assert response.json == {**researcher.get(pending).json, **_differences(response.json)}
        assert response.json["timeSpecificity"] == "day"
        assert (response.json["decimalLatitude"], response.json["decimalLongitude"]) == (0, 35.5)
        assert response.json["comments"] is None
        assert response.json["idConfigs"] == values["/idConfigs"]
        cleared = researcher.patch_json(pending, [change("/idConfigs", [])])
        assert cleared.json["idConfigs"] == []

    def test_plain_path_returns_the_other_document(self, researcher: Client, plain: str) -> None:
        response = researcher.patch_json(plain, [change("/comments", "Two.")])
        assert response.json["config"]["sighting"]["comments"] == "Two."
        assert response.json["creator"]["guid"] == str(researcher.account.guid)

    @pytest.mark.parametrize(
        ("path", "value", "text"),
        [
            ("locationId", UNKNOWN_GUID, f"Invalid locationId guid {UNKNOWN_GUID}"),
            ("time", "yesterday", "Not a valid datetime with an offset."),
            ("timeSpecificity", "century", "Must be one of: year, month, day, time."),
            ("decimalLatitude", 1, "Need both or neither"),
            ("idConfigs", [{"algorithms": []}], "Must have 1 to 100 items."),
            ("name", "x" * 121, "Longer than maximum length 120."),
            ("name", "Mara\nRiver", "Must be one line of text"),
            ("taxonomies", [UNKNOWN_GUID], "is not a species of this site"),
            ("featuredAssetGuid", UNKNOWN_GUID, "is no asset of"),
        ],
    )
    def test_values_are_validated_against_the_site(
        self, researcher: Client, db: Session, pending: str, path: str, value: Any, text: str
    ) -> None:
        response = researcher.patch_json(
            pending, [change("/comments", "lost"), change(f"/{path}", value)]
        )
        assert response.status_int == 422
        assert text in response.json["message"]
        assert researcher.get(pending).json["comments"] == "By the river."

    def test_custom_fields_are_merged(self, researcher: Client, pending: str) -> None:
        herd, rain = definition("integer"), definition("boolean")
        SiteSettingFactory(
            key="site.custom.customFields.Sighting", value={"definitions": [herd, rain]}
        )
        for values in ({herd["id"]: 7, rain["id"]: None}, {rain["id"]: True}, {}):
            response = researcher.patch_json(pending, [change("/customFields", values)])
            assert response.status_int == 200, response.json
        assert response.json["customFields"] == {herd["id"]: 7, rain["id"]: True}
        wrong = researcher.patch_json(pending, [change("/customFields", {rain["id"]: "yes"})])
        assert wrong.status_int == 422
        gone = researcher.patch_json(pending, [change("/customFields", herd["id"], "remove")])
        assert gone.json["customFields"] == {rain["id"]: True}
        unknown = researcher.patch_json(pending, [change("/customFields", "gone", "remove")])
        assert unknown.status_int == 422
        assert "invalid customField definition id gone" in unknown.json["message"]

    def test_time_cannot_be_removed(self, researcher: Client, pending: str) -> None:
        assert researcher.patch_json(pending, [change("/time", None)]).status_int == 422

    def test_featured_asset_belongs_to_the_sighting(
        self, researcher: Client, row: AssetGroupSighting, pending: str
    ) -> None:
        (asset,) = researcher.get(pending).json["assets"]
        response = researcher.patch_json(pending, [change("/featuredAssetGuid", asset["guid"])])
        assert response.json["featuredAssetGuid"] == asset["guid"]


class TestEncounters:
    def test_encounters_are_added_and_removed(
        self, researcher: Client, plain: str, pending: str
    ) -> None:
        added = {key: value for key, value in encounter().items() if key != "customFields"}
        for _ in range(2):
            response = researcher.patch_json(plain, [change("/encounters", added, "add")])
            assert response.status_int == 200, response.json
        first, second = researcher.get(pending).json["encounters"]
        assert first["taxonomy"] == TAXONOMY
        assert first["owner"]["guid"] == str(researcher.account.guid)
        for guid in (first["guid"], first["guid"], str(uuid4())):
            response = researcher.patch_json(plain, [change("/encounters", guid, "remove")])
            assert response.status_int == 200, response.json
        assert [each["guid"] for each in researcher.get(pending).json["encounters"]] == [
            second["guid"]
        ]

    def test_invalid_new_encounters_are_refused(self, researcher: Client, plain: str) -> None:
        wrong = encounter(locationId=UNKNOWN_GUID, taxonomy=UNKNOWN_GUID)
        response = researcher.patch_json(plain, [change("/encounters", wrong, "add")])
        assert response.status_int == 422
        assert set(response.json["messages"]) == {"encounters.locationId", "encounters.taxonomy"}
        wrong = encounter(sex="both")
        response = researcher.patch_json(plain, [change("/encounters", wrong, "add")])
        assert response.status_int == 422
        assert response.json["messages"] == {"0": ["sex: Must be one of: male, female, unknown."]}

    def test_list_of_encounters_cannot_be_replaced(self, researcher: Client, plain: str) -> None:
        assert researcher.patch_json(plain, [change("/encounters", [])]).status_int == 422

    def test_encounter_is_edited(
        self, researcher: Client, row: AssetGroupSighting, pending: str
    ) -> None:
        animal = EncounterFactory(asset_group_sighting=row, encounter=dict(TIME))
        address = f"{pending}/encounter/{animal.guid}"
        values = {
            "/sex": "male",
            "/taxonomy": TAXONOMY,
            "/verbatimLocality": "",
            "/decimalLatitude": -1.5,
            "/decimalLongitude": 0,
            "/time": None,
            "/timeSpecificity": None,
            "/customFields": {},
        }
        response = researcher.patch_json(address, [change(path, values[path]) for path in values])
        assert response.status_int == 200, response.json
        assert response.json["guid"] == str(animal.guid)
        assert (response.json["sex"], response.json["time"]) == ("male", None)
        assert response.json["decimalLongitude"] == 0
        cleared = researcher.patch_json(address, [change("/sex", None)])
        assert cleared.json["sex"] is None

    @pytest.mark.parametrize(
        ("path", "value", "text"),
        [
            ("sex", "both", "Must be one of: male, female, unknown."),
            ("taxonomy", UNKNOWN_GUID, "is not a species of this site"),
            ("time", "yesterday", "Not a valid datetime with an offset."),
            ("ownerEmail", "nobody@example.org", "owner nobody@example.org not found"),
            ("individualUuid", UNKNOWN_GUID, f"individual {UNKNOWN_GUID} not found"),
        ],
    )
    def test_values_of_an_encounter_are_validated(
        self, researcher: Client, row: AssetGroupSighting, path: str, value: Any, text: str
    ) -> None:
        animal = EncounterFactory(asset_group_sighting=row, encounter=dict(TIME))
        address = f"{ASSET_GROUPS}/sighting/{row.guid}/encounter/{animal.guid}"
        response = researcher.patch_json(address, [change(f"/{path}", value)])
        assert response.status_int == 422
        assert text in response.json["message"]

    def test_an_individual_is_accepted(
        self, researcher: Client, row: AssetGroupSighting, plain: str
    ) -> None:
        known, animal = str(IndividualFactory().guid), EncounterFactory(asset_group_sighting=row)
        address = f"{plain}/encounter/{animal.guid}"
        response = researcher.patch_json(address, [change("/individualUuid", known.upper())])
        assert response.status_int == 200, response.json
        (shown,) = response.json["config"]["sighting"]["encounters"]
        assert shown["individualUuid"] == known

    def test_owner_is_a_researcher(
        self, researcher: Client, row: AssetGroupSighting, pending: str
    ) -> None:
        animal = EncounterFactory(asset_group_sighting=row)
        address = f"{pending}/encounter/{animal.guid}"
        jane, ada = UserFactory(is_researcher=True), UserFactory()
        given = researcher.patch_json(address, [change("/owner", str(jane.guid))])
        assert given.json["owner"]["guid"] == str(jane.guid)
        refused = researcher.patch_json(address, [change("/owner", str(ada.guid))])
        assert refused.status_int == 422
        mailed = researcher.patch_json(address, [change("/ownerEmail", ada.email)])
        assert mailed.json["owner"]["guid"] == str(ada.guid)

    def test_encounter_of_another_sighting_is_not_found(
        self, researcher: Client, pending: str
    ) -> None:
        other = EncounterFactory()
        assert researcher.patch_json(f"{pending}/encounter/{other.guid}", []).status_int == 404


class TestAnnotations:
    @pytest.fixture
    def animals(self, row: AssetGroupSighting) -> list[AssetGroupSightingEncounter]:
        return [EncounterFactory(asset_group_sighting=row, position=place) for place in (0, 1)]

    def assigned(self, client: Client, pending: str) -> list[list[str]]:
        return [
            [annotation["guid"] for annotation in animal["annotations"]]
            for animal in client.get(pending).json["encounters"]
        ]

    def test_annotations_are_assigned_and_moved(
        self, researcher: Client, row: AssetGroupSighting, pending: str, animals: list[Any]
    ) -> None:
        first, second = AnnotationFactory.create_batch(2, asset=row.assets[0])
        both = [str(first.guid), str(second.guid)]
        one, other = (f"{pending}/encounter/{animal.guid}" for animal in animals)
        response = researcher.patch_json(one, [change("/annotations", both, "add")])
        assert {each["guid"] for each in response.json["annotations"]} == set(both)
        assert {each["encounter_guid"] for each in response.json["annotations"]} == {
            str(animals[0].guid)
        }
        for _ in range(2):
            moved = researcher.patch_json(other, [change("/annotations", both[1], "add")])
            assert moved.status_int == 200, moved.json
        assert self.assigned(researcher, pending) == [[both[0]], [both[1]]]
        for _ in range(2):
            gone = researcher.patch_json(one, [change("/annotations", both[0], "remove")])
            assert gone.json["annotations"] == []
        assert self.assigned(researcher, pending) == [[], [both[1]]]

    def test_response_to_a_conditional_request_is_current(
        self, researcher: Client, row: AssetGroupSighting, plain: str, animals: list[Any]
    ) -> None:
        guid = str(AnnotationFactory(asset=row.assets[0]).guid)
        first = f"{plain}/encounter/{animals[0].guid}"
        researcher.patch_json(first, [change("/annotations", guid, "add")])
        response = researcher.patch_json(
            plain,
            [change("/encounters", {"annotations": [guid], "sex": "female"}, "add")],
            headers={"If-Match": researcher.get(plain).headers["ETag"]},
        )
        assert response.status_int == 200, response.json
        shown = response.json["config"]["sighting"]["encounters"]
        assert [each["annotations"] for each in shown] == [[], [], [guid]]

    def test_the_clock_is_not_a_part_of_the_entity_tag(
        self, researcher: Client, row: AssetGroupSighting, pending: str
    ) -> None:
        for address in (pending, f"/api/v1/asset_groups/{row.asset_group_guid}"):
            first, second = researcher.get(address), researcher.get(address)
            assert first.json["pipeline_status"]["now"] < second.json["pipeline_status"]["now"]
            assert first.headers["ETag"] == second.headers["ETag"]
            known = {"If-None-Match": first.headers["ETag"]}
            assert researcher.get(address, headers=known).status_int == 304

    def test_a_change_of_the_pipeline_changes_the_entity_tag(
        self, researcher: Client, db: Session, row: AssetGroupSighting, pending: str
    ) -> None:
        known = {"If-None-Match": researcher.get(pending).headers["ETag"]}
        row.stage = Stage.DETECTION
        db.commit()
        assert researcher.get(pending, headers=known).status_int == 200
        assert researcher.patch_json(pending, [], headers={"If-Match": '"x"'}).status_int == 412

    def test_a_response_has_no_entity_tag_of_another_address(
        self, researcher: Client, pending: str, plain: str, animals: list[Any]
    ) -> None:
        for address in (pending, plain):
            response = researcher.patch_json(f"{address}/encounter/{animals[0].guid}", [])
            assert response.status_int == 200
            assert "ETag" not in response.headers

    def test_annotations_survive_the_removal_of_the_encounter(
        self, researcher: Client, row: AssetGroupSighting, pending: str, animals: list[Any]
    ) -> None:
        annotation = AnnotationFactory(asset=row.assets[0])
        address = f"{pending}/encounter/{animals[0].guid}"
        researcher.patch_json(address, [change("/annotations", str(annotation.guid), "add")])
        researcher.patch_json(pending, [change("/encounters", str(animals[0].guid), "remove")])
        shown = researcher.get(pending).json
        assert len(shown["assets"][0]["annotations"]) == 1
        assert self.assigned(researcher, pending) == [[]]

    def test_only_in_curation(
        self, researcher: Client, db: Session, row: AssetGroupSighting, animals: list[Any]
    ) -> None:
        annotation = AnnotationFactory(asset=row.assets[0])
        row.stage = Stage.DETECTION
        db.commit()
        address = f"{ASSET_GROUPS}/sighting/{row.guid}/encounter/{animals[0].guid}"
        response = researcher.patch_json(
            address, [change("/annotations", str(annotation.guid), "add")]
        )
        assert response.status_int == 409
        assert "not in curating group" in response.json["message"]
        drawn = researcher.post_json(
            "/api/v1/annotations",
            {
                "asset_guid": str(row.assets[0].guid),
                "ia_class": "zebra",
                "viewpoint": "left",
                "bounds": {"rect": [0, 0, 9, 9]},
            },
        )
        assert drawn.status_int == 409
        assert "not curating" in drawn.json["message"]

    @pytest.mark.parametrize(
        ("whose", "text"),
        [
            ("nobody", "not found"),
            ("another sighting", "Asset cannot be in multiple sightings"),
            ("no sighting", "not found"),
        ],
    )
    def test_annotations_of_others(
        self,
        researcher: Client,
        group: Any,
        pending: str,
        animals: list[Any],
        whose: str,
        text: str,
    ) -> None:
        asset = AssetFactory(asset_group=group)
        annotation = AnnotationFactory(asset=asset)
        if whose == "another sighting":
            AssetGroupSightingFactory(asset_group=group, assets=[asset])
        guid = str(uuid4()) if whose == "nobody" else str(annotation.guid)
        address = f"{pending}/encounter/{animals[0].guid}"
        response = researcher.patch_json(address, [change("/annotations", guid, "add")])
        assert response.status_int == 422
        assert text in response.json["message"]


class TestFiles:
    def test_files_are_added_and_removed(
        self, researcher: Client, group: Any, row: AssetGroupSighting, pending: str
    ) -> None:
        AssetFactory(asset_group=group, filename="b.jpg")

        def patch(op: str, value: Any) -> Any:
            return researcher.patch_json(pending, [change("/assetReferences", value, op)])

        def names() -> list[str]:
            return [asset["filename"] for asset in researcher.get(pending).json["assets"]]

        assert patch("add", "b.jpg").status_int == 200
        assert names() == ["a.jpg", "b.jpg"]
        assert "already in Group" in patch("add", "b.jpg").json["message"]
        assert "not in Group" in patch("add", "c.jpg").json["message"]
        assert patch("replace", ["b.jpg", "a.jpg"]).status_int == 200
        assert names() == ["b.jpg", "a.jpg"]
        for _ in range(2):
            assert patch("remove", "b.jpg").status_int == 200
        assert names() == ["a.jpg"]

    def test_files_of_another_sighting(self, researcher: Client, group: Any, pending: str) -> None:
        other = AssetGroupSightingFactory(
            asset_group=group, assets=[AssetFactory(asset_group=group, filename="b.jpg")]
        )
        response = researcher.patch_json(pending, [change("/assetReferences", "b.jpg", "add")])
        assert response.status_int == 422
        assert f"already in assetGroupSighting {other.guid}" in response.json["message"]


def test_rotations_are_recorded(researcher: Client, db: Session, row: AssetGroupSighting) -> None:
    (asset,) = row.assets
    for _ in range(2):
        turn = [change("/image", {"rotate": {"angle": 90}})]
        assert researcher.patch_json(f"/api/v1/assets/{asset.guid}", turn).status_int == 200
    db.refresh(row)
    assert row.updated_assets == [str(asset.guid)]


def test_changes_are_recorded(researcher: Client, admin: Client, row: Any, pending: str) -> None:
    animal = EncounterFactory(asset_group_sighting=row)
    annotation = AnnotationFactory(asset=row.assets[0])
    researcher.patch_json(pending, [change("/comments", "Two.")])
    researcher.patch_json(
        f"{pending}/encounter/{animal.guid}",
        [change("/sex", "male"), change("/annotations", str(annotation.guid), "add")],
    )
    entries = admin.get(f"/api/v1/audit_logs/{row.guid}").json
    messages = [entry["message"] for entry in entries if entry["audit_type"] == "Update"]
    assert any("comments" in text or "sighting" in text for text in messages)
    assert any(str(annotation.guid) in text for text in messages)


def _differences(document: dict[str, Any]) -> dict[str, Any]:
    """Return the differences between two documents."""
    return {"pipeline_status": document["pipeline_status"]}

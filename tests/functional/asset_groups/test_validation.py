"""All errors of a submission are reported, by path for programs and in words for users."""

from typing import Any
from unicodedata import normalize
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from houston.core.db.session import Session
from houston.core.services import Services
from houston.modules.asset_groups.models import AssetGroup, AssetGroupSighting
from houston.modules.asset_groups.services.checks import Checker
from houston.modules.uploads.models import Upload
from tests.clients_of_roles import Client
from tests.factories.individuals import NameFactory
from tests.factories.site_settings import SiteSettingFactory, definition
from tests.factories.users import UserFactory
from tests.functional.asset_groups.reports import (
    ASSET_GROUPS,
    HEADING,
    PLACE,
    encounter,
    form,
    sighting,
    table,
    upload,
)
from tests.functional.flows.photographs import photograph
from tests.functional.uploads.tus import upload as send

UNKNOWN_GUID = "99999999-9999-4999-8999-999999999999"


def refused(client: Client, body: Any, status: int = 422) -> Any:
    """Return the messages of a refusal."""
    response = client.post_json(ASSET_GROUPS, body)
    assert response.status_int == status, response.json
    return response.json["messages"]


@pytest.mark.parametrize(
    ("changes", "path", "text"),
    [
        ({"uploadType": None}, "uploadType", "uploadType in request: Field may not be null."),
        (
            {"uploadType": "mail"},
            "uploadType",
            "uploadType in request: Must be one of: form, bulk.",
        ),
        (
            {"uploadType": 5},
            "uploadType",
            "uploadType in request: Not a valid string.",
        ),
        (
            {"speciesDetectionModel": None},
            "speciesDetectionModel",
            "speciesDetectionModel in request: Field may not be null.",
        ),
        (
            {"speciesDetectionModel": []},
            "speciesDetectionModel",
            "speciesDetectionModel in request: Must have 1 to 1 items.",
        ),
        (
            {"speciesDetectionModel": ["None", None]},
            "speciesDetectionModel",
            "speciesDetectionModel in request: Must have 1 to 1 items.",
        ),
        (
            {"speciesDetectionModel": ["unicorns"]},
            "speciesDetectionModel",
            "detection config unicorns not supported",
        ),
        (
            {"speciesDetectionModel": [{}]},
            "speciesDetectionModel.0",
            "speciesDetectionModel.0 in request: Not a valid string.",
        ),
        ({"sightings": []}, "sightings", "sightings in request: Must have 1 to 10000 items."),
        (
            {"sightings": [sighting(), sighting()]},
            "sightings",
            "sightings in request: A form must have exactly one sighting.",
        ),
        ({"sightings": ["a zebra"]}, "sightings.0", "Sighting 1: Not a valid mapping."),
        (
            {"transactionId": "mine"},
            "transactionId",
            "transactionId in request: Not a valid UUID.",
        ),
        (
            {"description": "x" * 256},
            "description",
            "description in request: Longer than maximum length 255.",
        ),
        (
            {"description": "Spring\nin the Mara"},
            "description",
            "description in request: Must be one line of text, without hidden characters.",
        ),
        (
            {"submitterEmail": "nobody"},
            "submitterEmail",
            "submitterEmail in request: Not a valid email address.",
        ),
        (
            {"colour": "\0"},
            "colour",
            "colour in request: Contains text or numbers that cannot be stored.",
        ),
        (
            {"colour": "x" * 10_000},
            "colour",
            "colour in request: Unknown fields are larger than 10000 bytes of JSON.",
        ),
    ],
)
def test_request(researcher: Client, changes: dict[str, Any], path: str, text: str) -> None:
    assert refused(researcher, form(**changes)) == {path: [text]}


@pytest.mark.parametrize(
    ("changes", "field", "text"),
    [
        ({"locationId": ""}, "locationId", "locationId in Sighting 1: Not a valid UUID."),
        (
            {"locationId": "Kenya"},
            "locationId",
            "locationId in Sighting 1: Not a valid UUID.",
        ),
        (
            {"locationId": UNKNOWN_GUID},
            "locationId",
            f"Invalid locationId guid {UNKNOWN_GUID} in Sighting 1",
        ),
        (
            {"locationId": HEADING},
            "locationId",
            f"Invalid locationId guid {HEADING} in Sighting 1",
        ),
        (
            {"name": "x" * 121},
            "name",
            "name in Sighting 1: Longer than maximum length 120.",
        ),
        (
            {"name": "Mara\u202e"},
            "name",
            "name in Sighting 1: Must be one line of text, without hidden characters.",
        ),
        ({"time": None}, "time", "time in Sighting 1: Field may not be null."),
        ({"time": 5}, "time", "time in Sighting 1: Not a valid string."),
        (
            {"time": "yesterday"},
            "time",
            "time in Sighting 1: Not a valid datetime with an offset.",
        ),
        (
            {"time": "2023-05-04T06:30:00"},
            "time",
            "time in Sighting 1: Not a valid datetime with an offset.",
        ),
        (
            {"timeSpecificity": "century"},
            "timeSpecificity",
            "timeSpecificity in Sighting 1: Must be one of: year, month, day, time.",
        ),
        ({"encounters": None}, "encounters", "encounters in Sighting 1: Field may not be null."),
        (
            {"encounters": []},
            "encounters",
            "encounters in Sighting 1: Must have 1 to 1000 items.",
        ),
        (
            {"assetReferences": "IMG.jpg"},
            "assetReferences",
            "assetReferences in Sighting 1: Not a valid list.",
        ),
        (
            {"assetReferences": [5]},
            "assetReferences.0",
            "assetReferences.0 in Sighting 1: Not a valid string.",
        ),
        (
            {"assetReferences": ["IMG.jpg"]},
            "assetReferences",
            "Failed to find IMG.jpg in transaction",
        ),
        (
            {"idConfigs": [{"algorithms": ["hotspotter_nosv"]}] * 2},
            "idConfigs",
            "idConfigs in Sighting 1: Must have 0 to 1 items.",
        ),
        (
            {"idConfigs": [{"algorithms": ["guessing"]}]},
            "idConfigs",
            "failed to find guessing in Sighting 1",
        ),
        (
            {"decimalLatitude": 1.5},
            "decimalLongitude",
            "Need both or neither of decimalLatitude and decimalLongitude in Sighting 1",
        ),
        (
            {"decimalLatitude": 91, "decimalLongitude": 0},
            "decimalLatitude",
            "decimalLatitude in Sighting 1: Must be between -90 and 90.",
        ),
        (
            {"decimalLatitude": 0, "decimalLongitude": "-181"},
            "decimalLongitude",
            "decimalLongitude in Sighting 1: Must be between -180 and 180.",
        ),
        (
            {"decimalLatitude": "NaN", "decimalLongitude": 0},
            "decimalLatitude",
            "decimalLatitude in Sighting 1: Not a valid number.",
        ),
        (
            {"decimalLatitude": [], "decimalLongitude": 0},
            "decimalLatitude",
            "decimalLatitude in Sighting 1: Not a valid number.",
        ),
        (
            {"customFields": None},
            "customFields",
            "customFields in Sighting 1: Field may not be null.",
        ),
        (
            {"comments": 5},
            "comments",
            "comments in Sighting 1: Not a valid string.",
        ),
        (
            {"mood": "good"},
            "mood",
            "mood in Sighting 1: Unknown field.",
        ),
    ],
)
def test_sighting(researcher: Client, changes: dict[str, Any], field: str, text: str) -> None:
    submitted = sighting(**changes)
    submitted = {
        name: value for name, value in submitted.items() if value is not None or name in changes
    }
    messages = refused(researcher, form(submitted))
    assert messages[f"sightings.0.{field}"] == [text]


@pytest.mark.parametrize(
    ("changes", "field", "text"),
    [
        (
            {"locationId": UNKNOWN_GUID},
            "locationId",
            f"Invalid locationId guid {UNKNOWN_GUID} in Encounter 1.1",
        ),
        (
            {"taxonomy": UNKNOWN_GUID},
            "taxonomy",
            f"taxonomy {UNKNOWN_GUID} is not a species of this site in Encounter 1.1",
        ),
        ({"sex": "both"}, "sex", "sex in Encounter 1.1: Must be one of: male, female, unknown."),
        (
            {"timeSpecificity": None},
            "timeSpecificity",
            "timeSpecificity field missing from Encounter 1.1",
        ),
        ({"ownerEmail": 5}, "ownerEmail", "ownerEmail in Encounter 1.1: Not a valid string."),
        (
            {"ownerEmail": "nobody@example.org"},
            "ownerEmail",
            "Encounter 1.1 owner nobody@example.org not found",
        ),
        (
            {"firstName": "Ada\nand Grace"},
            "firstName",
            "firstName in Encounter 1.1: Must be one line of text, without hidden characters.",
        ),
        (
            {"individualUuid": "Ada"},
            "individualUuid",
            "individualUuid in Encounter 1.1: Not a valid UUID.",
        ),
        (
            {"individualUuid": UNKNOWN_GUID},
            "individualUuid",
            f"Encounter 1.1 individual {UNKNOWN_GUID} not found",
        ),
        (
            {"annotations": [UNKNOWN_GUID]},
            "annotations",
            f"Encounter 1.1 annotation:{UNKNOWN_GUID} not found",
        ),
        (
            {"stripes": ["\ud800"]},
            "stripes",
            "stripes in Encounter 1.1: Contains text or numbers that cannot be stored.",
        ),
        (
            {"verbatimLocality": "Mara\0River"},
            "verbatimLocality",
            "verbatimLocality in Encounter 1.1: Contains characters that cannot be stored.",
        ),
    ],
)
def test_encounter(researcher: Client, changes: dict[str, Any], field: str, text: str) -> None:
    messages = refused(researcher, form(sighting(encounters=[encounter(**changes)])))
    assert messages == {f"sightings.0.encounters.0.{field}": [text]}


def test_columns_of_a_spreadsheet_that_are_not_known_are_kept(researcher: Client) -> None:
    columns = {"speciesDetectionModel": ["african_terrestrial"], "utcOffset": "+03:00", "herd": 7}
    body = table(sighting(encounters=[encounter(**columns)]), taxonomies=[], source="a spreadsheet")
    created = researcher.post_json(ASSET_GROUPS, body)
    assert created.status_int == 200, created.json
    (row,) = created.json["asset_group_sightings"]
    (shown,) = row["config"]["sighting"]["encounters"]
    assert columns.items() <= shown.items()
    address = f"/api/v1/asset_groups/sighting/{row['guid']}"
    values = {**PLACE, "herd": 8, "annotations": [], "guid": "mine"}
    added = researcher.patch_json(address, [{"op": "add", "path": "/encounters", "value": values}])
    assert added.status_int == 200, added.json
    first, second = added.json["config"]["sighting"]["encounters"]
    assert (first["herd"], second["herd"]) == (7, 8)
    assert second["guid"] != "mine"


def test_faults_beside_columns_that_are_not_known_are_all_told(researcher: Client) -> None:
    values = encounter(herd="\0", sex="both")
    messages = refused(researcher, table(sighting(), sighting(encounters=[values])))
    assert set(messages) == {f"sightings.1.encounters.0.{field}" for field in ("herd", "sex")}


def test_encounter_that_is_not_an_object(researcher: Client) -> None:
    messages = refused(researcher, form(sighting(encounters=["a zebra"])))
    assert messages == {"sightings.0.encounters.0": ["Encounter 1.1: Not a valid mapping."]}


def test_custom_fields_are_validated_against_the_site(researcher: Client) -> None:
    herd = definition("integer")
    SiteSettingFactory(key="site.custom.customFields.Sighting", value={"definitions": [herd]})
    fields = {herd["id"]: "many", "unknown": 1}
    messages = refused(researcher, form(sighting(customFields=fields)))
    (text,) = messages["sightings.0.customFields"]
    assert text.startswith("Problem with customFields value(s): ")
    assert herd["id"] in text
    assert "invalid customField definition id unknown" in text
    response = researcher.post_json(ASSET_GROUPS, form(sighting(customFields={herd["id"]: "7"})))
    (shown,) = response.json["asset_group_sightings"]
    assert shown["config"]["sighting"]["customFields"] == {herd["id"]: 7}


class TestTable:
    """Bulk uploads with many rows, some of which are invalid."""

    def test_invalid_rows_are_named_and_nothing_is_stored(
        self, researcher: Client, db: Session
    ) -> None:
        names = [f"{number}.jpg" for number in range(30)]
        rows = [sighting(assetReferences=[name]) for name in names]
        rows[16]["encounters"] = [encounter(), encounter(locationId="x")]
        rows[26]["time"] = "27th of May"
        transaction = upload(*names, owner=researcher.account)
        response = researcher.post_json(ASSET_GROUPS, table(*rows, transactionId=transaction))
        assert response.status_int == 422
        first = "locationId in Encounter 17.2: Not a valid UUID."
        assert response.json["message"] == f"2 faults; the first: {first}"
        assert response.json["messages"] == {
            "sightings.16.encounters.1.locationId": [first],
            "sightings.26.time": ["time in Sighting 27: Not a valid datetime with an offset."],
        }
        for model in (AssetGroup, AssetGroupSighting):
            assert db.scalar(select(func.count()).select_from(model)) == 0
        assert db.scalar(select(func.count()).select_from(Upload)) == len(names)

    def test_file_belongs_to_one_sighting(self, researcher: Client) -> None:
        transaction = upload("a.jpg", owner=researcher.account)
        rows = [sighting(assetReferences=["a.jpg", "a.jpg"]), sighting(assetReferences=["a.jpg"])]
        messages = refused(researcher, table(*rows, transactionId=transaction))
        assert messages == {"sightings.1.assetReferences": ["found a.jpg in multiple sightings"]}

    def test_name_of_several_files(self, researcher: Client) -> None:
        transaction = uuid4()
        for width in (40, 80):
            content = photograph(width, 30)
            assert send(researcher, content, "IMG_0001.JPG", transaction).status_int == 204
        sent = {"transactionId": str(transaction)}
        messages = refused(researcher, table(sighting(assetReferences=["IMG_0001.JPG"]), **sent))
        assert messages == {
            "sightings.0.assetReferences": [
                "IMG_0001.JPG is the name of several files: IMG_0001 (1).JPG, IMG_0001 (2).JPG"
            ]
        }
        rows = [sighting(assetReferences=[f"IMG_0001 ({number}).JPG"]) for number in (2, 1)]
        created = researcher.post_json(ASSET_GROUPS, table(*rows, **sent)).json
        widths = [
            each["assets"][0]["dimensions"]["width"] for each in created["asset_group_sightings"]
        ]
        assert widths == [80, 40]

    def test_form_lists_a_name_as_often_as_there_are_files(self, researcher: Client) -> None:
        transaction = uuid4()
        for width in (40, 80):
            send(researcher, photograph(width, 30), "IMG_0001.JPG", transaction)
        names = ["IMG_0001.JPG", "IMG_0001.JPG"]
        body = form(sighting(assetReferences=names), transactionId=str(transaction))
        assets = researcher.post_json(ASSET_GROUPS, body).json["assets"]
        assert [each["filename"] for each in assets] == ["IMG_0001 (1).JPG", "IMG_0001 (2).JPG"]

    def test_names_are_compared_in_one_form_of_unicode(self, researcher: Client) -> None:
        composed, decomposed = (normalize(form, "Tårnby Ñu.jpg") for form in ("NFC", "NFD"))
        transaction = upload(decomposed, owner=researcher.account)
        row = sighting(assetReferences=[composed, decomposed])
        created = researcher.post_json(ASSET_GROUPS, table(row, transactionId=transaction)).json
        assert [each["filename"] for each in created["assets"]] == [decomposed]
        address = f"{ASSET_GROUPS}/sighting/{created['asset_group_sightings'][0]['guid']}"
        for operation in (
            {"op": "remove", "path": "/assetReferences", "value": composed},
            {"op": "add", "path": "/assetReferences", "value": composed},
        ):
            changed = researcher.patch_json(address, [operation])
            assert changed.status_int == 200
        assert len(changed.json["assets"]) == 1

    def test_values_of_spreadsheets_are_accepted(self, researcher: Client) -> None:
        row = encounter(
            firstName="Ada",
            utcOffset="+03:00",
            decimalLatitude="-1.5",
            decimalLongitude=".5",
            comments="",
            time="2023-05-04T06:30:00Z",
            customFields={},
        )
        response = researcher.post_json(ASSET_GROUPS, table(sighting(encounters=[row])))
        assert response.status_int == 200, response.json
        (shown,) = response.json["asset_group_sightings"]
        (row,) = shown["config"]["sighting"]["encounters"]
        assert row["firstName"] == "Ada"
        assert (row["decimalLatitude"], row["decimalLongitude"]) == (-1.5, 0.5)

    def test_one_bulk_upload_at_a_time(self, researcher: Client) -> None:
        transaction = upload("a.jpg", owner=researcher.account)
        curated = table(sighting(assetReferences=["a.jpg"]), transactionId=transaction)
        first = researcher.post_json(ASSET_GROUPS, curated).json["guid"]
        response = researcher.post_json(ASSET_GROUPS, table())
        assert response.status_int == 409
        assert response.json["message"] == (
            f"Bulk Upload {first} not processed, please finish this before creating new bulk upload"
        )
        assert researcher.post_json(ASSET_GROUPS, form()).status_int == 200

    def test_one_without_photographs_does_not_wait(self, researcher: Client) -> None:
        for _ in range(2):
            assert researcher.post_json(ASSET_GROUPS, table()).status_int == 200


class TestRights:
    def test_bulk_uploads_are_for_researchers(self, user: Client, anonymous: Client) -> None:
        for client, text in (
            (user, "User not permitted to do bulk upload"),
            (anonymous, "anonymous users not permitted to do bulk upload"),
        ):
            assert refused(client, table())["uploadType"] == [text]

    def test_owners_are_assigned_by_researchers(
        self, user: Client, anonymous: Client, researcher: Client
    ) -> None:
        owner = UserFactory()
        submitted = form(
            sighting(encounters=[encounter(), encounter(ownerEmail=owner.email.upper())])
        )
        path = "sightings.0.encounters.1.ownerEmail"
        assert refused(user, submitted)[path] == ["User not permitted to assign owners"]
        texts = ["anonymous users not permitted to assign owners"]
        assert refused(anonymous, submitted)[path] == texts
        response = researcher.post_json(ASSET_GROUPS, submitted).json
        (shown,) = response["asset_group_sightings"]
        pending = researcher.get(f"{ASSET_GROUPS}/sighting/as_sighting/{shown['guid']}").json
        owners = [each["owner"]["guid"] for each in pending["encounters"]]
        assert owners == [str(researcher.account.guid), str(owner.guid)]

    @pytest.mark.parametrize("field", ["individualUuid", "firstName", "FirstName"])
    def test_individuals_are_assigned_by_researchers(
        self, user: Client, anonymous: Client, researcher: Client, field: str
    ) -> None:
        name = NameFactory()
        known = str(name.individual.guid) if field == "individualUuid" else name.value
        path = f"sightings.0.encounters.0.{field}"
        for given in (known, UNKNOWN_GUID):
            submitted = form(sighting(encounters=[encounter(**{field: given})]))
            texts = ["User not permitted to assign individuals"]
            assert refused(user, submitted)[path] == texts
            texts = ["anonymous users not permitted to assign individuals"]
            assert refused(anonymous, submitted)[path] == texts
        submitted = form(sighting(encounters=[encounter(**{field: known})]))
        assert researcher.post_json(ASSET_GROUPS, submitted).status_int == 200

    def test_sightings_without_photographs_are_for_researchers(self, user: Client) -> None:
        assert refused(user, form()) == {
            "sightings.0.assetReferences": [
                "Only a Researcher can create a Git Store without any Assets"
            ]
        }

    def test_transaction_must_be_used(self, researcher: Client) -> None:
        transaction = upload("a.jpg", owner=researcher.account)
        messages = refused(researcher, form(transactionId=transaction))
        assert messages == {"transactionId": ["Tus transaction must contain files"]}

    def test_files_of_others_are_not_found(self, researcher: Client, user: Client) -> None:
        transaction = upload("a.jpg", owner=user.account)
        submitted = form(sighting(assetReferences=["a.jpg"]), transactionId=transaction)
        messages = refused(researcher, submitted)
        assert messages == {"sightings.0.assetReferences": ["Failed to find a.jpg in transaction"]}


def test_number_of_owners_is_not_limited_by_the_database(services: Services, db: Session) -> None:
    owner = UserFactory()
    emails = [f"{number}@example.org" for number in range(40_000)] + [owner.email]
    assert Checker(services, db, emails).owners == {owner.email_folded: owner.guid}


def test_unread_values_are_bounded(researcher: Client) -> None:
    messages = refused(researcher, form(taxonomies=["x" * 10_000]))
    assert messages == {"taxonomies": ["taxonomies in request: Larger than 10000 bytes of JSON."]}


def test_number_of_messages_is_bounded(researcher: Client) -> None:
    rows = [sighting(**{str(number): 1 for number in range(90)})] * 40
    messages = refused(researcher, table(*rows))
    assert sum(map(len, messages.values())) == 51
    assert messages["_schema"] == ["and 130 more"]


@pytest.mark.parametrize("body", ["[]", "5", '"form"', '{"sightings": ['])
def test_body_that_is_not_a_submission(researcher: Client, body: str) -> None:
    response = researcher.post(ASSET_GROUPS, body, content_type="application/json")
    assert response.status_int in (400, 422)

"""Changes of sightings."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from houston.modules.annotations.models import Annotation
from houston.modules.assets.models import Asset
from houston.modules.audit_logs.models import AuditLog
from houston.modules.sightings.models import Encounter, Sighting
from tests.clients_of_roles import Client
from tests.factories.annotations import AnnotationFactory
from tests.factories.asset_groups import TIME, AssetGroupFactory
from tests.factories.assets import AssetFactory
from tests.factories.individuals import IndividualFactory
from tests.factories.sightings import EncounterFactory, SightingFactory
from tests.factories.site_settings import SiteSettingFactory, definition
from tests.functional.asset_groups.reports import HEADING, REGION, TAXONOMY

SIGHTINGS = "/api/v1/sightings"
REFUSAL = "Remove failed because it would cause a delete cascade"
UNKNOWN = "55555555-5555-4555-8555-555555555555"
DOCUMENTS = ("name", "time", "timeSpecificity", "comments", "verbatimLocality", "customFields")


@pytest.fixture
def asset(researcher: Client) -> Asset:
    """Return an asset of the researcher."""
    row: Asset = AssetFactory(asset_group=AssetGroupFactory(owner=researcher.account))
    return row


@pytest.fixture
def row(researcher: Client, asset: Asset) -> Any:
    """Return a sighting with an asset and an encounter of the researcher."""
    row = SightingFactory(assets=[asset])
    EncounterFactory(sighting=row, owner=researcher.account)
    return row


def operation(path: str, value: Any = None, op: str = "replace") -> dict[str, Any]:
    return {"op": op, "path": path, "value": value}


def change(client: Client, row: Any, *operations: dict[str, Any], **headers: str) -> Any:
    return client.patch_json(f"{SIGHTINGS}/{row.guid}", list(operations), headers=headers)


def changed(client: Client, row: Any, *operations: dict[str, Any]) -> Any:
    response = change(client, row, *operations)
    assert response.status_int == 200, response.json
    return response.json


def count(db: Session, model: Any) -> int:
    return db.scalar(select(func.count()).select_from(model)) or 0


VALUES = {
    "time": "2022-01-02T03:04:05-07:00",
    "timeSpecificity": "day",
    "locationId": REGION,
    "verbatimLocality": "North bank",
    "decimalLatitude": -1.5,
    "decimalLongitude": 36.25,
    "comments": "A foal is limping.",
    "name": "Foal",
    "taxonomies": [TAXONOMY],
    "match_state": "in_progress",
    "idConfigs": [{"algorithms": ["hotspotter_nosv"], "matching_set": None}],
}


@pytest.mark.parametrize("op", ["add", "replace"])
def test_all_fields(researcher: Client, row: Any, op: str) -> None:
    shown = changed(researcher, row, *(operation(f"/{name}", VALUES[name], op) for name in VALUES))
    assert {name: shown[name] for name in VALUES} == VALUES
    read = researcher.get(f"{SIGHTINGS}/{row.guid}").json
    assert {name: read[name] for name in VALUES} == VALUES


def test_unset_values_of_the_client(researcher: Client, row: Any) -> None:
    changed(researcher, row, *(operation(f"/{name}", VALUES[name]) for name in VALUES))
    unset = {
        "verbatimLocality": "",
        "comments": "",
        "decimalLatitude": None,
        "decimalLongitude": "",
        "customFields": {},
        "locationId": None,
        "name": None,
    }
    shown = changed(researcher, row, *(operation(f"/{name}", unset[name]) for name in unset))
    assert shown["comments"] == ""
    unknown = ("verbatimLocality", "decimalLatitude", "decimalLongitude", "locationId", "name")
    assert [shown[name] for name in unknown] == [None] * 5


def test_zero_is_a_coordinate(researcher: Client, row: Any) -> None:
    shown = changed(
        researcher, row, operation("/decimalLatitude", 0), operation("/decimalLongitude", 0)
    )
    assert (shown["decimalLatitude"], shown["decimalLongitude"]) == (0, 0)


@pytest.mark.parametrize(
    ("path", "value", "text"),
    [
        ("/time", "yesterday", "Not a valid datetime with an offset."),
        ("/time", "2022-01-02T03:04:05", "Not a valid datetime with an offset."),
        ("/time", None, "Field may not be null."),
        ("/timeSpecificity", "century", "Must be one of"),
        ("/match_state", "done", "Must be one of"),
        ("/decimalLatitude", 90.5, "Must be between -90 and 90."),
        ("/decimalLatitude", 10, "Need both or neither of decimalLatitude and decimalLongitude"),
        ("/decimalLongitude", -181, "Must be between -180 and 180."),
        ("/locationId", UNKNOWN, f"Invalid locationId guid {UNKNOWN}"),
        ("/locationId", HEADING, f"Invalid locationId guid {HEADING}"),
        ("/locationId", "Kenya", "Not a valid UUID"),
        ("/taxonomies", [UNKNOWN], f"taxonomies {UNKNOWN} is not a species"),
        ("/name", "x" * 121, "Longer than maximum length 120."),
        ("/idConfigs", [{"algorithms": ["guess"]}], "failed to find guess"),
        ("/customFields", {"gone": 1}, "invalid customField definition id gone"),
        ("/customFields", 5, ""),
        ("/stage", "processed", "Not a path that can be patched."),
    ],
)
def test_bad_values_are_refused(
    researcher: Client, row: Any, path: str, value: Any, text: str
) -> None:
    response = change(researcher, row, operation("/comments", "kept?"), operation(path, value))
    assert response.status_int == 422
    assert text in response.json["message"]
    assert researcher.get(f"{SIGHTINGS}/{row.guid}").json["comments"] is None


@pytest.mark.parametrize("first", [0, 1])
def test_halves_of_the_time_in_any_order(researcher: Client, row: Any, first: int) -> None:
    halves = operation("/time", VALUES["time"]), operation("/timeSpecificity", "month")
    shown = changed(researcher, row, halves[first], halves[1 - first])
    assert (shown["time"], shown["timeSpecificity"]) == (VALUES["time"], "month")


def test_one_half_of_the_time(db: Session, researcher: Client, row: Any) -> None:
    shown = changed(researcher, row, operation("/timeSpecificity", "year"))
    assert (shown["time"], shown["timeSpecificity"]) == (TIME["time"], "year")
    shown = changed(researcher, row, operation("/time", VALUES["time"]))
    assert (shown["time"], shown["timeSpecificity"]) == (VALUES["time"], "year")
    db.refresh(row)
    assert row.time_order == row.observed.middle


def test_species_are_added_and_removed(researcher: Client, row: Any) -> None:
    shown = changed(researcher, row, operation("/taxonomies", TAXONOMY, "add"))
    assert shown["taxonomies"] == [TAXONOMY]
    assert shown["encounters"][0]["taxonomy"] == TAXONOMY
    shown = changed(researcher, row, operation("/taxonomies", TAXONOMY, "remove"))
    assert shown["taxonomies"] == []


def test_review_has_a_time(researcher: Client, row: Any) -> None:
    shown = changed(researcher, row, operation("/match_state", "reviewed"))
    assert shown["review_time"][:19] == shown["updated"][:19]
    shown = changed(researcher, row, operation("/match_state", "in_progress"))
    assert shown["review_time"] is None


def test_custom_fields_are_merged(researcher: Client, row: Any) -> None:
    fields = [definition("integer"), definition("string")]
    key = "site.custom.customFields.Sighting"
    SiteSettingFactory(key=key, value={"definitions": fields})
    number, text = (field["id"] for field in fields)
    changed(researcher, row, operation("/customFields", {number: 7}))
    shown = changed(researcher, row, operation("/customFields", {"id": text, "value": "calm"}))
    assert shown["customFields"] == {number: 7, text: "calm"}
    assert changed(researcher, row, operation("/customFields", {}))["customFields"] == {
        number: 7,
        text: "calm",
    }
    shown = changed(researcher, row, operation("/customFields", number, "remove"))
    assert shown["customFields"] == {text: "calm"}


def test_custom_fields_are_removed(researcher: Client, row: Any) -> None:
    field = definition("integer", required=True)
    SiteSettingFactory(key="site.custom.customFields.Sighting", value={"definitions": [field]})
    removal = operation("/customFields", field["id"], "remove")
    set_first = operation("/customFields", {field["id"]: 7}), removal
    assert changed(researcher, row, *set_first)["customFields"] == {}
    assert changed(researcher, row, removal)["customFields"] == {}
    refused = change(researcher, row, operation("/customFields", "gone", "remove"))
    assert refused.status_int == 422
    assert "invalid customField definition id gone" in refused.json["message"]


def test_custom_field_without_a_definition_is_removed(
    db: Session, researcher: Client, row: Any
) -> None:
    row.custom_fields = {"gone": 7}
    db.commit()
    shown = changed(researcher, row, operation("/customFields", "gone", "remove"))
    assert shown["customFields"] == {}


def test_featured_asset(db: Session, researcher: Client, row: Any, asset: Asset) -> None:
    other = AssetFactory(asset_group=AssetGroupFactory(owner=researcher.account))
    refused = change(researcher, row, operation("/featuredAssetGuid", str(other.guid)))
    assert refused.status_int == 409
    assert str(other.guid) in refused.json["messages"]["featuredAssetGuid"][0]
    both = operation("/featuredAssetGuid", str(other.guid)), operation("/assetId", str(other.guid))
    shown = changed(researcher, row, *both, operation("/customFields", {}))
    assert shown["featuredAssetGuid"] == str(other.guid)
    assert [each["guid"] for each in shown["assets"]] == [str(asset.guid), str(other.guid)]
    again = changed(researcher, row, operation("/assetId", str(other.guid), "add"))
    assert len(again["assets"]) == 2
    shown = changed(researcher, row, operation("/featuredAssetGuid"))
    assert shown["featuredAssetGuid"] == str(asset.guid)


@pytest.mark.parametrize(("exists", "status"), [(True, 403), (False, 422)])
def test_assets_of_others_are_not_linked(
    researcher: Client, row: Any, exists: bool, status: int
) -> None:
    guid = AssetFactory().guid if exists else uuid4()
    assert change(researcher, row, operation("/assetId", str(guid))).status_int == status
    assert len(researcher.get(f"{SIGHTINGS}/{row.guid}").json["assets"]) == 1


def test_deleted_asset_is_no_longer_featured(
    db: Session, researcher: Client, row: Any, asset: Asset
) -> None:
    changed(researcher, row, operation("/featuredAssetGuid", str(asset.guid)))
    researcher.delete(f"/api/v1/asset_groups/{asset.asset_group_guid}")
    shown = researcher.get(f"{SIGHTINGS}/{row.guid}").json
    assert (shown["assets"], shown["featuredAssetGuid"]) == ([], None)


ANIMAL = {
    **TIME,
    "locationId": REGION,
    "decimalLatitude": 1.5,
    "decimalLongitude": 2.5,
    "taxonomy": TAXONOMY,
    "sex": "female",
    "verbatimLocality": "South bank",
    "customFields": {},
}


def test_encounter_is_added(researcher: Client, row: Any) -> None:
    shown = changed(researcher, row, operation("/encounters", ANIMAL, "add"))
    (old, new) = shown["encounters"]
    assert {name: new[name] for name in ANIMAL} == ANIMAL
    assert new["owner_guid"] == str(researcher.account.guid)
    assert new["sighting"] == str(row.guid)
    assert (new["hasView"], new["hasEdit"], new["annotations"]) == (True, True, [])
    assert old["guid"] != new["guid"]


def test_encounters_are_added_in_their_order(researcher: Client, row: Any) -> None:
    several = [
        operation("/encounters", {"verbatimLocality": text}, "add") for text in ("a", "b", "c")
    ]
    changed(researcher, row, *several)
    shown = researcher.get(f"{SIGHTINGS}/{row.guid}").json["encounters"]
    assert [each["verbatimLocality"] for each in shown] == [None, "a", "b", "c"]
    assert shown[1]["time"] == TIME["time"]


def test_reporter_still_edits_after_another_user_adds(
    researcher: Client, admin: Client, row: Any
) -> None:
    changed(admin, row, operation("/encounters", {}, "add"))
    shown = researcher.get(f"{SIGHTINGS}/{row.guid}").json
    assert shown["hasEdit"] is True
    assert [each["owner_guid"] for each in shown["encounters"]] == [
        str(researcher.account.guid),
        str(admin.account.guid),
    ]


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ({"locationId": UNKNOWN}, "locationId"),
        ({"taxonomy": UNKNOWN}, "taxonomy"),
        ({"sex": "both"}, "sex"),
        ({"time": TIME["time"]}, "timeSpecificity"),
        ({"decimalLatitude": 1}, "decimalLongitude"),
        ({"customFields": {"gone": 1}}, "customField"),
        ({"owner": UNKNOWN}, "owner"),
        (UNKNOWN, ""),
        ([], ""),
    ],
)
def test_bad_encounter_is_refused(
    db: Session, researcher: Client, row: Any, value: Any, field: str
) -> None:
    response = change(researcher, row, operation("/encounters", value, "add"))
    assert response.status_int == 422
    assert field in response.json["message"]
    assert count(db, Encounter) == 1


def test_encounter_is_removed(db: Session, researcher: Client, row: Any, asset: Asset) -> None:
    other = EncounterFactory(sighting=row, owner=researcher.account)
    annotation, guid = AnnotationFactory(asset=asset, encounter_guid=other.guid), other.guid
    shown = changed(researcher, row, operation("/encounters", str(other.guid), "remove"))
    assert len(shown["encounters"]) == 1
    (drawn,) = shown["assets"][0]["annotations"]
    assert (drawn["guid"], drawn["encounter_guid"]) == (str(annotation.guid), None)
    db.expire_all()
    assert db.get_one(Annotation, annotation.guid).encounter_guid is None
    assert db.get(Encounter, guid) is None


def test_encounter_of_another_sighting_is_named(db: Session, researcher: Client, row: Any) -> None:
    foreign = EncounterFactory(owner=researcher.account)
    for guid in (foreign.guid, uuid4()):
        response = change(researcher, row, operation("/encounters", str(guid), "remove"))
        assert response.status_int == 409
        assert response.json["messages"] == {
            "encounters": [f"Sighting {row.guid} has no encounter {guid}."]
        }
    assert count(db, Encounter) == 2


def test_encounter_of_another_user_is_not_removed(
    db: Session, researcher: Client, admin: Client, row: Any
) -> None:
    other = EncounterFactory(sighting=row)
    removal = operation("/encounters", str(other.guid), "remove")
    refused = change(researcher, row, operation("/comments", "kept?"), removal)
    assert refused.status_int == 403
    assert count(db, Encounter) == 2
    assert len(changed(admin, row, removal)["encounters"]) == 1


def last_one(row: Any, *before: dict[str, Any]) -> list[dict[str, Any]]:
    return [*before, operation("/encounters", str(row.encounters[0].guid), "remove")]


def test_last_encounter_is_protected(db: Session, researcher: Client, row: Any) -> None:
    response = change(researcher, row, *last_one(row, operation("/comments", "kept?")))
    assert response.status_int == 400
    assert response.json["message"] == REFUSAL
    assert response.json["vulnerableSightingGuid"] == str(row.guid)
    assert response.json["vulnerableIndividualGuid"] is None
    assert count(db, Encounter) == 1
    assert researcher.get(f"{SIGHTINGS}/{row.guid}").json["comments"] is None


def test_last_encounter_takes_the_sighting_along(
    db: Session, researcher: Client, row: Any, asset: Asset
) -> None:
    allowed = {"X-Allow-Delete-Cascade-Sighting": "TRUE"}
    response = change(researcher, row, *last_one(row), **allowed)
    assert (response.status_int, response.json) == (200, {})
    assert (count(db, Sighting), count(db, Encounter), count(db, Asset)) == (0, 0, 1)


def test_encounter_that_replaces_the_last_one(researcher: Client, row: Any) -> None:
    (removed,) = last_one(row)
    shown = changed(researcher, row, removed, operation("/encounters", {"sex": "male"}, "add"))
    assert [each["sex"] for each in shown["encounters"]] == ["male"]


def test_all_that_is_not_confirmed_is_told(db: Session, researcher: Client, row: Any) -> None:
    individual = IndividualFactory()
    row.encounters[0].individual_guid = individual.guid
    db.commit()
    sighting = {"x-allow-delete-cascade-sighting": "true"}
    individuals = {"x-allow-delete-cascade-individual": "true"}
    expected: list[tuple[dict[str, str], Any, Any]] = [
        ({}, individual.guid, row.guid),
        (sighting, individual.guid, None),
        (individuals, None, row.guid),
    ]
    for headers, *vulnerable in expected:
        refused = change(researcher, row, *last_one(row), **headers)
        assert refused.status_int == 400
        told = [refused.json[f"vulnerable{noun}Guid"] for noun in ("Individual", "Sighting")]
        assert told == [guid and str(guid) for guid in vulnerable]
    assert change(researcher, row, *last_one(row), **sighting, **individuals).json == {}


def test_individual_is_counted_over_the_whole_change(
    db: Session, researcher: Client, row: Any
) -> None:
    individual = IndividualFactory()
    pair = EncounterFactory.create_batch(
        2, sighting=row, owner=researcher.account, individual_guid=individual.guid
    )
    first, second = (operation("/encounters", str(each.guid), "remove") for each in pair)
    assert change(researcher, row, first, second).json["vulnerableIndividualGuid"] == str(
        individual.guid
    )
    assert change(researcher, row, first).status_int == 200
    assert change(researcher, row, second).status_int == 400


def test_audit_log_has_the_change(db: Session, researcher: Client, row: Any) -> None:
    changed(researcher, row, operation("/comments", "Calm"), operation("/taxonomies", [TAXONOMY]))
    of_sighting = select(AuditLog).where(AuditLog.item_guid == row.guid)
    entries = db.scalars(of_sighting.where(AuditLog.module_name == "Sighting")).all()
    assert any("Calm" in str(entry.changes) for entry in entries)
    assert any(TAXONOMY in entry.message for entry in entries)


def test_other_users_cannot_change_it(user: Client, row: Any) -> None:
    assert change(user, row, operation("/comments", "")).status_int == 403


def test_number_of_statements_does_not_grow(
    researcher: Client, row: Any, statements: list[str]
) -> None:
    def number() -> int:
        statements.clear()
        changed(researcher, row, operation("/comments", str(uuid4())))
        return len(statements)

    number()
    before = number()
    EncounterFactory.create_batch(5, sighting=row, owner=researcher.account)
    assert number() == before

"""The commit: an asset group sighting becomes a sighting with encounters."""

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from houston.modules.asset_groups.models import (
    AssetGroupSighting,
    Stage,
    asset_group_sighting_annotation,
)
from houston.modules.sightings.models import Encounter, Sighting
from tests.clients_of_roles import Client
from tests.factories.annotations import AnnotationFactory
from tests.factories.asset_groups import (
    TIME,
    AssetGroupFactory,
    AssetGroupSightingFactory,
    EncounterFactory,
)
from tests.factories.assets import AssetFactory
from tests.factories.users import UserFactory
from tests.functional.asset_groups.reports import (
    ASSET_GROUPS,
    REGION,
    TAXONOMY,
    sighting,
    table,
)

VALUES = {
    **TIME,
    "locationId": REGION,
    "verbatimLocality": "At the water hole",
    "decimalLatitude": -1.5,
    "decimalLongitude": 36.5,
    "comments": "A foal is limping.",
    "name": "Foal",
    "taxonomies": [TAXONOMY],
}


@pytest.fixture
def row(researcher: Client) -> AssetGroupSighting:
    """Return a sighting in curation that can be committed."""
    row = AssetGroupSightingFactory(asset_group__owner=researcher.account, sighting=VALUES)
    EncounterFactory(asset_group_sighting=row, encounter={"sex": "male"})
    return row


def commit(client: Client, guid: Any) -> Any:
    return client.post(f"{ASSET_GROUPS}/sighting/{guid}/commit")


def pending(client: Client, guid: Any) -> Any:
    return client.get(f"{ASSET_GROUPS}/sighting/as_sighting/{guid}").json


def count(db: Session, model: Any) -> int:
    return db.scalar(select(func.count()).select_from(model)) or 0


def test_sighting_has_the_values(researcher: Client, row: Any) -> None:
    response = commit(researcher, row.guid)
    assert response.status_int == 200, response.json
    shown = response.json
    assert {name: shown[name] for name in VALUES} == VALUES
    assert (shown["stage"], shown["match_state"]) == ("un_reviewed", "unreviewed")
    assert shown["creator"]["guid"] == str(researcher.account.guid)
    (encounter,) = shown["encounters"]
    assert (encounter["sex"], encounter["time"]) == ("male", TIME["time"])
    assert encounter["locationId"] == REGION
    assert (encounter["hasView"], encounter["hasEdit"]) == (True, True)
    assert encounter["sighting"] == shown["guid"]
    assert researcher.get(f"/api/v1/sightings/{shown['guid']}").json["guid"] == shown["guid"]


def test_pending_sighting_leads_to_it(researcher: Client, row: Any) -> None:
    guid = commit(researcher, row.guid).json["guid"]
    shown = pending(researcher, row.guid)
    assert (shown["sightingGuid"], shown["stage"]) == (guid, "processed")
    assert shown["pipeline_status"]["curation"]["complete"] is True
    assert researcher.get("/api/v1/users/me").json["unprocessed_asset_groups"] == []


def test_identification_is_skipped_with_a_reason(researcher: Client, row: Any) -> None:
    status = commit(researcher, row.guid).json["pipeline_status"]
    assert status["identification"]["skipped"] is True
    assert (
        status["identification"]["message"] == "No identification is configured for this sighting."
    )
    curation = status["curation"]
    assert curation["complete"] is True
    assert curation["start"] <= curation["end"]


def test_assets_and_annotations(db: Session, researcher: Client) -> None:
    group = AssetGroupFactory(owner=researcher.account)
    assets = AssetFactory.create_batch(2, asset_group=group)
    row = AssetGroupSightingFactory(
        asset_group=group,
        sighting=VALUES | {"featuredAssetGuid": str(assets[1].guid)},
        assets=assets,
    )
    draft = EncounterFactory(asset_group_sighting=row)
    annotation = AnnotationFactory(asset=assets[0])
    db.execute(
        asset_group_sighting_annotation.insert().values(
            annotation_guid=annotation.guid, encounter_guid=draft.guid
        )
    )
    db.commit()
    shown = commit(researcher, row.guid).json
    assert [each["guid"] for each in shown["assets"]] == [str(each.guid) for each in assets]
    assert shown["featuredAssetGuid"] == str(assets[1].guid)
    (encounter,) = shown["encounters"]
    assert [each["guid"] for each in encounter["annotations"]] == [str(annotation.guid)]
    (drawn,) = shown["assets"][0]["annotations"]
    assert drawn["encounter_guid"] == encounter["guid"]
    assert encounter["asset_group_sighting_encounter_guid"] == str(draft.guid)


def test_owner_of_an_encounter(researcher: Client, client_for: Any, row: Any) -> None:
    other = UserFactory(is_researcher=True)
    EncounterFactory(asset_group_sighting=row, owner=other, position=1)
    shown = commit(researcher, row.guid).json
    assert [each["owner_guid"] for each in shown["encounters"]] == [
        str(researcher.account.guid),
        str(other.guid),
    ]
    theirs = client_for(other).get(f"/api/v1/sightings/{shown['guid']}").json
    assert (theirs["hasView"], theirs["hasEdit"]) == (True, True)
    assert [each["hasEdit"] for each in theirs["encounters"]] == [False, True]


def test_second_commit_is_refused(db: Session, researcher: Client, row: Any) -> None:
    commit(researcher, row.guid)
    again = commit(researcher, row.guid)
    assert again.status_int == 409
    assert again.json["message"] == (
        f"AssetGroupSighting {row.guid} is currently in processed, not curating cannot commit"
    )
    assert count(db, Sighting) == 1


def test_group_is_processed_when_all_sightings_are(researcher: Client, row: Any) -> None:
    AssetGroupSightingFactory(asset_group=row.asset_group)
    commit(researcher, row.guid)
    (group,) = researcher.get("/api/v1/users/me").json["unprocessed_asset_groups"]
    assert group == {"uuid": str(row.asset_group.guid), "uploadType": "form"}


@pytest.mark.parametrize("stage", [Stage.PREPARATION, Stage.DETECTION])
def test_only_sightings_in_curation(
    researcher: Client, db: Session, row: Any, stage: Stage
) -> None:
    row.stage = stage
    db.commit()
    response = commit(researcher, row.guid)
    assert response.status_int == 409
    assert f"is currently in {stage}, not curating cannot commit" in response.json["message"]
    assert count(db, Sighting) == 0


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({}, "has no metadata"),
        ({"locationId": REGION}, "Must have time/timeSpecificity values"),
        (
            {**TIME, "time": "yesterday"},
            "Problem with sighting time/timeSpecificity values: "
            "time field is not a valid datetime: yesterday",
        ),
        (
            {**TIME, "customFields": {"gone": 1}},
            "Problem with customFields value(s): {'gone': ",
        ),
    ],
)
def test_incomplete_sightings_are_refused(
    researcher: Client, db: Session, row: Any, values: Any, text: str
) -> None:
    row.sighting = values
    db.commit()
    response = commit(researcher, row.guid)
    assert response.status_int == 422
    assert text in response.json["message"]
    assert (count(db, Sighting), count(db, Encounter)) == (0, 0)
    assert pending(researcher, row.guid)["sightingGuid"] is None


def test_refusal_names_all_faults(researcher: Client, db: Session, row: Any) -> None:
    row.sighting = {**TIME, "locationId": "22222222-2222-4222-8222-222222222222"}
    EncounterFactory(asset_group_sighting=row, encounter={"taxonomy": REGION}, position=1)
    db.commit()
    response = commit(researcher, row.guid)
    assert response.json["messages"].keys() == {"locationId", "encounters.1.taxonomy"}


def test_refused_sighting_is_changed_and_committed(
    researcher: Client, db: Session, row: Any
) -> None:
    row.sighting = {**VALUES, "customFields": {"gone": 1}}
    db.commit()
    assert commit(researcher, row.guid).status_int == 422
    address = f"{ASSET_GROUPS}/sighting/as_sighting/{row.guid}"
    taken = {"op": "remove", "path": "/customFields", "value": "gone"}
    assert researcher.patch_json(address, [taken]).status_int == 200
    assert commit(researcher, row.guid).status_int == 200


def test_without_photographs_it_is_committed_by_itself(researcher: Client) -> None:
    group = researcher.post_json(ASSET_GROUPS, table(sighting(), sighting())).json
    for each in group["asset_group_sightings"]:
        guid = pending(researcher, each["guid"])["sightingGuid"]
        assert researcher.get(f"/api/v1/sightings/{guid}").json["guid"] == guid
    assert researcher.get("/api/v1/users/me").json["unprocessed_asset_groups"] == []


def test_number_of_statements_does_not_grow(
    researcher: Client, row: Any, statements: list[str]
) -> None:
    guid = commit(researcher, row.guid).json["guid"]
    statements.clear()
    researcher.get(f"/api/v1/sightings/{guid}")
    assert len(statements) <= 12

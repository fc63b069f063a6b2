"""Flow A5: reporting a sighting with photographs, signed in and anonymously."""

from typing import Any

import pytest

from tests.functional.flows.conftest import RIVER
from tests.functional.flows.photographs import photograph
from tests.functional.flows.web_client import WebClient, transaction
from tests.mailbox import Mailbox


def report(taxonomy: str, files: list[str], **changes: Any) -> dict[str, Any]:
    """Return the body that the page sends for one animal."""
    place = {
        "decimalLatitude": -1.5,
        "decimalLongitude": 35.0,
        "locationId": RIVER,
        "verbatimLocality": "",
        "time": "2023-05-04T06:30:00+03:00",
        "timeSpecificity": "time",
    }
    sighting = {
        **place,
        "speciesDetectionModel": "None",
        "comments": "By the river.",
        "assetReferences": files,
        "customFields": {},
        "encounters": [{**place, "taxonomy": taxonomy, "sex": "female", "customFields": {}}],
    }
    return {
        "description": "",
        "uploadType": "form",
        "speciesDetectionModel": ["None"],
        "sightings": [sighting],
        **changes,
    }


def test_signed_in(jane: WebClient, taxonomy: str) -> None:
    detection = jane.get("/site-settings/detection").json["detection_config"]
    assert any(
        species["ia_classes"]
        for each in detection.values()
        for species in each["supported_species"]
    )
    files = transaction()
    stored = jane.upload("IMG_1.jpg", photograph(), files)
    assert jane.head_upload(stored, files) == 200
    assert jane.head_upload(stored, transaction()) == 404, "the client sends it again elsewhere"
    removed = jane.upload("blurred.jpg", photograph(), files)
    assert jane.remove_upload(removed, files) in (200, 204)
    response = jane.mutate(
        "POST", "/asset_groups/", report(taxonomy, ["IMG_1.jpg"], transactionId=files)
    ).json
    guid = response["asset_group_sightings"][0]["guid"]
    _, me = jane.load()
    assert me is not None
    assert me["unprocessed_asset_groups"] == [{"uuid": response["guid"], "uploadType": "form"}]
    pending = jane.get(
        f"/users/{me['guid']}/asset_group_sightings?limit=10&offset=0&sort=created&reverse=true"
    )
    assert pending.headers["X-Total-Count"] == "1"
    (row,) = pending.json
    assert row["guid"] == guid
    assert row["numberEncounters"] == 1
    assert row["locationId"] == RIVER
    sighting = jane.get(f"/asset_groups/sighting/as_sighting/{guid}").json
    assert sighting["pipeline_status"]["preparation"]["complete"] is True
    assert [asset["filename"] for asset in sighting["assets"]] == ["IMG_1.jpg"]
    assert sighting["comments"] == "By the river."
    assert sighting["creator"]["full_name"] == "Jane Goodall"


def test_two_animals_and_several_photographs(jane: WebClient, taxonomy: str) -> None:
    files, names = transaction(), ["IMG_1.jpg", "zèbre 🦓.jpg"]
    for name in names:
        jane.upload(name, photograph(), files)
    body = report(taxonomy, names, transactionId=files)
    place = {"time", "timeSpecificity", "locationId", "decimalLatitude", "decimalLongitude"}
    (animal,) = body["sightings"][0]["encounters"]
    body["sightings"][0]["encounters"] = [{key: animal[key] for key in place}] * 2
    group = jane.mutate("POST", "/asset_groups/", body).json
    guid = group["asset_group_sightings"][0]["guid"]
    sighting = jane.get(f"/asset_groups/sighting/as_sighting/{guid}").json
    assert len({encounter["guid"] for encounter in sighting["encounters"]}) == 2
    assert [asset["filename"] for asset in sighting["assets"]] == names


def test_researchers_may_omit_photographs(jane: WebClient, taxonomy: str) -> None:
    group = jane.mutate("POST", "/asset_groups/", report(taxonomy, [])).json
    guid = group["asset_group_sightings"][0]["guid"]
    sighting = jane.get(f"/asset_groups/sighting/as_sighting/{guid}").json
    assert sighting["assets"] == []
    assert sighting["pipeline_status"]["preparation"]["complete"] is True
    assert sighting["curation_start_time"]


def test_anonymous(jane: WebClient, visitor: WebClient, taxonomy: str, mailbox: Mailbox) -> None:
    assert visitor.load()[1] is None
    files = transaction()
    visitor.upload("IMG_1.jpg", photograph(), files)
    body = report(taxonomy, ["IMG_1.jpg"], transactionId=files, submitterEmail="ada@example.org")
    group = visitor.mutate("POST", "/asset_groups/", body).json
    assert mailbox.only(to="ada@example.org").code
    guid = group["asset_group_sightings"][0]["guid"]
    (pending,) = jane.get("/asset_groups/sighting/pending/public").json
    assert pending["guid"] == guid
    sighting = jane.get(f"/asset_groups/sighting/as_sighting/{guid}").json
    assert sighting["pipeline_status"]["preparation"]["complete"] is True
    assert sighting["hasEdit"] is True
    assert jane.get("/site-settings/public-data").json["num_pending_sightings"] == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"locationId": "33333333-3333-4333-8333-333333333333"}, "locationId"),
        ({"time": "yesterday"}, "time"),
        ({"timeSpecificity": "century"}, "timeSpecificity"),
        ({"assetReferences": ["IMG_2.jpg"]}, "IMG_2.jpg"),
        ({"decimalLatitude": None}, "decimalLatitude"),
        ({"encounters": []}, "encounters"),
    ],
)
def test_errors_are_reported_and_the_photographs_remain(
    jane: WebClient, taxonomy: str, changes: dict[str, Any], said: str
) -> None:
    files = transaction()
    jane.upload("IMG_1.jpg", photograph(), files)
    good = report(taxonomy, ["IMG_1.jpg"], transactionId=files)
    bad = {**good, "sightings": [{**good["sightings"][0], **changes}]}
    refused = jane.send("POST", "/asset_groups/", bad)
    assert 400 <= refused.status_int < 500
    assert said in refused.json["message"]
    assert jane.mutate("POST", "/asset_groups/", good).json["guid"]

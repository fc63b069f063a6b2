"""Flow A8: the page of a sighting, which is edited, reviewed, annotated and deleted."""

from typing import Any

import pytest

from tests.functional.flows.conftest import REGION
from tests.functional.flows.photographs import photograph
from tests.functional.flows.test_curation import BOX
from tests.functional.flows.test_report import report
from tests.functional.flows.web_client import WebClient, transaction


class Page:
    """The page of a sighting, which polls it every five seconds."""

    def __init__(self, client: WebClient, guid: str) -> None:
        self.client, self.address = client, f"/sightings/{guid}"

    def poll(self) -> dict[str, Any]:
        """Return the document that the page shows."""
        sighting: dict[str, Any] = self.client.get(self.address).json
        return sighting

    def change(self, op: str, values: dict[str, Any]) -> dict[str, Any]:
        """Send a change, and return the answer."""
        operations = [{"op": op, "path": path, "value": values[path]} for path in values]
        changed: dict[str, Any] = self.client.mutate("PATCH", self.address, operations).json
        return changed

    def delete(self, address: str, *kinds: str) -> tuple[Any, int]:
        """Delete after confirmation; return the first answer and the status of the second."""
        headers = [f"x-allow-delete-cascade-{kind}" for kind in kinds]
        refused = self.client.send("DELETE", address, headers=dict.fromkeys(headers, "False"))
        confirmed = self.client.send("DELETE", address, headers=dict.fromkeys(headers, "True"))
        return refused, confirmed.status_int


@pytest.fixture
def page(jane: WebClient, taxonomy: str) -> Page:
    """Return the page of a committed report with two photographs."""
    files = transaction()
    for name in ("one.jpg", "two.jpg"):
        jane.upload(name, photograph(), files)
    body = report(taxonomy, ["one.jpg", "two.jpg"], transactionId=files)
    group = jane.mutate("POST", "/asset_groups/", body).json
    pending = group["asset_group_sightings"][0]["guid"]
    configs = [{"op": "replace", "path": "/idConfigs", "value": []}]
    jane.mutate("PATCH", f"/asset_groups/sighting/as_sighting/{pending}", configs)
    jane.mutate("POST", f"/asset_groups/sighting/{pending}/commit")
    guid = jane.get(f"/asset_groups/sighting/as_sighting/{pending}").json["sightingGuid"]
    return Page(jane, guid)


def test_page_shows_the_sighting(page: Page) -> None:
    shown = page.poll()
    assert shown["pipeline_status"]["preparation"]["complete"] is True
    assert shown["speciesDetectionModel"] == ["None"]
    assert [asset["annotations"] for asset in shown["assets"]] == [[], []]
    assert (shown["hasEdit"], shown["match_state"]) == (True, "unreviewed")
    assert shown["creator"]["full_name"] == "Jane Goodall"
    (animal,) = shown["encounters"]
    assert (animal["annotations"], animal["sex"]) == ([], "female")


def test_metadata_is_edited(page: Page) -> None:
    values = {
        "/time": "2023-05-05T00:00:00+00:00",
        "/timeSpecificity": "day",
        "/locationId": REGION,
        "/verbatimLocality": "",
        "/comments": "",
        "/decimalLatitude": None,
        "/decimalLongitude": None,
        "/customFields": {},
    }
    page.change("replace", values)
    shown = page.poll()
    assert (shown["timeSpecificity"], shown["locationId_value"]) == ("day", "Kenya")
    assert (shown["decimalLatitude"], shown["comments"]) == (None, "")


def test_sighting_is_reviewed(page: Page) -> None:
    for state in ("in_progress", "unidentifiable", "reviewed", "unreviewed"):
        page.change("replace", {"/match_state": state})
        assert page.poll()["match_state"] == state


def test_featured_photograph_is_chosen(page: Page) -> None:
    guid = page.poll()["assets"][1]["guid"]
    page.change("replace", {"/featuredAssetGuid": guid, "/customFields": {}})
    assert page.poll()["featuredAssetGuid"] == guid


def test_animal_is_added_annotated_and_deleted(page: Page) -> None:
    before = page.poll()
    place = {name: before[name] for name in ("time", "timeSpecificity", "locationId")}
    answer = page.change("add", {"/encounters": place})
    known = {encounter["guid"] for encounter in before["encounters"]}
    (added,) = [each["guid"] for each in answer["encounters"] if each["guid"] not in known]
    annotation = page.client.mutate(
        "POST",
        "/annotations/",
        {
            "viewpoint": "left",
            "asset_guid": before["assets"][0]["guid"],
            "ia_class": "zebra",
            "bounds": BOX,
            "encounter_guid": added,
        },
    ).json["guid"]
    assign = [{"op": "add", "path": "/annotations", "value": annotation}]
    page.client.mutate("PATCH", f"/encounters/{added}", assign)
    animals = {each["guid"]: each["annotations"] for each in page.poll()["encounters"]}
    assert [drawn["guid"] for drawn in animals[added]] == [annotation]
    assert page.client.send("DELETE", f"/encounters/{added}").status_int == 204
    shown = page.poll()
    assert {each["guid"] for each in shown["encounters"]} == known
    assert [drawn["guid"] for drawn in shown["assets"][0]["annotations"]] == [annotation]


def test_last_animal_is_deleted_with_the_sighting(page: Page) -> None:
    (animal,) = page.poll()["encounters"]
    address = f"/encounters/{animal['guid']}"
    refused, status = page.delete(address, "sighting", "individual")
    assert refused.status_int == 400
    assert refused.json["vulnerableSightingGuid"] == page.address.rsplit("/", 1)[1]
    assert status == 204
    assert page.client.send("GET", page.address).status_int == 404


def test_sighting_is_deleted(page: Page) -> None:
    headers = {"x-allow-delete-cascade-individual": "False"}
    assert page.client.send("DELETE", page.address, headers=headers).status_int == 204
    assert page.client.send("GET", page.address).status_int == 404

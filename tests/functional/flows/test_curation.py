"""Flow A6: showing the photographs of a report, annotating and assigning animals."""

from typing import Any

import pytest

from tests.functional.flows.photographs import photograph, pixel
from tests.functional.flows.test_report import report
from tests.functional.flows.web_client import WebClient, transaction

BOX = {"rect": [10, 20, 100, 80], "theta": 0.25}


class Page:
    """The page of a pending sighting, which polls it every five seconds."""

    def __init__(self, client: WebClient, guid: str) -> None:
        self.client, self.guid = client, guid
        self.address = f"/asset_groups/sighting/as_sighting/{guid}"

    def poll(self) -> dict[str, Any]:
        """Return the document that the page shows."""
        sighting: dict[str, Any] = self.client.get(self.address).json
        assert sighting["sightingGuid"] is None
        return sighting

    def draw(self, asset: str) -> str:
        """Draw a box on a photograph, and return the guid of the annotation."""
        response = self.client.mutate(
            "POST",
            "/annotations/",
            {"viewpoint": "left", "asset_guid": asset, "ia_class": "zebra", "bounds": BOX},
        )
        guid: str = response.json["guid"]
        return guid

    def assign(self, annotation: str, encounter: str) -> None:
        """Assign an annotation to an encounter, also from another one."""
        self.client.mutate(
            "PATCH",
            f"/asset_groups/sighting/{self.guid}/encounter/{encounter}",
            [{"op": "add", "path": "/annotations", "value": annotation}],
        )

    def animals(self) -> list[list[str]]:
        """Return the annotations of each encounter."""
        return [
            [annotation["guid"] for annotation in encounter["annotations"]]
            for encounter in self.poll()["encounters"]
        ]


@pytest.fixture
def page(jane: WebClient, taxonomy: str) -> Page:
    """Return the page of a report with an upright and a rotated photograph."""
    files = transaction()
    jane.upload("upright.jpg", photograph(), files)
    jane.upload("turned.jpg", photograph(orientation=6), files)
    body = report(taxonomy, ["upright.jpg", "turned.jpg"], transactionId=files)
    group = jane.mutate("POST", "/asset_groups/", body).json
    return Page(jane, group["asset_group_sightings"][0]["guid"])


def test_photographs_are_shown_upright(page: Page) -> None:
    upright, turned = page.poll()["assets"]
    assert upright["dimensions"] == {"width": 400, "height": 300}
    assert turned["dimensions"] == {"width": 300, "height": 400}
    assert pixel(page.client.image(upright["src"]), 20, 20) == "red"
    shown = page.client.image(turned["src"])
    assert pixel(shown, 280, 20) == "red"
    assert pixel(shown, 20, 20) == "green"
    for asset in (upright, turned):
        assert asset["annotations"] == []


def test_annotations_are_drawn_assigned_and_moved(page: Page) -> None:
    upright, turned = page.poll()["assets"]
    first, second = page.draw(upright["guid"]), page.draw(turned["guid"])
    (drawn,) = page.poll()["assets"][0]["annotations"]
    assert drawn["guid"] == first
    assert drawn["bounds"] == BOX
    assert drawn["viewpoint"] == "left"
    assert drawn["keywords"] == []
    (animal,) = page.poll()["encounters"]
    page.assign(first, animal["guid"])
    page.assign(second, animal["guid"])
    assert page.animals() == [[first, second]]

    other = {"time": animal["time"], "timeSpecificity": "time", "locationId": animal["locationId"]}
    page.client.mutate(
        "PATCH",
        f"/asset_groups/sighting/{page.guid}",
        [{"op": "add", "path": "/encounters", "value": other}],
    )
    (_, added) = page.poll()["encounters"]
    page.assign(second, added["guid"])
    assert page.animals() == [[first], [second]]

    page.client.mutate(
        "PATCH",
        f"/asset_groups/sighting/{page.guid}",
        [{"op": "remove", "path": "/encounters", "value": added["guid"]}],
    )
    assert page.animals() == [[first]]
    assert len(page.poll()["assets"][1]["annotations"]) == 1
    page.client.mutate("DELETE", f"/annotations/{second}")
    assert page.poll()["assets"][1]["annotations"] == []


def test_group_is_ready_when_every_annotation_is_assigned(page: Page) -> None:
    (animal,) = page.poll()["encounters"]
    for asset in page.poll()["assets"]:
        page.assign(page.draw(asset["guid"]), animal["guid"])
    sighting = page.poll()
    on_assets = sum(len(asset["annotations"]) for asset in sighting["assets"])
    on_animals = sum(len(encounter["annotations"]) for encounter in sighting["encounters"])
    assert on_assets == on_animals == 2
    assert sighting["curation_start_time"]
    assert sighting["pipeline_status"]["detection"]["skipped"] is True
    assert sighting["pipeline_status"]["curation"]["inProgress"] is True


def test_sighting_and_encounter_are_edited(page: Page) -> None:
    values = {
        "/time": "2023-05-05T00:00:00+00:00",
        "/timeSpecificity": "day",
        "/verbatimLocality": "North bank",
        "/comments": "",
        "/decimalLatitude": None,
        "/decimalLongitude": None,
        "/customFields": {},
    }
    operations = [{"op": "replace", "path": path, "value": values[path]} for path in values]
    page.client.mutate("PATCH", page.address, operations)
    sighting = page.poll()
    assert sighting["timeSpecificity"] == "day"
    assert sighting["verbatimLocality"] == "North bank"
    assert sighting["decimalLatitude"] is None
    (animal,) = sighting["encounters"]
    address = f"/asset_groups/sighting/{page.guid}/encounter/{animal['guid']}"
    page.client.mutate("PATCH", address, [{"op": "replace", "path": "/sex", "value": "male"}])
    assert page.poll()["encounters"][0]["sex"] == "male"
    matching = [{"algorithms": ["hotspotter_nosv"], "matching_set": None}]
    for configs in (matching, []):
        page.client.mutate(
            "PATCH", page.address, [{"op": "replace", "path": "/idConfigs", "value": configs}]
        )


def test_annotations_are_tagged(page: Page) -> None:
    annotation = page.draw(page.poll()["assets"][0]["guid"])
    address = f"/annotations/{annotation}"
    value = {"value": "scar", "source": "user"}
    page.client.mutate("PATCH", address, [{"op": "add", "path": "/keywords", "value": value}])
    (keyword,) = page.client.get("/keywords/").json
    assert keyword["value"] == "scar"
    other = page.draw(page.poll()["assets"][1]["guid"])
    page.client.mutate(
        "PATCH",
        f"/annotations/{other}",
        [{"op": "add", "path": "/keywords", "value": keyword["guid"]}],
    )
    (shown,) = page.poll()["assets"][1]["annotations"]
    assert [each["value"] for each in shown["keywords"]] == ["scar"]
    page.client.mutate(
        "PATCH", address, [{"op": "remove", "path": "/keywords", "value": keyword["guid"]}]
    )
    assert page.poll()["assets"][0]["annotations"][0]["keywords"] == []


def test_pending_sighting_is_deleted(page: Page) -> None:
    page.client.mutate("DELETE", page.address)
    assert page.client.send("GET", page.address).status_int == 404
    _, me = page.client.load()
    assert me is not None
    assert me["unprocessed_asset_groups"] == []

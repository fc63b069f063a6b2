"""Identification continues if the server is killed during a request, and after its result."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.live import SECRET
from tests.reliability.site import Site, photograph, sighting, submission
from tests.stand_ins.sage import StandInSage
from tests.waiting import wait_until

NAMES = ["zebra0.jpg", "zebra1.jpg"]
SECONDS = 60.0
MODEL = {"speciesDetectionModel": ["african_terrestrial"]}
ALGORITHM = "hotspotter_nosv"
CONFIG = {"algorithms": [ALGORITHM], "matching_set": None}


@pytest.fixture
def sage() -> Iterator[StandInSage]:
    with StandInSage() as sage:
        sage.callback_client = ("documentation", SECRET)
        yield sage


@pytest.fixture
def site(tmp_path: Path, sage: StandInSage) -> Iterator[Site]:
    site = Site(tmp_path, HOUSTON_IMAGE_ANALYSIS_URL=sage.setting)
    yield site
    site.server.stop()


def test_identification_continues(site: Site, sage: StandInSage) -> None:
    known, wanted = curated(site)
    sage.holding = True
    commit(site, known)
    sighting = commit(site, wanted)

    def compared() -> Any:
        return sage.calls_to("engine/query/graph/")

    wait_until(compared, SECONDS, "no comparison was requested")
    site.kill_and_restart()  # during the job
    sage.holding = False
    sage.finish()
    sage.wait_for_callbacks()
    site.kill_and_restart()  # during the evaluation of the result
    wait_until(lambda: is_over(site, sighting), SECONDS, "the result was not received")

    results = site.request("GET", f"/sightings/{sighting}/id_result").json()
    (query,) = results["query_annotations"]
    assert query["status"] == "complete"
    assert len(query["algorithms"][ALGORITHM]["scores_by_individual"]) == 1
    assert {status for _, status in sage.called_back} == {200}


def curated(site: Site) -> list[str]:
    """Report two sightings, and return them when the image analysis has found their animals."""
    transaction = str(uuid4())
    for number, name in enumerate(NAMES):
        site.upload(name, photograph(number, (300, 200)), transaction)
    reported = [{**sighting(name), "idConfigs": [CONFIG]} for name in NAMES]
    reported[0]["idConfigs"] = []
    body = submission("bulk", *reported, transactionId=transaction, **MODEL)
    group = site.request("POST", "/asset_groups", json=body).raise_for_status().json()
    guids = [each["guid"] for each in group["asset_group_sightings"]]

    def are_curated() -> bool:
        return all(pending(site, guid)["stage"] == "curation" for guid in guids)

    wait_until(are_curated, SECONDS, "no animals were found")
    return guids


def pending(site: Site, guid: str) -> dict[str, Any]:
    shown: dict[str, Any] = site.request("GET", f"/asset_groups/sighting/{guid}").json()
    return shown


def commit(site: Site, guid: str) -> str:
    response = site.request("POST", f"/asset_groups/sighting/{guid}/commit").raise_for_status()
    committed: str = response.json()["guid"]
    return committed


def is_over(site: Site, sighting: str) -> bool:
    shown = site.request("GET", f"/sightings/{sighting}").json()
    return bool(shown["stage"] == "un_reviewed")

"""Detection continues if the server is killed before, during or after a request."""

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


def test_detection_continues(site: Site, sage: StandInSage) -> None:
    sage.holding = True
    transaction = str(uuid4())
    for number, name in enumerate(NAMES):
        site.upload(name, photograph(number), transaction)
    body = submission("form", sighting(*NAMES), transactionId=transaction, **MODEL)
    site.request("POST", "/asset_groups", json=body).raise_for_status()

    wait_until(lambda: sage.images, SECONDS, "no picture was sent")
    site.kill_and_restart()  # during the request
    wait_until(lambda: sage.jobs, SECONDS, "no job was started")
    site.kill_and_restart()  # during the job
    sage.holding = False
    sage.finish()
    sage.wait_for_callbacks()
    site.kill_and_restart()  # during the evaluation of the result
    wait_until(
        lambda: only_sighting(site)["stage"] == "curation", SECONDS, "the result was not received"
    )

    assert [len(asset["annotations"]) for asset in only_sighting(site)["assets"]] == [1, 1]


def only_sighting(site: Site) -> dict[str, Any]:
    (group,) = site.groups()
    (sighting,) = group["asset_group_sightings"]
    return site.request("GET", f"/asset_groups/sighting/{sighting['guid']}").json()

"""Detection goes on when the server was killed while it asked, waited, or was answered."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.live import SECRET
from tests.reliability.site import Site, photograph, sighting, submission
from tests.stand_ins.sage import StandInSage

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


def wait_until(condition: Callable[[], Any], complaint: str) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, complaint
        time.sleep(0.1)


def test_it_goes_on(site: Site, sage: StandInSage) -> None:
    sage.holding = True
    transaction = str(uuid4())
    for number, name in enumerate(NAMES):
        site.upload(name, photograph(number), transaction)
    body = submission("form", sighting(*NAMES), transactionId=transaction, **MODEL)
    site.ask("POST", "/asset_groups", json=body).raise_for_status()

    wait_until(lambda: sage.images, "no picture was shown")
    site.die()  # while it asks
    wait_until(lambda: sage.jobs, "nothing was asked")
    site.die()  # while it waits
    sage.holding = False
    sage.finish()
    sage.wait_for_callbacks()
    site.die()  # while it reads what it was answered
    wait_until(lambda: the_sighting(site)["stage"] == "curation", "the answer was not heard")

    assert [len(asset["annotations"]) for asset in the_sighting(site)["assets"]] == [1, 1]


def the_sighting(site: Site) -> dict[str, Any]:
    (group,) = site.groups()
    (sighting,) = group["asset_group_sightings"]
    return site.ask("GET", f"/asset_groups/sighting/{sighting['guid']}").json()

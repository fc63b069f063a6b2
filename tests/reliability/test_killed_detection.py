"""Detection goes on when the server was killed while it asked, waited, or was answered."""

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


def test_it_goes_on(site: Site, sage: StandInSage) -> None:
    sage.holding = True
    transaction = str(uuid4())
    for number, name in enumerate(NAMES):
        site.upload(name, photograph(number), transaction)
    body = submission("form", sighting(*NAMES), transactionId=transaction, **MODEL)
    site.ask("POST", "/asset_groups", json=body).raise_for_status()

    wait_until(lambda: sage.images, SECONDS, "no picture was shown")
    site.die()  # while it asks
    wait_until(lambda: sage.jobs, SECONDS, "nothing was asked")
    site.die()  # while it waits
    sage.holding = False
    sage.finish()
    sage.wait_for_callbacks()
    site.die()  # while it reads what it was answered
    wait_until(
        lambda: the_sighting(site)["stage"] == "curation", SECONDS, "the answer was not heard"
    )

    assert [len(asset["annotations"]) for asset in the_sighting(site)["assets"]] == [1, 1]


def the_sighting(site: Site) -> dict[str, Any]:
    (group,) = site.groups()
    (sighting,) = group["asset_group_sightings"]
    return site.ask("GET", f"/asset_groups/sighting/{sighting['guid']}").json()

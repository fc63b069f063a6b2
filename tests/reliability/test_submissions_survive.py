"""A submission is stored completely or not at all, and its pictures are prepared after a crash.

The server is killed while it stores and prepares submissions, and restarted.
"""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from PIL import Image

from tests.reliability.site import Site, photograph, sighting, submission

NAMES = [f"zebra{number}.jpg" for number in range(6)]
SECONDS = 60.0


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path)
    yield site
    site.server.stop()


def kill_while_sending(site: Site, body: dict[str, Any], delay: float) -> None:
    """Send a submission, and kill the server after some seconds."""

    def send() -> None:
        with suppress(httpx.TransportError):
            site.request("POST", "/asset_groups", json=body)

    with ThreadPoolExecutor() as threads:
        sending = threads.submit(send)
        time.sleep(delay)
        site.kill_and_restart()
        sending.result()


def test_submission_is_stored_completely_or_not_at_all(site: Site) -> None:
    body = submission("bulk", *(sighting() for _ in range(400)))
    observed = []
    for delay in (0.1, 0.4, 0.8, 1.2):
        kill_while_sending(site, body, delay)
        sizes = [len(group["asset_group_sightings"]) for group in site.groups()]
        assert sizes in ([], [400])
        observed.append(sizes)
        if sizes:
            break
    assert [] in observed, "the server was too fast for this test"
    if not observed[-1]:
        site.request("POST", "/asset_groups", json=body).raise_for_status()
    deadline = time.monotonic() + 3 * SECONDS
    while stages(site) != {"processed"}:  # without photographs, they are committed by jobs
        assert time.monotonic() < deadline, "the sightings are not committed"
        time.sleep(0.5)


def stages(site: Site) -> set[str]:
    (group,) = site.groups()
    return {each["stage"] for each in group["asset_group_sightings"]}


def test_pictures_are_prepared_automatically(site: Site) -> None:
    transaction = str(uuid4())
    for number, name in enumerate(NAMES):
        site.upload(name, photograph(number), transaction)
    body = submission("form", sighting(*NAMES), transactionId=transaction)
    while not site.groups():
        kill_while_sending(site, body, 0.05)
        if not site.groups():  # its files can be used again
            site.request("POST", "/asset_groups", json=body).raise_for_status()
    for _ in range(3):
        time.sleep(0.3)
        site.kill_and_restart()
        check_pictures(site)
    deadline = time.monotonic() + SECONDS
    while not site.groups()[0]["pipeline_status"]["preparation"]["complete"]:
        assert time.monotonic() < deadline, "the pictures are not prepared"
        check_pictures(site)
        time.sleep(0.2)
    check_pictures(site)
    (group,) = site.groups()
    (shown,) = group["asset_group_sightings"]
    assert shown["stage"] == "curation"
    assert [asset["filename"] for asset in shown["assets"]] == NAMES


def check_pictures(site: Site) -> None:
    """Check that prepared assets have complete pictures."""
    (group,) = site.groups()
    complete = group["pipeline_status"]["preparation"]["complete"]
    for asset in group["assets"]:
        response = site.request("GET", site.server.url + asset["src"])
        assert response.status_code == 200 or not complete
        if response.status_code == 200:
            Image.open(BytesIO(response.content)).load()
    (shown,) = group["asset_group_sightings"]
    assert shown["stage"] == ("curation" if complete else "preparation")

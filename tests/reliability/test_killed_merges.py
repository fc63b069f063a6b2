"""A merge at its deadline is done once, if the server is killed before it, or at it."""

import time
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from tests.reliability.site import Site, sighting, submission
from tests.waiting import wait_until

SECONDS = 60.0
DELAY = 4
PASSWORD = "a password of a researcher"
SPECIES = {"commonNames": ["plains zebra"], "scientificName": "Equus quagga"}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    # Deadlines are chosen by clients in tests only.
    site = Site(tmp_path, HOUSTON_ENVIRONMENT="testing")
    site.request("POST", "/site-settings/data/site.species", json={"value": [SPECIES]})
    yield site
    site.server.stop()


@pytest.mark.parametrize("at_deadline", [False, True])
def test_merge_is_done_once(site: Site, at_deadline: bool) -> None:
    ada, ida = (_researcher(site, name) for name in ("ada", "ida"))
    target, source = (_individual(site, headers) for headers in (ada, ida))
    body = {"fromIndividualIds": [source], "parameters": {"deadline_delta_seconds": DELAY}}
    requested = site.request("POST", f"/individuals/{target}/merge", headers=ada, json=body).json()
    if at_deadline:
        deadline = datetime.fromisoformat(requested["deadline"])
        time.sleep(max(0, (deadline - datetime.now(timezone.utc)).total_seconds()))
    site.kill_and_restart()

    address = f"/individuals/{source}"
    wait_until(lambda: site.request("GET", address).status_code == 404, SECONDS, "not merged")
    merged = site.request("GET", f"/individuals/{target}").json()
    assert sorted(name["context"] for name in merged["names"]) == ["FirstName", "FirstName1"]
    assert len(merged["encounters"]) == 2
    for headers in (ada, ida):
        rows = site.request("GET", "/notifications", headers=headers).json()
        kinds = [row["message_type"] for row in rows]
        assert kinds.count("individual_merge_complete") == 1


def _researcher(site: Site, name: str) -> dict[str, str]:
    """Create a researcher, and return the headers of their requests."""
    body = {"email": f"{name}@example.org", "password": PASSWORD, "roles": ["is_researcher"]}
    site.request("POST", "/users", json=body).raise_for_status()
    return site.server.sign_in(body["email"], PASSWORD)


def _individual(site: Site, headers: dict[str, str]) -> str:
    """Report an animal and name it; returns the guid of the individual."""
    sent = submission("form", sighting())
    group = site.request("POST", "/asset_groups", headers=headers, json=sent).json()
    draft = f"/asset_groups/sighting/{group['asset_group_sightings'][0]['guid']}"

    def committed() -> Any:
        return site.request("GET", draft, headers=headers).json()["sighting_guid"]

    wait_until(committed, SECONDS, "the sighting was not committed")
    found = site.request("GET", f"/sightings/{committed()}", headers=headers).json()
    body = {
        "names": [{"context": "FirstName", "value": "Zoe"}],
        "taxonomy": SPECIES["scientificName"],
        "encounters": [{"id": found["encounters"][0]["guid"]}],
    }
    created = site.request("POST", "/individuals", headers=headers, json=body)
    return str(created.raise_for_status().json()["guid"])

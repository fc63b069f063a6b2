"""Committed sightings, as the web client creates them, and what the image analysis does."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from houston.core.db.session import Session
from houston.core.db.types import utc_now
from houston.core.jobs import Job, Jobs
from tests.clients_of_roles import Client
from tests.factories import services
from tests.factories.assets import jpeg
from tests.functional.asset_groups.reports import (
    ASSET_GROUPS,
    change,
    encounter,
    form,
    sighting,
    upload,
)
from tests.jobs import run_due_jobs
from tests.stand_ins.sage import StandInSage

ALGORITHM = "hotspotter_nosv"
CONFIG = {"algorithms": [ALGORITHM], "matching_set": None}
SIGHTINGS, ANNOTATIONS = "/api/v1/sightings", "/api/v1/annotations"


def commit(
    client: Client, *viewpoints: str, configs: Any = (CONFIG,), color: str = "teal"
) -> dict[str, Any]:
    """Commit a report of one animal with a picture for each viewpoint; return the sighting.

    Without viewpoints there is a picture without an annotation.
    """
    names = [f"{position}.jpg" for position in range(len(viewpoints) or 1)]
    transaction = upload(*names, owner=client.account, content=jpeg(64, 48, color))
    reported = sighting(assetReferences=names, encounters=[encounter()], idConfigs=list(configs))
    body = form(reported, transactionId=transaction)
    group = client.post_json(ASSET_GROUPS, body).json
    (shown,) = group["asset_group_sightings"]
    address = f"{ASSET_GROUPS}/sighting/{shown['guid']}"
    pending = client.get(address.replace("sighting/", "sighting/as_sighting/", 1)).json
    (animal,) = pending["encounters"]
    for top, (asset, viewpoint) in enumerate(zip(pending["assets"], viewpoints, strict=False)):
        drawn = {
            "asset_guid": asset["guid"],
            "ia_class": "zebra",
            "viewpoint": viewpoint,
            "bounds": {"rect": [10, top, 30, 20], "theta": 0.0},
        }
        annotation = client.post_json(f"{ANNOTATIONS}/", drawn).json["guid"]
        assigned = [change("/annotations", annotation, "add")]
        response = client.patch_json(f"{address}/encounter/{animal['guid']}", assigned)
        assert response.status_int == 200, response.json
    response = client.post(f"{address}/commit")
    assert response.status_int == 200, response.json
    return read(client, response.json)


def read(client: Client, sighting: dict[str, Any]) -> dict[str, Any]:
    """Read a sighting again."""
    shown: dict[str, Any] = client.get(f"{SIGHTINGS}/{sighting['guid']}").json
    return shown


def result(client: Client, sighting: dict[str, Any]) -> dict[str, Any]:
    """Read the results of a sighting."""
    response = client.get(f"{SIGHTINGS}/{sighting['guid']}/id_result")
    assert response.status_int == 200, response.json
    results: dict[str, Any] = response.json
    return results


def annotation_of(sighting: dict[str, Any], position: int = 0) -> str:
    """Return the guid of an annotation of a sighting."""
    guid: str = sighting["encounters"][0]["annotations"][position]["guid"]
    return guid


def call_back(machine: Client, sage: StandInSage) -> None:
    """Send the lost callbacks."""
    for address in sage.lost:
        response = machine.post(address[address.index("/api/") :])
        assert response.status_int == 200, response.body
        assert isinstance(response.json, str)
    sage.lost.clear()


def poll(db: Session) -> None:
    """Run the periodic job."""
    services()[Jobs].enqueue(db, "identification.poll")
    db.commit()


def let_time_pass(db: Session) -> None:
    """Run all attempts of jobs without the time between them."""
    waits = select(Job).where(Job.state == "pending", Job.name.like("identification.%"))
    while waiting := db.scalars(waits).all():
        for job in waiting:
            job.run_after = utc_now() - timedelta(seconds=1)
        db.commit()
        run_due_jobs(services())

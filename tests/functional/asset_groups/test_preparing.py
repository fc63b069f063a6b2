"""The preparation of asset groups, and the following stages."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from houston.core.db.session import Session
from houston.core.events import Events
from houston.core.jobs import Job, Jobs, JobState
from houston.core.services import Services
from houston.core.storage import Storage
from houston.modules.assets.events import AssetPrepared
from houston.modules.assets.models import Asset, AssetState
from tests.clients_of_roles import Client
from tests.factories import services
from tests.functional.asset_groups.reports import ASSET_GROUPS, sighting, table, upload
from tests.functional.flows.photographs import heic, photograph, pixel
from tests.functional.uploads.tus import upload as send
from tests.jobs import jobs_waiting


@pytest.fixture
def idle(services: Services) -> Iterator[None]:
    """Hold back jobs."""
    with jobs_waiting(services):
        yield


def submit(client: Client, names: list[str], *rows: dict[str, Any], **values: Any) -> str:
    """Create an asset group by a bulk upload, and return its address."""
    transaction = upload(*names, owner=client.account, **values)
    response = client.post_json(ASSET_GROUPS, table(*rows, transactionId=transaction))
    assert response.status_int == 200, response.json
    return f"{ASSET_GROUPS}/{response.json['guid']}"


def prepare(db: Session, name: str, state: AssetState = AssetState.READY) -> None:
    """Complete the preparation of an asset."""
    asset = db.scalars(select(Asset).where(Asset.filename == name)).one()
    asset.state = state
    db.flush()
    services()[Events].publish(db, AssetPrepared(asset))
    db.commit()


@pytest.mark.usefixtures("idle")
def test_progress_is_shown(researcher: Client, db: Session) -> None:
    names = ["a.jpg", "b.jpg", "c.jpg", "d.jpg"]
    group = submit(researcher, names, sighting(assetReferences=names))
    observed = []
    for name in names:
        phase = researcher.get(group).json["pipeline_status"]["preparation"]
        observed.append((phase["progress"], phase["inProgress"]))
        prepare(db, name)
    assert observed == [(0, True), (0.25, True), (0.5, True), (0.75, True)]
    shown = researcher.get(group).json
    phase = shown["pipeline_status"]["preparation"]
    assert (phase["progress"], phase["complete"], phase["message"]) == (1, True, None)
    assert phase["end"]
    assert shown["asset_group_sightings"][0]["stage"] == "curation"


@pytest.mark.usefixtures("idle")
def test_sightings_of_a_bulk_upload_advance_together(researcher: Client, db: Session) -> None:
    rows = [sighting(assetReferences=["a.jpg"]), sighting(assetReferences=["b.jpg"]), sighting()]
    group = submit(researcher, ["a.jpg", "b.jpg"], *rows)
    prepare(db, "a.jpg")
    stages = [each["stage"] for each in researcher.get(group).json["asset_group_sightings"]]
    assert stages == ["preparation"] * 3
    prepare(db, "b.jpg")
    shown = researcher.get(group).json
    reported = [
        (each["stage"], each["progress_detection"]["message"])
        for each in shown["asset_group_sightings"]
    ]
    assert reported == [
        ("curation", "No detection config specified"),
        ("curation", "No detection config specified"),
        ("curation", "No assets were submitted"),
    ]
    assert shown["progress_detection"]["complete"] is True
    assert len(shown["progress_detection"]["steps"]) == 3


@pytest.mark.usefixtures("idle")
def test_number_of_statements_does_not_grow(
    researcher: Client, db: Session, statements: list[str]
) -> None:
    costs = []
    for names in (["a.jpg"], [f"{number}.jpg" for number in range(20)]):
        rows = [sighting(assetReferences=[name]) for name in names]
        statements.clear()
        group = submit(researcher, names, *rows)
        created = [text for text in statements if "upload" not in text and "stored" not in text]
        for name in names[:-1]:
            prepare(db, name)
        statements.clear()
        prepare(db, names[-1])
        prepared = len(statements)
        statements.clear()
        researcher.get(group)
        costs.append((len(created), prepared, len(statements)))
        researcher.delete(group)
    assert costs[0] == costs[1]
    assert costs[0][2] <= 11


def test_damaged_files_are_skipped(researcher: Client) -> None:
    rows = [sighting(assetReferences=["a.jpg", "b.jpg"])]
    group = submit(researcher, ["a.jpg", "b.jpg"], *rows, content=b"no picture")
    shown = researcher.get(group).json
    phase = shown["pipeline_status"]["preparation"]
    assert phase["complete"] is True
    assert phase["message"] == "2 damaged: a.jpg, b.jpg"
    assert shown["asset_group_sightings"][0]["stage"] == "curation"


def test_files_that_show_no_picture_are_named(researcher: Client) -> None:
    transaction, names = (
        uuid4(),
        {
            "phone.heic": heic(),
            "cut off.jpg": photograph()[:-2],
            "notes.csv": b"name,seen\nA,2021\n",
            "day.txt": b"seen at dusk",
        },
    )
    for name, content in names.items():
        assert send(researcher, content, name, transaction).status_int == 204
    body = table(sighting(assetReferences=list(names)), transactionId=str(transaction))
    created = researcher.post_json(ASSET_GROUPS, body)
    shown = researcher.get(f"{ASSET_GROUPS}/{created.json['guid']}").json
    assert shown["pipeline_status"]["preparation"]["message"] == (
        "1 incomplete: cut off.jpg; 2 without a picture: notes.csv, day.txt"
    )
    assets = {each["filename"]: each for each in shown["assets"]}
    assert pixel(researcher.get(assets["phone.heic"]["src"]).body, 5, 5) == "red"
    phone, notes = (
        researcher.get(f"/api/v1/assets/{assets[name]['guid']}").json
        for name in ("phone.heic", "notes.csv")
    )
    assert phone["dimensions"] == {"width": 64, "height": 48}
    assert notes["problem"] == "The file is no picture: it is of the type text/csv."


def test_failed_jobs_are_skipped(
    researcher: Client, db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = services()[Storage]

    def fail(_key: str) -> Any:
        raise OSError("the disk is gone")

    monkeypatch.setattr(storage, "local", fail)
    group = submit(researcher, ["a.jpg"], sighting(assetReferences=["a.jpg"]))
    job = db.scalars(select(Job).where(Job.name == "assets.prepare")).one()
    assert researcher.get(group).json["pipeline_status"]["preparation"]["inProgress"] is True
    services()[Jobs].give_up(db, job, JobState.FAILED, "the disk is gone")
    db.commit()
    assert researcher.get(group).json["pipeline_status"]["preparation"]["complete"] is True

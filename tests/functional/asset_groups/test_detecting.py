"""Detection, with a stand-in that implements the protocol of the image analysis."""

from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from pyramid.router import Router
from sqlalchemy import select

from houston.core.db.session import Session
from houston.core.db.types import utc_now
from houston.core.jobs import Job, Jobs
from houston.modules.annotations.models import Annotation
from houston.modules.asset_groups.models import DetectionJob
from tests.clients_of_roles import Client
from tests.factories import services
from tests.factories.assets import jpeg
from tests.factories.users import UserFactory
from tests.functional.asset_groups.reports import (
    ASSET_GROUPS,
    change,
    encounter,
    form,
    sighting,
    upload,
)
from tests.jobs import run_due_jobs
from tests.stand_ins.sage import Failure, StandInSage, animal, installed

MODEL = "african_terrestrial"


@pytest.fixture
def sage(app: Router) -> Iterator[StandInSage]:
    """Yield a Sage whose callbacks are lost: the tests send them."""
    with StandInSage() as sage, installed(app, sage):
        sage.lose_callbacks = True
        yield sage


@pytest.fixture
def machine(client_for: Any) -> Client:
    """Return the account of the image analysis in callbacks."""
    client: Client = client_for(UserFactory(is_internal=True))
    return client


def report(client: Client, *names: str, animals: int = 1, **values: Any) -> str:
    """Create an asset group for detection, and return the address of its sighting."""
    transaction = upload(*names, owner=client.account, **values)
    reported = sighting(assetReferences=list(names), encounters=[encounter()] * animals)
    body = form(reported, transactionId=transaction, speciesDetectionModel=[MODEL])
    response = client.post_json(ASSET_GROUPS, body)
    assert response.status_int == 200, response.json
    (shown,) = response.json["asset_group_sightings"]
    return f"{ASSET_GROUPS}/sighting/{shown['guid']}"


def call_back(machine: Client, sage: StandInSage) -> None:
    """Send the lost callbacks."""
    for address in sage.lost:
        path = address[address.index("/api/") :]
        response = machine.post(path)
        assert response.status_int == 200, response.body
        assert isinstance(response.json, str)


def poll(db: Session) -> None:
    """Run the periodic job."""
    services()[Jobs].enqueue(db, "asset_groups.poll")
    db.commit()


def let_time_pass(db: Session) -> None:
    """Run all attempts of jobs without the time between them."""
    while waiting := db.scalars(
        select(Job).where(Job.state == "pending", Job.name.like("asset_groups.%"))
    ).all():
        for job in waiting:
            job.run_after = utc_now() - timedelta(seconds=1)
        db.commit()
        run_due_jobs(services())


def test_detections_become_annotations(
    researcher: Client, machine: Client, db: Session, sage: StandInSage
) -> None:
    sage.animals = lambda _picture: [animal(rect=(10, 20, 30, 20), theta=0.5, viewpoint=None)]
    address = report(researcher, "a.jpg", "b.jpg", content=jpeg(64, 48, "red"))
    shown = researcher.get(address).json
    assert shown["stage"] == "detection"
    assert shown["detection_start_time"]
    (job,) = shown["jobs"]
    assert (job["model"], job["active"]) == (MODEL, True)
    assert shown["progress_detection"]["percentage"] == 10
    assert shown["progress_detection"]["sage_guid"] == job["job_id"]
    assert shown["progress_detection"]["celery_guid"]
    assert shown["progress_detection"]["ahead"] == 0
    (requested,) = sage.calls_to("engine/detect/cnn/")
    assert requested.body["callback_url"].endswith(f"{shown['guid']}/sage_detected/{job['job_id']}")
    assert len(requested.body["image_uuid_list"]) == 1, "equal pictures are sent once"

    for _ in range(2):
        call_back(machine, sage)
    shown = researcher.get(address).json
    assert shown["stage"] == "curation"
    assert shown["progress_detection"]["complete"] is True
    assert not shown["jobs"][0]["active"]
    drawn = [annotation for asset in shown["assets"] for annotation in asset["annotations"]]
    assert len(drawn) == 2, "each picture has one annotation"
    for annotation in drawn:
        assert annotation["bounds"] == {"rect": [10, 20, 30, 20], "theta": 0.5}
        assert (annotation["ia_class"], annotation["viewpoint"]) == ("zebra", "unknown")
    (only,) = researcher.get(address.replace("sighting/", "sighting/as_sighting/", 1)).json[
        "encounters"
    ]
    assert {each["guid"] for each in only["annotations"]} == {each["guid"] for each in drawn}
    assert db.scalars(select(Annotation.contributor_guid)).all() == [None, None]


def test_several_encounters_get_no_annotations(
    researcher: Client, machine: Client, sage: StandInSage
) -> None:
    address = report(researcher, "a.jpg", animals=2)
    call_back(machine, sage)
    pending = researcher.get(address.replace("sighting/", "sighting/as_sighting/", 1)).json
    assert len(pending["assets"][0]["annotations"]) == 1
    assert [each["annotations"] for each in pending["encounters"]] == [[], []]


def test_pictures_are_upright(researcher: Client, machine: Client, sage: StandInSage) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    address = report(
        researcher, "a.jpg", content=jpeg(6000, 3000, exif=exif), width=3000, height=6000
    )
    (picture,) = sage.images.values()
    assert Image.open(BytesIO(picture)).size == (2048, 4096)
    sage_scale = 6000 / 4096
    call_back(machine, sage)
    (drawn,) = researcher.get(address).json["assets"][0]["annotations"]
    assert drawn["bounds"]["rect"] == [round(number * sage_scale) for number in (10, 20, 300, 200)]


def test_polling_replaces_lost_callbacks(
    researcher: Client, db: Session, sage: StandInSage
) -> None:
    sage.holding = True
    address = report(researcher, "a.jpg")
    poll(db)
    assert researcher.get(address).json["stage"] == "detection"
    sage.finish()
    poll(db)
    assert researcher.get(address).json["stage"] == "curation"
    assert len(researcher.get(address).json["assets"][0]["annotations"]) == 1


@pytest.mark.parametrize("outcome", ["exception", "suppressed"])
def test_failed_job_starts_curation(
    researcher: Client, machine: Client, sage: StandInSage, outcome: str
) -> None:
    sage.outcome = outcome
    address = report(researcher, "a.jpg")
    call_back(machine, sage)
    shown = researcher.get(address).json
    assert shown["stage"] == "curation"
    assert shown["curation_start_time"]
    assert shown["progress_detection"]["failed"] is True
    assert shown["progress_detection"]["message"]
    assert not shown["jobs"][0]["active"]


def test_refusal_is_not_repeated(researcher: Client, sage: StandInSage) -> None:
    sage.fail_next(100, Failure.REFUSAL, "engine/")
    address = report(researcher, "a.jpg")
    shown = researcher.get(address).json
    assert shown["stage"] == "curation"
    assert "there is no such image" in shown["progress_detection"]["message"]
    assert len(sage.calls_to("engine/")) == 1


def test_unavailable_service_is_retried(
    researcher: Client, machine: Client, db: Session, sage: StandInSage
) -> None:
    sage.fail_next(3, Failure.BUSY, "engine/")
    address = report(researcher, "a.jpg")
    job = db.scalars(select(Job).where(Job.name == "asset_groups.detect")).one()
    assert job.run_after > utc_now()
    poll(db)
    assert researcher.get(address).json["stage"] == "detection"
    let_time_pass(db)
    names = {call.body["jobid"] for call in sage.calls_to("engine/")}
    assert len(names) == 4, "a request that may have been accepted is repeated under another name"
    call_back(machine, sage)
    shown = researcher.get(address).json
    assert shown["stage"] == "curation"
    assert len(shown["assets"][0]["annotations"]) == 1


def test_last_attempt_fails(researcher: Client, db: Session, sage: StandInSage) -> None:
    sage.fail_next(1000, Failure.BUSY, "engine/")
    address = report(researcher, "a.jpg")
    let_time_pass(db)
    shown = researcher.get(address).json
    assert shown["stage"] == "curation"
    assert shown["progress_detection"]["failed"] is True
    assert shown["progress_detection"]["message"].startswith("The image analysis")
    assert db.scalars(select(DetectionJob).where(DetectionJob.active)).all() == []
    attempts = select(Job.attempts).where(Job.name == "asset_groups.detect")
    assert db.scalars(attempts).all() == [10]


def test_old_request_fails(researcher: Client, db: Session, sage: StandInSage) -> None:
    sage.holding = True
    address = report(researcher, "a.jpg")
    request = db.scalars(select(DetectionJob)).one()
    request.created = utc_now() - timedelta(days=1)
    db.commit()
    poll(db)
    shown = researcher.get(address).json
    assert shown["stage"] == "curation"
    assert "No answer came" in shown["progress_detection"]["message"]
    sage.finish()
    poll(db)
    assert researcher.get(address).json["assets"][0]["annotations"] == []


def test_without_a_service_it_is_skipped(researcher: Client) -> None:
    address = report(researcher, "a.jpg")
    shown = researcher.get(address).json
    assert shown["stage"] == "curation"
    assert shown["progress_detection"]["skipped"] is True
    assert shown["progress_detection"]["message"] == (
        "No image analysis is configured on this server."
    )
    again = researcher.post(f"{address}/detect")
    assert again.status_int == 200
    assert again.json["stage"] == "curation"


class TestRerun:
    def test_of_assets_without_annotations(
        self, researcher: Client, machine: Client, sage: StandInSage
    ) -> None:
        sage.animals = lambda picture: [animal()] if picture in observed else []
        observed: list[bytes] = []
        address = report(researcher, "a.jpg")
        call_back(machine, sage)
        sage.lost.clear()
        observed.extend(sage.images.values())
        assert researcher.post(f"{address}/detect").json["stage"] == "detection"
        call_back(machine, sage)
        shown = researcher.get(address).json
        assert len(shown["assets"][0]["annotations"]) == 1
        assert shown["progress_detection"]["complete"] is True
        again = researcher.post(f"{address}/detect").json
        assert again["stage"] == "curation"
        assert again["progress_detection"]["message"] == "No new or changed pictures to analyse"

    def test_of_rotated_assets(
        self, researcher: Client, machine: Client, sage: StandInSage
    ) -> None:
        address = report(researcher, "a.jpg")
        call_back(machine, sage)
        sage.lost.clear()
        (asset,) = researcher.get(address).json["assets"]
        turn = [change("/image", {"rotate": {"angle": 90}})]
        assert researcher.patch_json(f"/api/v1/assets/{asset['guid']}", turn).status_int == 200
        assert researcher.get(address).json["assets"][0]["annotations"] == []
        assert researcher.post(f"{address}/detect").json["stage"] == "detection"
        assert len(sage.images) == 2
        call_back(machine, sage)
        assert len(researcher.get(address).json["assets"][0]["annotations"]) == 1

    def test_asset_that_is_rotated_during_detection_gets_no_annotations(
        self, researcher: Client, machine: Client, sage: StandInSage
    ) -> None:
        address = report(researcher, "a.jpg")
        (asset,) = researcher.get(address).json["assets"]
        turn = [change("/image", {"rotate": {"angle": 90}})]
        assert researcher.patch_json(f"/api/v1/assets/{asset['guid']}", turn).status_int == 200
        call_back(machine, sage)
        shown = researcher.get(address).json
        assert shown["stage"] == "curation"
        assert shown["assets"][0]["annotations"] == []

    def test_not_while_a_request_is_active(self, researcher: Client, sage: StandInSage) -> None:
        sage.holding = True
        address = report(researcher, "a.jpg")
        response = researcher.post(f"{address}/detect")
        assert response.status_int == 409
        assert response.json["message"] == (
            "Cannot rerun detection on AssetGroupSighting in detection stage with active jobs"
        )

    def test_lost_pictures_are_sent_again(
        self, researcher: Client, machine: Client, sage: StandInSage
    ) -> None:
        sage.animals = lambda _picture: []
        address = report(researcher, "a.jpg")
        call_back(machine, sage)
        sage.lost.clear()
        sage.forget()
        researcher.post(f"{address}/detect")
        assert len(sage.images) == 1
        call_back(machine, sage)
        assert researcher.get(address).json["progress_detection"]["complete"] is True


def test_requests_are_listed(researcher: Client, machine: Client, sage: StandInSage) -> None:
    address = report(researcher, "a.jpg")
    guid = address.rsplit("/", 1)[1]
    (job,) = researcher.get("/api/v1/job-control/").json
    assert (job["type"], job["object_guid"], job["active"]) == ("AssetGroupSighting", guid, True)
    call_back(machine, sage)
    (job,) = machine.get(f"{ASSET_GROUPS}/sighting/jobs/{guid}").json
    assert job["model"] == MODEL
    assert len(job["result"]["annotations"]) == 1
    assert job["request"]["detector"] == MODEL


def test_callback_to_another_sighting_is_not_found(
    researcher: Client, machine: Client, sage: StandInSage
) -> None:
    first, second = report(researcher, "a.jpg"), report(researcher, "b.jpg")
    (job,) = researcher.get(first).json["jobs"]
    assert machine.post(f"{second}/sage_detected/{job['job_id']}").status_int == 404

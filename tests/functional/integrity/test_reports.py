"""Reports on the integrity of the catalogue, as administrators ask for them."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from houston.core.db.session import Session
from houston.core.db.types import utc_now
from houston.core.http.measures import Measures
from houston.core.jobs import Jobs
from houston.core.services import Services
from houston.modules.integrity.models import IntegrityReport
from tests.clients_of_roles import Client
from tests.factories.assets import AssetFactory
from tests.factories.integrity import IntegrityReportFactory
from tests.factories.sightings import SightingFactory
from tests.jobs import jobs_waiting, run_due_jobs

CHECKS = "/api/v1/integrity-checks"


def create(client: Client) -> Any:
    response = client.post_json(f"{CHECKS}/", {})
    assert response.status_int == 200, response.json
    return response.json


def test_a_report_is_made_in_the_background(db: Session, services: Services, admin: Client) -> None:
    empty = SightingFactory()
    with jobs_waiting(services):
        created = create(admin)
        assert (created["result"], created["faults"]) == (None, None)
        run_due_jobs(services)
    db.expire_all()
    shown = admin.get(f"{CHECKS}/{created['guid']}").json
    assert shown["result"]["sightings"]["no_encounters"] == [str(empty.guid)]
    assert shown["result"]["individuals"]["no_encounters"] == []
    assert shown["faults"] == 1
    job = admin.get(f"/api/v1/job-control/background/{shown['job_guid']}").json
    assert (job["name"], job["state"]) == ("integrity.check", "done")


def test_notices_are_no_faults(db: Session, admin: Client) -> None:
    asset = AssetFactory()
    created = create(admin)
    db.expire_all()
    shown = admin.get(f"{CHECKS}/{created['guid']}").json
    assert shown["result"]["assets"]["no_sightings"] == [str(asset.guid)]
    assert shown["faults"] == 0


def test_reports_are_listed_searched_and_deleted(db: Session, admin: Client) -> None:
    first, second = (IntegrityReportFactory() for _ in range(2))
    response = admin.get(f"{CHECKS}/?sort=created&reverse=true&limit=1")
    assert [each["guid"] for each in response.json] == [str(second.guid)]
    assert response.headers["X-Total-Count"] == "2"
    found = admin.post_json(f"{CHECKS}/search", {"term": {"guid": str(first.guid)}}).json
    assert [each["guid"] for each in found] == [str(first.guid)]
    assert len(admin.get(f"{CHECKS}/search").json) == 2
    assert admin.delete(f"{CHECKS}/{first.guid}").status_int == 204
    assert admin.get(f"{CHECKS}/{first.guid}").status_int == 404


@pytest.mark.parametrize("body", [{"result": {}}, [], "x"])
def test_other_bodies_are_refused(db: Session, admin: Client, body: Any) -> None:
    assert admin.post_json(CHECKS, body).status_int == 422
    assert db.query(IntegrityReport).count() == 0


def test_each_day_has_a_report_and_old_ones_are_deleted(
    db: Session, services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    empty = SightingFactory()
    for days in (91, 89):
        IntegrityReportFactory(created=utc_now() - timedelta(days=days))
    services[Jobs].enqueue(db, "integrity.check_daily")
    db.commit()
    _, made = db.query(IntegrityReport).order_by(IntegrityReport.created).all()
    assert made.faults == 1
    assert str(empty.guid) in caplog.text


def test_a_report_that_is_deleted_before_its_job_stays_deleted(
    db: Session, services: Services
) -> None:
    services[Jobs].enqueue(db, "integrity.check", {"report": str(uuid4())})
    db.commit()
    assert db.query(IntegrityReport).count() == 0


def test_the_faults_of_the_newest_report_are_measured(
    services: Services, admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services[Measures], "made", float("-inf"))
    IntegrityReportFactory(faults=7, created=utc_now() - timedelta(days=1))
    IntegrityReportFactory(faults=3)
    IntegrityReportFactory(faults=None, result=None)
    assert "integrity_faults 3.0" in admin.get("/metrics").text

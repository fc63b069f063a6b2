"""Exports that are made in the background."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from pyramid.router import Router
from sqlalchemy import update
from sqlalchemy.orm import Session

from houston.core.db.types import utc_now
from houston.core.jobs import Job, Jobs
from houston.core.services import Services
from houston.core.storage import Storage
from houston.modules.audit_logs.models import AuditLog
from houston.modules.exports.models import Export
from houston.modules.exports.services import background
from tests.clients_of_roles import Client
from tests.factories.exports import ExportFactory
from tests.factories.sightings import EncounterFactory
from tests.factories.users import UserFactory
from tests.functional.exports.conftest import export, sheets_of, table_of
from tests.jobs import jobs_waiting, run_due_jobs
from tests.parts import setting

EXPORTS = "/api/v1/exports"


def create(client: Client, status: int = 200, **values: Any) -> Any:
    response = client.post_json(EXPORTS, {"noun": "encounters", **values})
    assert response.status_int == status, response.text
    return response.json


def test_an_export_is_made_in_the_background(
    db: Session, services: Services, client_for: Any
) -> None:
    owner = UserFactory(is_researcher=True)
    own, _ = EncounterFactory(owner=owner), EncounterFactory()
    client = client_for(owner)
    with jobs_waiting(services):
        created = create(client, format="csv")
        address = f"{EXPORTS}/{created['guid']}"
        assert (created["state"], created["progress"]["percentage"]) == ("pending", 0)
        assert client.get(f"{address}/file").status_int == 409
        run_due_jobs(services)
    db.expire_all()
    done = client.get(address).json
    assert (done["state"], done["number"], done["error"]) == ("done", 1, None)
    assert done["progress"]["complete"] is True
    file = client.get(f"{address}/file")
    assert file.content_type == "text/csv"
    assert [row["guid"] for row in table_of(file.text)] == [str(own.guid)]
    assert file.headers["Content-Disposition"] == f'attachment; filename="{done["filename"]}"'
    assert [row["guid"] for row in client.get(EXPORTS).json] == [created["guid"]]
    messages = {entry.message for entry in db.query(AuditLog).filter_by(module_name="Export")}
    assert f"Exported 1 encounters as csv for {owner.guid}." in messages


def test_it_may_have_more_records_than_are_sent_at_once(app: Router, admin: Client) -> None:
    EncounterFactory.create_batch(2)
    with setting(app, "houston.exports.at_once", 1):
        refused = export(admin, "encounters", status=400)
        assert "POST /exports" in refused.json["message"]
        created = create(admin)
    file = admin.get(f"{EXPORTS}/{created['guid']}/file")
    assert len(sheets_of(file)["Encounter Results"]) == 2


def test_only_the_owner_sees_it(admin: Client, client_for: Any) -> None:
    EncounterFactory()
    address = f"{EXPORTS}/{create(admin)['guid']}"
    other = client_for(UserFactory(is_admin=True))
    for path in (address, f"{address}/file"):
        assert other.get(path).status_int == 403
    assert other.get(EXPORTS).json == []
    assert admin.delete(address).status_int == 204
    assert admin.get(address).status_int == 404


def test_a_token_needs_the_scope_of_the_records(client_for: Any) -> None:
    EncounterFactory()
    admin = UserFactory(is_admin=True)
    client = client_for(admin, "exports:write exports:read sightings:read")
    create(client, status=403)
    create(client, noun="sightings")


def test_searches_are_validated_at_once(admin: Client, researcher: Client) -> None:
    EncounterFactory()
    create(admin, status=400, query={"what": 1})
    create(admin, status=422, noun="animals")
    create(admin, status=422, format="doc")
    assert create(researcher, status=400)["message"] == "No results to export"


def test_the_rights_are_those_at_the_time_of_the_file(db: Session, services: Services) -> None:
    owner = UserFactory(is_admin=True)
    EncounterFactory()
    failing = ExportFactory(owner_guid=owner.guid)
    owner.is_admin = False
    services[Jobs].enqueue(db, background.MAKE, {"export": str(failing.guid)})
    db.commit()
    db.expire_all()
    assert (failing.state, failing.error) == ("failed", "No results to export")
    owner.is_active = False
    deactivated = ExportFactory(owner_guid=owner.guid)
    services[Jobs].enqueue(db, background.MAKE, {"export": str(deactivated.guid)})
    db.commit()
    db.expire_all()
    assert deactivated.error == "The account of the owner is deactivated."


def test_refusals_of_a_format_are_told(db: Session, admin: Client) -> None:
    EncounterFactory()
    created = create(admin, format="camtrap")
    db.expire_all()
    shown = admin.get(f"{EXPORTS}/{created['guid']}").json
    assert shown["state"] == "failed"
    assert "coordinates" in shown["error"]
    assert shown["progress"]["failed"] is True
    refused = admin.get(f"{EXPORTS}/{created['guid']}/file")
    assert (refused.status_int, refused.json["message"]) == (409, shown["error"])


def test_a_job_that_fails_marks_its_export(
    db: Session, services: Services, admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    EncounterFactory()
    monkeypatch.setattr(Storage, "put", None)
    with jobs_waiting(services):
        created = create(admin)
        for _ in range(3):
            db.execute(update(Job).values(run_after=utc_now()))
            db.commit()
            run_due_jobs(services)
    assert admin.get(f"{EXPORTS}/{created['guid']}").json["error"] == background.FAILED


def test_exports_expire(db: Session, services: Services, admin: Client) -> None:
    EncounterFactory()
    kept, expired = create(admin)["guid"], create(admin)["guid"]
    progress = [admin.get(f"{EXPORTS}/{guid}").json["progress"]["guid"] for guid in (kept, expired)]
    row = db.get(Export, UUID(expired))
    assert row is not None
    row.expires = utc_now() - timedelta(seconds=1)
    db.commit()
    assert admin.get(f"{EXPORTS}/{expired}/file").status_int == 404
    services[Jobs].enqueue(db, "exports.delete_expired")
    db.commit()
    db.expire_all()
    assert [str(each.guid) for each in db.query(Export)] == [kept]
    found = [admin.get(f"/api/v1/progress/{guid}").status_int for guid in progress]
    assert found == [200, 404]


def test_a_caller_has_a_number_of_exports(admin: Client, user: Client) -> None:
    EncounterFactory()
    ExportFactory.create_batch(background.MAX_KEPT, owner_guid=admin.account.guid)
    assert "delete one" in create(admin, status=409)["message"]


def test_the_job_of_a_deleted_export_does_nothing(db: Session, services: Services) -> None:
    services[Jobs].enqueue(db, background.MAKE, {"export": str(uuid4())})
    db.commit()
    assert db.query(Export).count() == 0

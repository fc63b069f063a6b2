"""Administrators, staff and machine accounts list and search the audit logs."""

from datetime import datetime, timedelta, timezone
from typing import Any
from uuid import uuid4

import pytest
from pyramid.router import Router
from sqlalchemy import select

from houston.core.db.session import Database, Session
from houston.core.db.types import utc_now
from houston.core.jobs.recovery import maintain
from houston.core.services import Services, services_of
from houston.modules.audit_logs.models import AuditLog, AuditType
from tests.clients_of_roles import Client
from tests.factories.audit_logs import AuditLogFactory
from tests.parts import setting

LOGS = "/api/v1/audit_logs"
LONG_AGO = datetime(2000, 1, 1, tzinfo=timezone.utc)
KIND = "Whale"
"""A guid that no object has."""


@pytest.fixture
def three(db: Session) -> list[str]:
    """Add three logs about whales; return their messages, oldest first."""
    for day, message in enumerate(("born", "named", "seen")):
        AuditLogFactory(
            created=LONG_AGO + timedelta(days=day),
            module_name=KIND,
            item_guid=uuid4(),
            message=message,
        )
    return ["born", "named", "seen"]


def messages(response: Any) -> list[str]:
    assert response.status_int == 200
    return [log["message"].split(" executed by ")[0] for log in response.json]


class TestListing:
    def test_latest_logs_in_ascending_order(self, admin: Client, three: list[str]) -> None:
        page = admin.get(f"{LOGS}?module_name={KIND}&limit=2")
        assert messages(page) == ["named", "seen"]
        assert page.headers["X-Total-Count"] == "3"
        assert messages(admin.get(f"{LOGS}?module_name={KIND}&limit=2&offset=2")) == ["born"]
        turned = admin.get(f"{LOGS}?module_name={KIND}&limit=2&reverse_after=false")
        assert messages(turned) == ["seen", "named"]
        oldest = admin.get(f"{LOGS}?module_name={KIND}&reverse=false&reverse_after=false")
        assert messages(oldest) == three

    def test_document(self, admin: Client, user: Client) -> None:
        guid = user.post_json("/api/v1/teams", {"title": "Seals"}).json["guid"]
        change = [{"op": "replace", "path": "/title", "value": "Whales"}]
        user.patch_json(f"/api/v1/teams/{guid}", change)
        log = admin.get(f"{LOGS}/{guid}").json[-1]
        account = user.account
        assert log["module_name"] == "Team"
        assert log["item_guid"] == guid
        assert log["audit_type"] == "Update"
        assert log["user_email"] == account.email
        assert log["changes"] == {"title": {"before": "Seals", "after": "Whales"}}
        by = f"executed by {account.email}({account.guid})"
        assert log["message"] == f'title: "Seals" -> "Whales" {by}'

    def test_search_by_text(self, admin: Client, three: list[str], db: Session) -> None:
        assert messages(admin.get(f"{LOGS}?module_name={KIND}&search=NAM")) == ["named"]
        row = db.scalars(select(AuditLog).where(AuditLog.message == "seen")).one()
        for guid in (row.guid, row.item_guid):
            assert messages(admin.get(f"{LOGS}?search={guid}")) == ["seen"]
        assert messages(admin.get(f"{LOGS}?search=update+whale")) == three

    def test_faults_are_listed_separately(self, admin: Client) -> None:
        for kind in AuditType:
            AuditLogFactory(audit_type=kind, message=kind.value)
        faults = set(messages(admin.get(f"{LOGS}/faults")))
        assert faults == {"Front End Fault", "Back End Fault", "Houston Fault"}
        assert messages(admin.get(f"{LOGS}/faults?fault_type=Access")) == ["Access"]
        assert admin.get(f"{LOGS}/faults?fault_type=Unicorn").status_int == 422

    def test_number_of_statements_does_not_grow(
        self, admin: Client, three: list[str], statements: list[str]
    ) -> None:
        statements.clear()
        assert len(admin.get(f"{LOGS}?module_name={KIND}").json) == 3
        assert len(statements) == 3


class TestHistory:
    def test_oldest_first(self, admin: Client, three: list[str]) -> None:
        guid = uuid4()
        for day, message in enumerate(three):
            created = LONG_AGO + timedelta(days=day)
            AuditLogFactory(module_name=KIND, item_guid=guid, message=message, created=created)
        assert messages(admin.get(f"{LOGS}/{guid}")) == three

    def test_object_without_logs(self, admin: Client) -> None:
        assert admin.get(f"{LOGS}/{uuid4()}").json == []
        assert admin.get(f"{LOGS}/whales").status_int == 404


class TestSearching:
    PAGE = f"{LOGS}/search?limit=5&offset=0&sort=created&reverse=true"

    def test_query_of_the_web_client(self, admin: Client, three: list[str], db: Session) -> None:
        everything = admin.post_json(self.PAGE, {"bool": {"filter": []}})
        assert int(everything.headers["X-Total-Count"]) == 4
        assert len(everything.json) == 4
        guid = db.scalars(select(AuditLog.item_guid).where(AuditLog.message == "seen")).one()
        query = {"bool": {"filter": [{"match": {"item_guid": str(guid)}}]}}
        assert messages(admin.post_json(self.PAGE, query)) == ["seen"]
        query = {"bool": {"filter": [{"match": {"item_guid": "no guid"}}]}}
        assert messages(admin.post_json(self.PAGE, query)) == []
        lasting = {"range": {"duration": {"gte": 3600}}}
        assert messages(admin.post_json(self.PAGE, lasting)) == []

    def test_order(self, admin: Client, three: list[str]) -> None:
        query = {"match": {"module_name": KIND}}
        for sort in ("created", "elasticsearch.created"):
            found = admin.post_json(f"{LOGS}/search?sort={sort}&reverse=true", query)
            assert messages(found) == three[::-1]
        assert len(admin.post_json(f"{LOGS}/search?sort=shoe_size", query).json) == 3

    def test_by_type_and_time(self, admin: Client, three: list[str]) -> None:
        AuditLogFactory(module_name=KIND, audit_type=AuditType.DELETE, message="dead")
        parts: list[Any] = [{"match": {"module_name": "whale"}}, {"term": {"audit_type": "update"}}]
        parts.append({"range": {"created": {"gte": "2000-01-02", "lte": "2000-01-02"}}})
        assert messages(admin.post_json(f"{LOGS}/search", {"bool": {"filter": parts}})) == ["named"]

    def test_empty_query_matches_all(self, admin: Client, three: list[str]) -> None:
        counts = {
            admin.get(f"{LOGS}/search").headers["X-Total-Count"],
            admin.post_json(f"{LOGS}/search", {}).headers["X-Total-Count"],
            admin.post(f"{LOGS}/search", "null", content_type="application/json").headers[
                "X-Total-Count"
            ],
        }
        assert len(counts) == 1

    @pytest.mark.parametrize(
        ("query", "named"),
        [({"fuzzy": {}}, "fuzzy"), ({"term": {"created": "x"}}, "`created`"), ([], "object")],
    )
    def test_invalid_query(self, admin: Client, query: Any, named: str) -> None:
        refused = admin.post_json(f"{LOGS}/search", query)
        assert refused.status_int == 400
        assert named in refused.json["message"]

    def test_reading_does_not_wait_for_writers(
        self, app: Router, admin: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delattr(services_of(app)[Database], "writing")
        assert admin.post_json(f"{LOGS}/search", {}).status_int == 200

    def test_other_users_are_refused(self, user_manager: Client) -> None:
        assert user_manager.post_json(f"{LOGS}/search", {}).json["status"] == 403


@pytest.mark.parametrize(("days", "left"), [(0, ["old", "new"]), (30, ["new"])])
def test_old_logs_are_deleted_after_the_retention_days(
    app: Router, services: Services, db: Session, days: int, left: list[str]
) -> None:
    AuditLogFactory(module_name=KIND, message="old", created=utc_now() - timedelta(days=31))
    AuditLogFactory(module_name=KIND, message="new", created=utc_now() - timedelta(days=29))
    with setting(app, "houston.audit.retention_days", days):
        maintain(services)
    of_whales = select(AuditLog.message).where(AuditLog.module_name == KIND)
    assert list(db.scalars(of_whales.order_by(AuditLog.created))) == left

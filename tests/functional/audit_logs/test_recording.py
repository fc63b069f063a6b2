"""Every committed change is recorded with its actor and without secrets."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from pyramid.paster import get_appsettings
from pyramid.router import Router
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

import houston
from houston.core.audit import Action, Entry, audit, audit_many
from houston.core.db.session import Database, Session
from houston.core.jobs import Declaration, Job, Jobs
from houston.core.services import services_of
from houston.modules.audit_logs.models import AuditLog, AuditType
from houston.modules.keywords.models import Keyword
from houston.modules.users.models import User
from tests.clients_of_roles import Client
from tests.conftest import ROOT
from tests.factories.assets import AssetFactory
from tests.factories.jobs import JobFactory
from tests.factories.keywords import KeywordFactory
from tests.factories.users import PASSWORD, UserFactory
from tests.jobs import run_due_jobs

TEAMS = "/api/v1/teams"
USERS = "/api/v1/users"
Logs = Callable[..., list[AuditLog]]


@pytest.fixture
def logs(db: Session) -> Logs:
    """Return a function that reads the logs about an object, the oldest first."""

    def read(item_guid: Any, module_name: str | None = None) -> list[AuditLog]:
        statement = select(AuditLog).where(AuditLog.item_guid == UUID(str(item_guid)))
        if module_name:
            statement = statement.where(AuditLog.module_name == module_name)
        return list(db.scalars(statement.order_by(AuditLog.created)))

    return read


def replace(path: str, value: Any) -> dict[str, Any]:
    return {"op": "replace", "path": path, "value": value}


def everything(db: Session) -> str:
    return str(db.execute(select(*AuditLog.__table__.c)).all())


class TestRecorded:
    def test_creation_change_and_deletion(self, user: Client, logs: Logs) -> None:
        guid = user.post_json(TEAMS, {"title": "Seals"}).json["guid"]
        user.patch_json(f"{TEAMS}/{guid}", [replace("/title", "Whales")])
        user.delete(f"{TEAMS}/{guid}")
        created, changed, deleted = logs(guid, "Team")
        assert created.audit_type is AuditType.USER_CREATE
        assert created.changes == {}
        assert changed.audit_type is AuditType.UPDATE
        assert changed.changes == {"title": {"before": "Seals", "after": "Whales"}}
        assert changed.message == 'title: "Seals" -> "Whales"'
        assert deleted.audit_type is AuditType.DELETE
        assert deleted.changes["title"] == {"before": "Whales"}

    def test_actor(self, user: Client, logs: Logs) -> None:
        response = user.post_json(
            TEAMS, {"title": "Seals"}, extra_environ={"REMOTE_ADDR": "192.0.2.7"}
        )
        (log,) = logs(response.json["guid"], "Team")
        assert (log.user_email, log.user_guid) == (user.account.email, user.account.guid)
        assert log.address == "192.0.2.7"
        assert log.request_id == response.headers["X-Request-Id"]
        assert log.job_guid is None
        assert 0 < log.duration < 60

    def test_anonymous_caller(self, anonymous: Client, logs: Logs) -> None:
        account = {"email": "grace@example.org", "password": PASSWORD}
        guid = anonymous.post_json(USERS, account).json["guid"]
        (log,) = logs(guid)
        assert log.audit_type is AuditType.USER_CREATE
        assert (log.user_email, log.user_guid) == ("anonymous user", None)

    def test_background_job(
        self, app: Router, db: Session, logs: Logs, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        guid = uuid4()

        def work(context: Any) -> None:
            context.db.add(Keyword(guid=guid, value="scar"))

        jobs = services_of(app)[Jobs]
        monkeypatch.setitem(jobs.declared, "keywords.add", Declaration("keywords.add", work))
        job: Job = JobFactory(name="keywords.add")
        run_due_jobs(services_of(app))
        (log,) = logs(guid)
        assert log.audit_type is AuditType.SYSTEM_CREATE
        assert (log.user_email, log.job_guid) == ("system", job.guid)
        assert log.address is None

    def test_membership_is_recorded_for_the_team(
        self, user: Client, other: Client, logs: Logs
    ) -> None:
        guid = user.post_json(TEAMS, {"title": "Seals"}).json["guid"]
        joining = {"user_guid": str(other.account.guid)}
        user.post_json(f"{TEAMS}/{guid}/members", joining)
        user.delete(f"{TEAMS}/{guid}/members/{other.account.guid}")
        _, joined, left = logs(guid, "TeamMember")
        assert joined.audit_type is AuditType.USER_CREATE
        assert joined.changes["user_id"] == {"after": other.account.id}
        assert left.audit_type is AuditType.DELETE
        assert left.changes["user_id"] == {"before": other.account.id}

    def test_several_changes_in_one_request_are_one(self, user: Client, logs: Logs) -> None:
        operations = [
            {"op": "test", "path": "/current_password", "value": PASSWORD},
            replace("/full_name", "Ada"),
            replace("/password", "a new engine"),
            replace("/location", "London"),
        ]
        assert user.patch_json(f"{USERS}/{user.account.guid}", operations).status_int == 200
        _, log = logs(user.account.guid)
        assert set(log.changes) == {"full_name", "location", "password"}
        assert log.changes["full_name"] == {"before": user.account.full_name, "after": "Ada"}

    def test_equal_value_is_not_recorded(self, user: Client, logs: Logs) -> None:
        guid = user.post_json(TEAMS, {"title": "Seals"}).json["guid"]
        user.patch_json(f"{TEAMS}/{guid}", [replace("/title", "Seals")])
        assert len(logs(guid, "Team")) == 1

    def test_tags_are_recorded_for_the_asset(self, db: Session, logs: Logs) -> None:
        keyword = KeywordFactory()
        asset = AssetFactory()
        asset.tags.append(keyword)
        db.commit()
        log = logs(asset.guid)[-1]
        assert log.changes == {"tags": {"before": [], "after": [str(keyword.guid)]}}

    def test_personal_tokens(self, user: Client, logs: Logs) -> None:
        wanted = {"name": "script", "scopes": ["users:read", "teams:read"]}
        token = user.post_json("/api/v1/auth/personal_tokens", wanted).json
        user.delete(f"/api/v1/auth/tokens/{token['guid']}")
        created, revoked = logs(token["guid"])
        assert created.audit_type is AuditType.USER_CREATE
        assert created.message == "for teams:read users:read"
        assert revoked.audit_type is AuditType.DELETE

    def test_long_texts_are_shortened(self, db: Session, logs: Logs) -> None:
        text = "a" * 1000 + "b" * 1000 + "c" * 1000
        guid = uuid4()
        audit(db, Action.ACCESS, "SiteSetting", guid, message=text)
        db.commit()
        (log,) = logs(guid)
        assert log.audit_type is AuditType.ACCESS
        assert log.message == "a" * 1000 + ".....Text Removed....." + "c" * 1000


class TestNotRecorded:
    def test_secrets(self, user: Client, admin: Client, db: Session) -> None:
        secret = "a new engine"
        operations = [
            {"op": "test", "path": "/current_password", "value": PASSWORD},
            replace("/password", secret),
        ]
        assert user.patch_json(f"{USERS}/{user.account.guid}", operations).status_int == 200
        created = user.post_json("/api/v1/auth/clients", {"default_scopes": ["users:read"]})
        remembered = everything(db)
        stored = db.scalars(select(User.password)).all()
        for text in (secret, PASSWORD, created.json["secret"], *stored):
            assert text not in remembered
        assert "'password': {'before': '***', 'after': '***'}" in remembered

    def test_member_with_the_name_of_a_secret(self, db: Session, logs: Logs) -> None:
        user = UserFactory()
        user.notification_preferences = {"all": {"api_key": "k123", "tokens": ["t456"], "a": 1}}
        db.commit()
        after = logs(user.guid)[-1].changes["notification_preferences"]["after"]
        assert after == {"all": {"api_key": "***", "tokens": "***", "a": 1}}

    def test_refused_change(self, user: Client, other: Client, db: Session) -> None:
        guid = user.post_json(TEAMS, {"title": "Seals"}).json["guid"]
        before = db.scalar(select(func.count()).select_from(AuditLog))
        other.patch_json(f"{TEAMS}/{guid}", [replace("/title", "Whales")])
        user.get(f"{TEAMS}/{guid}")
        assert db.scalar(select(func.count()).select_from(AuditLog)) == before

    def test_change_in_a_rolled_back_savepoint(self, db: Session, logs: Logs) -> None:
        KeywordFactory(value="scar")
        stored, lost = Keyword(value="notch"), Keyword(guid=uuid4(), value="scar")
        db.add(stored)
        with pytest.raises(IntegrityError), db.begin_nested():
            db.add(lost)
        db.commit()
        assert len(logs(stored.guid)) == 1
        assert logs(lost.guid) == []

    def test_row_that_is_created_and_deleted(self, db: Session, logs: Logs) -> None:
        keyword = Keyword(value="scar")
        db.add(keyword)
        db.flush()
        guid = keyword.guid
        db.delete(keyword)
        db.commit()
        assert logs(guid) == []

    def test_personal_data_of_a_deactivated_account(
        self, user: Client, admin: Client, db: Session, logs: Logs
    ) -> None:
        guid = user.post_json(TEAMS, {"title": "Seals"}).json["guid"]
        user.patch_json(f"{USERS}/{user.account.guid}", [replace("/full_name", "Ada Lovelace")])
        user.delete(f"{USERS}/{user.account.guid}")
        remembered = everything(db)
        assert user.account.email not in remembered
        assert "Ada Lovelace" not in remembered
        (log,) = logs(guid, "Team")
        assert (log.user_email, log.user_guid) == ("inactivated user", user.account.guid)
        assert logs(user.account.guid)[-1].audit_type is AuditType.UPDATE


class TestCost:
    def test_a_change_needs_one_statement(
        self, user: Client, db: Session, statements: list[str]
    ) -> None:
        guid = user.post_json(TEAMS, {"title": "Seals"}).json["guid"]
        statements.clear()
        user.patch_json(f"{TEAMS}/{guid}", [replace("/title", "Whales")])
        assert len([each for each in statements if "audit_log" in each]) == 1
        statements.clear()
        user.get(f"{TEAMS}/{guid}")
        assert not [each for each in statements if "audit_log" in each]

    def test_thousands_of_rows_need_one_statement(
        self, db: Session, statements: list[str], logs: Logs
    ) -> None:
        db.add_all(Keyword(value=f"scar {number}") for number in range(1000))
        guids = [uuid4() for _ in range(1000)]
        audit_many(db, [Entry(Action.CREATE, "Asset", guid) for guid in guids])
        statements.clear()
        db.commit()
        assert len([each for each in statements if "audit_log" in each]) == 1
        assert len(logs(guids[999])) == 1
        assert db.scalar(select(func.count()).select_from(AuditLog)) >= 2000


def test_nothing_is_recorded_without_the_module(database_url: str) -> None:
    settings = {
        **get_appsettings(str(ROOT / "testing.ini"), "main"),
        "houston.modules": "keywords",
        "houston.database.url": database_url,
    }
    application = houston.main({}, **settings)
    with services_of(application)[Database].writing() as db:
        before = db.scalar(select(func.count()).select_from(AuditLog))
        db.add(Keyword(value="scar"))
        audit(db, Action.ACCESS, "Keyword", uuid4())
        db.flush()
        assert db.scalar(select(func.count()).select_from(AuditLog)) == before
        db.rollback()
    services_of(application)[Database].engine.dispose()

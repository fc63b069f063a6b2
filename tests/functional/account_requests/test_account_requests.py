"""Account requests: anyone asks, managers invite or delete, an account ends its request."""

from typing import Any

import pytest
from pyramid.paster import get_appsettings
from pyramid.router import Router
from sqlalchemy import select

from houston.core.db.session import Session
from houston.core.security.recaptcha import Recaptcha, check_recaptcha
from houston.modules.account_requests import views
from houston.modules.account_requests.models import AccountRequest
from houston.modules.audit_logs.models import AuditLog
from houston.modules.notifications.models import Notification
from tests.clients_of_roles import Client
from tests.factories.account_requests import AccountRequestFactory
from tests.factories.site_settings import SiteSettingFactory
from tests.factories.users import UserFactory
from tests.live import ROOT
from tests.mailbox import Mailbox
from tests.parts import setting

REQUESTS = "/api/v1/account-requests"
ADA = {"name": "Ada", "email": "ada@example.org", "message": "I have pictures.", "token": None}


def requests(db: Session) -> list[AccountRequest]:
    db.expire_all()
    return list(db.scalars(select(AccountRequest)))


class TestAsking:
    def test_anyone_asks_as_the_web_client_does(self, anonymous: Client, db: Session) -> None:
        response = anonymous.post_json(f"{REQUESTS}/", ADA)
        assert response.status_int == 200, response.json
        (row,) = requests(db)
        assert response.json == {
            "guid": str(row.guid),
            "created": response.json["created"],
            "name": "Ada",
            "email": "ada@example.org",
            "message": "I have pictures.",
        }

    @pytest.mark.parametrize("body", [{"name": "", "email": "a@b.org"}, {**ADA, "message": None}])
    def test_message_is_optional(self, anonymous: Client, body: dict[str, Any]) -> None:
        response = anonymous.post_json(REQUESTS, body)
        assert response.status_int == 200
        assert response.json["message"] is None

    def test_signed_in_users_ask_too(self, user: Client, db: Session) -> None:
        assert user.post(REQUESTS, {"name": "Ada", "email": "ada@example.org"}).status_int == 200
        assert len(requests(db)) == 1

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"name": None}, "name"),
            ({"name": "x" * 256}, "name"),
            ({"name": "two\nlines"}, "name"),
            ({"email": None}, "email"),
            ({"email": "nonsense"}, "email"),
            ({"email": f"{'x' * 120}@example.org"}, "email"),
            ({"message": "x" * 10_001}, "message"),
            ({"token": 5}, "token"),
            ({"guid": "99999999-9999-4999-8999-999999999999"}, "guid"),
            ({"created": "2020-01-01T00:00:00Z"}, "created"),
            ({"roles": ["is_admin"]}, "roles"),
        ],
    )
    def test_invalid_requests_are_refused_by_field(
        self, anonymous: Client, db: Session, wrong: dict[str, Any], field: str
    ) -> None:
        response = anonymous.post_json(REQUESTS, {**ADA, **wrong})
        assert response.status_int == 422
        assert list(response.json["messages"]) == [field]
        assert requests(db) == []

    def test_name_and_email_are_needed(self, anonymous: Client) -> None:
        response = anonymous.post_json(REQUESTS, {})
        assert response.json["messages"] == {
            field: ["Missing data for required field."] for field in ("name", "email")
        }

    def test_second_request_is_not_kept_and_tells_nothing(
        self, anonymous: Client, admin: Client, db: Session
    ) -> None:
        first = anonymous.post_json(REQUESTS, ADA).json
        again = {"name": "Eve", "email": "ADA@example.org", "message": "Who is Ada?"}
        response = anonymous.post_json(REQUESTS, again)
        assert response.status_int == 200
        assert response.json | again == response.json
        assert response.json["guid"] != first["guid"]
        assert admin.get(REQUESTS).json == [first]
        assert len(db.scalars(select(Notification)).all()) == 1

    def test_production_limits_them(self) -> None:
        limits = get_appsettings(str(ROOT / "production.ini"), "main")["houston.limits"]
        assert "create_account_request 20/hour" in limits

    def test_recaptcha_is_of_those_who_are_not_signed_in(
        self, anonymous: Client, user: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def judge(recaptcha: Recaptcha, answer: str, field: str) -> None:
            honeypot = "" if (recaptcha.secret, answer) == ("hush hush", "a person") else "robot"
            check_recaptcha(Recaptcha("", "", ""), honeypot, field)

        monkeypatch.setattr(views, "check_recaptcha", judge)
        assert anonymous.post_json(REQUESTS, {**ADA, "token": "unread"}).status_int == 200
        SiteSettingFactory(key="recaptchaSecretKey", value="hush hush")
        for token in (None, "a robot"):
            refused = anonymous.post_json(REQUESTS, {**ADA, "token": token})
            assert list(refused.json["messages"]) == ["token"]
        assert anonymous.post_json(REQUESTS, {**ADA, "token": "a person"}).status_int == 200
        assert user.post_json(REQUESTS, ADA).status_int == 200

    def test_audit_log_does_not_keep_what_was_written(
        self, anonymous: Client, admin: Client, db: Session
    ) -> None:
        guid = anonymous.post_json(REQUESTS, ADA).json["guid"]
        assert admin.delete(f"{REQUESTS}/{guid}").status_int == 204
        created, deleted = db.scalars(
            select(AuditLog)
            .where(AuditLog.module_name == "AccountRequest")
            .order_by(AuditLog.created)
        )
        assert (str(created.item_guid), str(deleted.item_guid)) == (guid, guid)
        assert not any("ada" in str(each.changes).lower() for each in (created, deleted))


class TestNotices:
    def test_managers_are_notified(
        self,
        anonymous: Client,
        admin: Client,
        user_manager: Client,
        researcher: Client,
        db: Session,
    ) -> None:
        UserFactory(is_admin=True, is_active=False)
        UserFactory(is_admin=True, is_internal=True)
        guid = anonymous.post_json(REQUESTS, ADA).json["guid"]
        rows = db.scalars(select(Notification)).all()
        assert {row.recipient_guid for row in rows} == {
            admin.account.guid,
            user_manager.account.guid,
        }
        assert {row.message_type for row in rows} == {"account_request"}
        assert all(row.message_values == {"account_request_guid": guid} for row in rows)

    def test_list_of_the_web_client_has_none_unless_users_want_it(
        self, anonymous: Client, admin: Client, db: Session
    ) -> None:
        anonymous.post_json(REQUESTS, ADA)
        assert admin.get("/api/v1/notifications").json == []
        assert admin.get("/api/v1/notifications/unread").headers["X-Total-Count"] == "0"
        admin.account.notification_preferences = {"account_request": {"restAPI": True}}
        db.commit()
        (shown,) = admin.get("/api/v1/notifications").json
        assert (shown["message_type"], shown["is_resolved"]) == ("account_request", False)

    @pytest.mark.parametrize(
        ("preferences", "mailed"),
        [
            ({}, False),
            ({"all": {"email": True}}, True),
            ({"all": {"email": True}, "account_request": {"email": False}}, False),
        ],
    )
    def test_mail_for_those_who_have_mail_of_notifications(
        self, anonymous: Client, mailbox: Mailbox, preferences: dict[str, Any], mailed: bool
    ) -> None:
        admin = UserFactory(is_admin=True, notification_preferences=preferences)
        anonymous.post_json(REQUESTS, {**ADA, "name": "http://evil.example"})
        if not mailed:
            assert mailbox.messages() == []
            return
        received = mailbox.only(admin.email)
        assert received.subject == "Somebody asks for an account."
        assert "/requests" in received.text
        assert "evil" not in received.text

    def test_they_are_resolved_by_the_answer(
        self, anonymous: Client, admin: Client, db: Session
    ) -> None:
        first = anonymous.post_json(REQUESTS, ADA).json["guid"]
        anonymous.post_json(REQUESTS, {**ADA, "email": "eve@example.org"})
        admin.delete(f"{REQUESTS}/{first}")
        db.expire_all()
        resolved = {
            row.message_values["account_request_guid"]: row.is_resolved
            for row in db.scalars(select(Notification))
        }
        assert [resolved.pop(first), *resolved.values()] == [True, False]


class TestReading:
    def test_latest_first_in_pages(self, user_manager: Client) -> None:
        rows = [AccountRequestFactory() for _ in range(3)]
        response = user_manager.get(f"{REQUESTS}/?limit=2")
        assert [each["guid"] for each in response.json] == [str(row.guid) for row in rows[:0:-1]]
        assert response.headers["X-Total-Count"] == "3"

    @pytest.mark.parametrize("word", ["LOVELACE", "lovelace@example", "whales"])
    def test_search(self, admin: Client, word: str) -> None:
        AccountRequestFactory()
        ada = AccountRequestFactory(
            name="Ada Lovelace", email="lovelace@example.org", message="Whales!"
        )
        found = admin.get(f"{REQUESTS}?search={word}").json
        assert [each["guid"] for each in found] == [str(ada.guid)]


class TestAnswering:
    def test_invitation_is_mailed_and_removes_the_request(
        self, app: Router, anonymous: Client, user_manager: Client, mailbox: Mailbox, db: Session
    ) -> None:
        guid = anonymous.post_json(REQUESTS, ADA).json["guid"]
        assert user_manager.post(f"{REQUESTS}/{guid}/invitation").status_int == 200
        assert requests(db) == []
        assert user_manager.post(f"{REQUESTS}/{guid}/invitation").status_int == 404
        account = {"email": ADA["email"], "password": "analytical engine"}
        code = mailbox.only(ADA["email"]).code
        with setting(app, "houston.users.sign_up", "invitation"):
            created = anonymous.post_json("/api/v1/users", {**account, "invitation": code})
        assert created.status_int == 200

    def test_owner_of_an_account_is_not_invited(
        self, anonymous: Client, admin: Client, mailbox: Mailbox, db: Session
    ) -> None:
        UserFactory(email="Ada@example.org")
        guid = anonymous.post_json(REQUESTS, ADA).json["guid"]
        refused = admin.post(f"{REQUESTS}/{guid}/invitation")
        assert refused.status_int == 409
        assert list(refused.json["messages"]) == ["email"]
        assert mailbox.messages() == []
        assert len(requests(db)) == 1

    def test_invitations_are_limited(self, anonymous: Client, admin: Client, db: Session) -> None:
        for _ in range(10):
            guid = anonymous.post_json(REQUESTS, ADA).json["guid"]
            assert admin.post(f"{REQUESTS}/{guid}/invitation").status_int == 200
        guid = anonymous.post_json(REQUESTS, ADA).json["guid"]
        assert admin.post(f"{REQUESTS}/{guid}/invitation").status_int == 429
        assert len(requests(db)) == 1

    def test_account_removes_the_request(self, anonymous: Client, db: Session) -> None:
        anonymous.post_json(REQUESTS, ADA)
        other = AccountRequestFactory()
        account = {"email": "ADA@example.org", "password": "analytical engine"}
        assert anonymous.post_json("/api/v1/users", account).status_int == 200
        assert [row.guid for row in requests(db)] == [other.guid]

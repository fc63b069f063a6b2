"""Notifications are shown and mailed to their recipients, according to their preferences."""

from typing import Any

import pytest
from colander import Invalid
from pyramid.config import Configurator
from sqlalchemy import select

from houston.core.db.session import Session
from houston.core.services import services_of
from houston.modules.notifications.kinds import Kind, NotificationKinds, add_notification_kind
from houston.modules.notifications.models import Notification
from houston.modules.notifications.services import notify, resolve
from houston.modules.users.models import User
from tests.clients_of_roles import Client
from tests.factories import services
from tests.factories.notifications import NotificationFactory
from tests.factories.users import UserFactory
from tests.mailbox import Mailbox

NOTIFICATIONS = "/api/v1/notifications"


def notification_of(client: Client, **values: Any) -> Notification:
    """Create a notification to the user of a client."""
    return NotificationFactory(recipient_guid=client.account.guid, **values)


def read(path: str, value: Any = True) -> list[dict[str, Any]]:
    return [{"op": "replace", "path": path, "value": value}]


def prefer(client: Client, preferences: Any) -> Any:
    address = f"/api/v1/users/{client.account.guid}"
    return client.patch_json(address, read("/notification_preferences", preferences))


class TestReading:
    def test_own_notifications_are_listed_latest_first(self, user: Client, other: Client) -> None:
        sender = UserFactory(full_name="Ada Lovelace")
        notification_of(other)
        first = notification_of(user, sender_guid=sender.guid, message_values={"user1_name": "Ada"})
        second = notification_of(user, is_read=True)
        response = user.get(f"{NOTIFICATIONS}?limit=100")
        assert [each["guid"] for each in response.json] == [str(second.guid), str(first.guid)]
        assert response.headers["X-Total-Count"] == "2"
        assert response.json[1]["sender_name"] == "Ada Lovelace"
        assert response.json[1]["message_values"] == {"user1_name": "Ada"}
        assert response.json[0]["sender_name"] == "N/A"
        assert response.json[1] == user.get(f"{NOTIFICATIONS}/{first.guid}").json

    def test_unread_ones_are_counted(self, user: Client) -> None:
        notification_of(user)
        notification_of(user, is_read=True)
        unread = user.get(f"{NOTIFICATIONS}/unread?limit=1")
        assert unread.headers["X-Total-Count"] == "1"
        assert [each["is_read"] for each in unread.json] == [False]

    def test_user_managers_list_all_unread_ones(
        self, user: Client, other: Client, user_manager: Client
    ) -> None:
        notification_of(user)
        notification_of(other)
        notification_of(other, is_read=True)
        assert len(user_manager.get(f"{NOTIFICATIONS}/all_unread").json) == 2
        assert user.get(f"{NOTIFICATIONS}/all_unread").status_int == 403

    def test_search_finds_own_notifications_only(self, user: Client, other: Client) -> None:
        notification_of(other)
        mine = notification_of(user)
        notification_of(user, message_type="individual_merge_request")
        query = {"term": {"message_type": "collaboration_request"}}
        found = user.post_json(f"{NOTIFICATIONS}/search", query).json
        assert [each["guid"] for each in found] == [str(mine.guid)]
        assert len(user.get(f"{NOTIFICATIONS}/search").json) == 2

    def test_number_of_statements_does_not_grow(self, user: Client, statements: list[str]) -> None:
        for _ in range(5):
            notification_of(user, sender_guid=UserFactory().guid)
        statements.clear()
        assert len(user.get(NOTIFICATIONS).json) == 5
        assert len(statements) == 3


class TestChanging:
    def test_reading_resolves_all_but_requests(self, user: Client) -> None:
        row = notification_of(user, message_type="collaboration_approved")
        address = f"{NOTIFICATIONS}/{row.guid}"
        changed = user.patch_json(address, read("/is_read")).json
        assert (changed["is_read"], changed["is_resolved"]) == (True, True)
        changed = user.patch_json(address, read("/is_read", False)).json
        assert (changed["is_read"], changed["is_resolved"]) == (False, True)

    def test_request_is_unresolved_until_it_is_answered(self, user: Client, db: Session) -> None:
        row = notification_of(user, message_values={"collaboration_guid": "one"})
        another = notification_of(user, message_values={"collaboration_guid": "two"})
        changed = user.patch_json(f"{NOTIFICATIONS}/{row.guid}", read("/is_read")).json
        assert (changed["is_read"], changed["is_resolved"]) == (True, False)
        resolve(db, [user.account.guid], ["collaboration_request"], {"collaboration_guid": "one"})
        db.commit()
        assert user.get(f"{NOTIFICATIONS}/{row.guid}").json["is_resolved"] is True
        assert user.get(f"{NOTIFICATIONS}/{another.guid}").json["is_resolved"] is False

    @pytest.mark.parametrize(("path", "value"), [("/is_read", "yes"), ("/is_resolved", True)])
    def test_invalid_changes_are_refused(self, user: Client, path: str, value: Any) -> None:
        address = f"{NOTIFICATIONS}/{notification_of(user).guid}"
        before = user.get(address).json
        assert user.patch_json(address, read(path, value)).status_int == 422
        assert user.get(address).json == before

    def test_recipient_deletes_it(self, user: Client, other: Client, db: Session) -> None:
        address = f"{NOTIFICATIONS}/{notification_of(user).guid}"
        assert other.delete(address).status_int == 403
        assert user.delete(address).status_int == 204
        assert db.scalars(select(Notification)).all() == []


class TestPreferences:
    def test_by_default_kinds_are_shown_or_have_a_page_and_are_mailed(self, user: Client) -> None:
        preferences = user.get("/api/v1/users/me").json["notification_preferences"]
        assert preferences == {
            name: {"restAPI": kind.page is None, "email": kind.page is not None}
            for name, kind in services()[NotificationKinds].items()
        }
        assert preferences["all"] == {"restAPI": True, "email": False}

    def test_they_are_merged_by_kind_and_channel(self, user: Client) -> None:
        prefer(user, {"all": {"email": True}, "raw": {"restAPI": False}})
        changed = prefer(user, {"all": {"restAPI": True}}).json["notification_preferences"]
        assert changed["all"] == {"restAPI": True, "email": True}
        assert changed["raw"] == {"restAPI": False, "email": False}

    def test_they_are_changed_below_and_by_merge_patch(self, user: Client) -> None:
        address = f"/api/v1/users/{user.account.guid}"
        below = {"op": "add", "path": "/notification_preferences/all", "value": {"email": True}}
        changed = user.patch_json(address, [below]).json["notification_preferences"]
        assert changed["all"] == {"restAPI": True, "email": True}
        headers = {"Content-Type": "application/merge-patch+json"}
        body = b'{"notification_preferences": {"all": {"restAPI": false}}, "location": "Oslo"}'
        merged = user.patch(address, body, headers=headers).json
        assert merged["notification_preferences"]["all"] == {"restAPI": False, "email": True}
        assert merged["location"] == "Oslo"

    def test_user_managers_change_those_of_others(self, user: Client, user_manager: Client) -> None:
        address = f"/api/v1/users/{user.account.guid}"
        change = read("/notification_preferences", {"all": {"email": True}})
        assert user_manager.patch_json(address, change).status_int == 200
        me = user_manager.get("/api/v1/users/me").json
        assert me["notification_preferences"]["all"]["email"] is False
        assert user.get("/api/v1/users/me").json["notification_preferences"]["all"]["email"]

    @pytest.mark.parametrize(
        ("off", "listed_types"),
        [
            ({"collaboration_request": {"restAPI": False}}, ["individual_merge_request"]),
            ({"individual_merge_all": {"restAPI": False}}, ["collaboration_request"]),
            ({"all": {"restAPI": False}}, []),
            ({"raw": {"email": True}}, ["individual_merge_request", "collaboration_request"]),
        ],
    )
    def test_hidden_kinds_are_not_listed(
        self, user: Client, client_for: Any, db: Session, off: Any, listed_types: list[str]
    ) -> None:
        notification_of(user)
        notification_of(user, message_type="individual_merge_request")
        prefer(user, off)
        listed = user.get(NOTIFICATIONS).json
        assert [each["message_type"] for each in listed] == listed_types

    @pytest.mark.parametrize(
        ("value", "text"),
        [
            ([], ": Not a valid mapping."),
            ({"sms": {}}, ": sms: Must be one of: all, "),
            ({"all": {"sms": True}}, ": all.sms: Must be one of: restAPI, email."),
            ({"all": {"email": "yes"}}, ": all.email: Not a valid boolean."),
            ({"all": True}, ": all: Not a valid mapping."),
        ],
    )
    def test_invalid_ones_are_refused_by_path(self, user: Client, value: Any, text: str) -> None:
        refused = prefer(user, value)
        assert refused.status_int == 422
        assert text in refused.json["message"]


class TestMail:
    @pytest.mark.parametrize(
        ("preferences", "mailed"),
        [
            ({}, False),
            ({"collaboration_request": {"email": True}}, False),
            ({"all": {"email": True}}, False),
            ({"all": {"email": True}, "collaboration_request": {"email": True}}, True),
        ],
    )
    def test_it_is_sent_if_all_mail_and_the_kind_are_on(
        self, db: Session, mailbox: Mailbox, preferences: Any, mailed: bool
    ) -> None:
        recipient: User = UserFactory(notification_preferences=preferences)
        notify(
            services(),
            db,
            recipient,
            "collaboration_request",
            sender=UserFactory(full_name="Ada Lovelace"),
        )
        db.commit()
        if not mailed:
            assert mailbox.messages() == []
            return
        received = mailbox.only(recipient.email)
        assert received.subject == "Ada Lovelace would like to see your data."
        assert "/notifications" in received.text

    def test_preference_of_the_group_applies_to_its_kinds(
        self, db: Session, mailbox: Mailbox
    ) -> None:
        preferences = {"all": {"email": True}, "individual_merge_all": {"email": True}}
        recipient = UserFactory(notification_preferences=preferences)
        values = {"target_individual_name": "Zoe", "source_names_list": "Ida"}
        notify(services(), db, recipient, "individual_merge_complete", values)
        db.commit()
        assert mailbox.only(recipient.email).subject == "Zoe and Ida have been merged."

    def test_mail_without_its_values_is_not_sent(self, db: Session, mailbox: Mailbox) -> None:
        kind = "collaboration_manager_create"
        recipient = UserFactory(
            notification_preferences={"all": {"email": True}, kind: {"email": True}}
        )
        row = notify(services(), db, recipient, kind)
        db.commit()
        assert db.get(Notification, row.guid) is not None
        assert mailbox.messages() == []

    def test_kinds_are_added_by_modules(self) -> None:
        config = Configurator()
        kinds = NotificationKinds()
        services_of(config).add(kinds)
        add_notification_kind(config, "all", Kind())
        quota = Kind("{used} of your quota is used.", group="groups")
        add_notification_kind(config, "quota", quota)
        add_notification_kind(config, "groups", Kind())
        assert kinds["quota"].sentence.format(used="Half") == "Half of your quota is used."
        assert kinds.hidden({"groups": {"restAPI": False}}) == ["quota", "groups"]
        node = kinds.preferences(name="preferences")
        assert node.deserialize({"quota": {"email": True}}) == {"quota": {"email": True}}
        with pytest.raises(Invalid):
            node.deserialize({"other": {"email": True}})

    def test_unknown_kind_is_an_error(self, db: Session) -> None:
        with pytest.raises(LookupError):
            notify(services(), db, UserFactory(), "unicorn")

"""Notifications: the owner is the recipient."""

from typing import Any

from tests.factories.notifications import NotificationFactory
from tests.permissions.expected import Cast

EXPECTED = {
    "list_notifications": "401 200 200 200 200 200 200 200 200 200 403",
    "list_unread_notifications": "401 200 200 200 200 200 200 200 200 200 403",
    "list_all_unread_notifications": "401 403 403 403 403 403 200 200 200 200 403",
    "search_notifications": "401 200 200 200 200 200 200 200 200 200 403",
    "find_notifications": "401 200 200 200 200 200 200 200 200 200 403",
    "get_notification": "401 403 200 403 403 403 403 403 200 200 403",
    "patch_notification": "401 403 200 403 403 403 403 403 200 200 403",
    "delete_notification": "401 403 204 403 403 403 403 403 204 204 403",
}


def keys(cast: Cast) -> dict[str, Any]:
    return {"notification": NotificationFactory(recipient_guid=cast.owner.guid).guid}

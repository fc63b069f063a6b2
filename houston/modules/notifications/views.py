"""The addresses of notifications."""

from typing import Any

from sqlalchemy import ColumnElement

from houston.core.api.queries import page_query
from houston.core.api.service import Service
from houston.core.http.request import Request
from houston.core.security.grants import Permission
from houston.modules.notifications import schemas, services
from houston.modules.notifications.kinds import NotificationKinds

notifications = Service("notifications", "/notifications")
unread = Service("unread_notifications", "/notifications/unread")
all_unread = Service("all_unread_notifications", "/notifications/all_unread")
search = Service("notification_search", "/notifications/search")
notification = Service("notification", "/notifications/{notification}")

LATEST_FIRST = page_query(
    sort=services.NOTIFICATIONS.sort, search=False, default="created", reverse=True
)
NOTIFICATION = schemas.NotificationSchema()


def _shown(request: Request) -> ColumnElement[bool]:
    """The condition of the notifications that the caller does not hide."""
    preferences = request.caller.account.notification_preferences
    hidden = request.services[NotificationKinds].hidden(preferences)
    return services.NOTIFICATION.message_type.not_in(hidden)


notifications.list(
    "list_notifications",
    services.OWN,
    NOTIFICATION,
    "List the caller's own notifications, the latest first.",
    query=LATEST_FIRST,
    where=_shown,
)
unread.list(
    "list_unread_notifications",
    services.OWN.where(services.UNREAD),
    NOTIFICATION,
    "List the caller's own unread notifications, the latest first; `X-Total-Count` counts them.",
    query=LATEST_FIRST,
    where=_shown,
)
all_unread.list(
    "list_all_unread_notifications",
    services.NOTIFICATIONS.where(services.UNREAD),
    NOTIFICATION,
    "List the unread notifications of all users, the latest first.",
    query=LATEST_FIRST,
)
search.search(
    "search_notifications", services.OWN, NOTIFICATION, "Search the caller's own notifications."
)
notification.read(
    "get_notification",
    NOTIFICATION,
    "Read a notification, which does not mark it as read.",
)
notification.remove("delete_notification", "Delete a notification.")


@notification.patch(Permission.WRITE, patch=schemas.NotificationPatch(), returns=NOTIFICATION)
def patch_notification(request: Request) -> Any:
    """Mark a notification as read, which resolves it unless it is a request."""
    kinds, change = request.services[NotificationKinds], request.validated["change"]
    return services.update_notification(kinds, request.db, request.context.row, change)

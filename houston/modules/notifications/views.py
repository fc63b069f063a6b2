"""The addresses of notifications."""

from typing import Any

from sqlalchemy import ColumnElement

from houston.core.api.paging import page_query
from houston.core.api.service import Service
from houston.core.http.request import Request
from houston.core.security.permissions import Permission
from houston.modules.notifications import schemas, services

notifications = Service("notifications", "/notifications")
unread = Service("unread_notifications", "/notifications/unread")
all_unread = Service("all_unread_notifications", "/notifications/all_unread")
search = Service("notification_search", "/notifications/search")
notification = Service("notification", "/notifications/{notification}")

LATEST_FIRST = page_query(
    sort=services.NOTIFICATIONS.sort, search=False, default="created", reverse=True
)
NOTIFICATION = schemas.NotificationSchema()


def _wanted(request: Request) -> ColumnElement[bool]:
    return services.wanted_by(request.caller.account)


notifications.list(
    "list_notifications",
    services.OWN,
    NOTIFICATION,
    "List one's own notifications, the latest first.",
    query=LATEST_FIRST,
    where=_wanted,
)
unread.list(
    "list_unread_notifications",
    services.OWN.where(services.UNREAD),
    NOTIFICATION,
    "List those that one has not read, the latest first; `X-Total-Count` is how many there are.",
    query=LATEST_FIRST,
    where=_wanted,
)
all_unread.list(
    "list_all_unread_notifications",
    services.NOTIFICATIONS.where(services.UNREAD),
    NOTIFICATION,
    "List the unread notifications of all users, the latest first.",
    query=LATEST_FIRST,
)
search.search("search_notifications", services.OWN, NOTIFICATION, "Search one's own notifications.")
notification.read(
    "get_notification",
    NOTIFICATION,
    "Read a notification; that alone does not mark it as read.",
)


@notification.patch(Permission.WRITE, patch=schemas.NotificationPatch(), returns=NOTIFICATION)
def patch_notification(request: Request) -> Any:
    """Mark a notification as read, which resolves it unless it asks for an answer."""
    return services.update_notification(
        request.db, request.context.row, request.validated["change"]
    )


@notification.delete(Permission.DELETE)
def delete_notification(request: Request) -> None:
    """Remove a notification."""
    services.delete_notification(request.db, request.context.row)

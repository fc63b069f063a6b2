"""The addresses of notifications."""

from typing import Any

from houston.core.api.paging import Page, page_query
from houston.core.api.search import searching
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


@notifications.get(Permission.LIST, query=LATEST_FIRST, returns=NOTIFICATION, paged=True)
def list_notifications(request: Request) -> Page:
    """List one's own notifications, the latest first."""
    return services.list_notifications(request.db, request.caller, request.validated["querystring"])


@unread.get(Permission.LIST, query=LATEST_FIRST, returns=NOTIFICATION, paged=True)
def list_unread_notifications(request: Request) -> Page:
    """List those that one has not read, the latest first; `X-Total-Count` is how many there are."""
    query = request.validated["querystring"]
    return services.list_notifications(request.db, request.caller, query, unread=True)


@all_unread.get(Permission.LIST, query=LATEST_FIRST, returns=NOTIFICATION, paged=True)
def list_all_unread_notifications(request: Request) -> Page:
    """List what has not been read, whoever it is for, the latest first."""
    return services.list_all_unread(request.db, request.validated["querystring"])


@searching(search, Permission.LIST, sort=services.NOTIFICATIONS.sort, returns=NOTIFICATION)
def search_notifications(request: Request) -> Page:
    """Search one's own notifications."""
    return services.search_notifications(
        request.db, request.caller, request.validated["querystring"], request.validated["body"]
    )


@notification.get(Permission.READ, returns=NOTIFICATION)
def get_notification(request: Request) -> Any:
    """Read a notification; that alone does not mark it as read."""
    return request.context.row


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

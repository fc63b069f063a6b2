"""The branch `notifications` of the tree: who may do what to them."""

from collections.abc import Iterable
from typing import Any

from houston.core.security.grants import Grant, LocalRole
from houston.core.security.identity import Identity
from houston.core.security.permissions import Permission
from houston.core.tree import Collection, Item, Resource
from houston.domain.roles import Role
from houston.modules.notifications import services
from houston.modules.notifications.models import Notification

FULL = (Permission.READ, Permission.WRITE, Permission.DELETE)


class NotificationRole(LocalRole):
    """What a caller is to a notification."""

    RECIPIENT = "the recipient"


class NotificationResource(Item):
    """One notification; `row` has its sender's name beside it."""

    grants = (
        Grant(NotificationRole.RECIPIENT, FULL),
        Grant(Role.STAFF, FULL),
        Grant(Role.INTERNAL, FULL),
    )

    def local_roles(self, identity: Identity) -> Iterable[str]:
        """The caller is the recipient of what is for him."""
        own = self.row.recipient_guid == identity.account.guid
        return (NotificationRole.RECIPIENT,) if own else ()


class Unread(Resource):
    """One's own notifications that one has not read."""


class AllUnread(Resource):
    """Those of everybody that nobody has read."""

    closed = True
    grants = (
        Grant(Role.USER_MANAGER, (Permission.LIST,)),
        Grant(Role.STAFF, (Permission.LIST,)),
        Grant(Role.INTERNAL, (Permission.LIST,)),
    )


class Search(Resource):
    """Searching one's own."""


class NotificationCollection(Collection):
    """All notifications; one lists one's own."""

    noun = "notifications"
    model = Notification
    item = NotificationResource
    children = {"unread": Unread, "all_unread": AllUnread, "search": Search}
    grants = (Grant(Role.SIGNED_IN, (Permission.LIST,)),)

    def find(self, key: str) -> Any | None:
        """The notification of this guid."""
        row: Notification | None = super().find(key)
        return row and services.with_sender(self.request.db, row)

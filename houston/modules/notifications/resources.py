"""The branch `notifications` of the tree: who may do what to them."""

from houston.core.security.grants import Grant
from houston.core.security.permissions import Permission
from houston.core.tree import Collection, Item, Resource
from houston.domain.roles import Role
from houston.modules.notifications.models import Notification
from houston.modules.users.ownership import owner_role

FULL = (Permission.READ, Permission.WRITE, Permission.DELETE)


RECIPIENT = owner_role("the recipient", Notification, Notification.recipient_guid)


class NotificationResource(Item):
    """One notification."""

    grants = (
        Grant(RECIPIENT, FULL),
        Grant(Role.STAFF, FULL),
        Grant(Role.INTERNAL, FULL),
    )


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

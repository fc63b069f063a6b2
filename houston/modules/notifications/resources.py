"""The branch `notifications` of the tree: who may do what to notifications."""

from houston.core.security.grants import Grant, Permission
from houston.core.tree import Collection, Item, Resource
from houston.domain.roles import Role
from houston.modules.notifications.models import Notification
from houston.modules.users.models import owner_role

FULL = (Permission.READ, Permission.WRITE, Permission.DELETE)
RECIPIENT = owner_role("the recipient", Notification, Notification.recipient_guid)


class NotificationResource(Item):
    """One notification."""

    grants = (Grant(RECIPIENT, FULL), Grant(Role.STAFF, FULL), Grant(Role.INTERNAL, FULL))


class AllUnread(Resource):
    """The notifications of all users that are not read."""

    closed = True
    grants = tuple(
        Grant(role, (Permission.LIST,))
        for role in (Role.USER_MANAGER, Role.ADMIN, Role.STAFF, Role.INTERNAL)
    )


class NotificationCollection(Collection):
    """All notifications; the list shows the caller's own."""

    noun = "notifications"
    model = Notification
    item = NotificationResource
    children = {"unread": Resource, "all_unread": AllUnread, "search": Resource}
    grants = (Grant(Role.SIGNED_IN, (Permission.LIST,)),)

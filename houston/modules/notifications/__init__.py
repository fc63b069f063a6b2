"""Notifications: messages of the server to users, in the web client and by mail.

Modules add the kinds, and notify users. A notification that only informs is resolved when it is
read; a request stays unresolved until it is answered. The recipient reads a notification, marks it
as read and deletes it. The preferences of a user, a field of their account, say which kinds are
shown and which are mailed.
"""

from typing import Any

REQUIRES = ("users",)


def includeme(config: Any) -> None:
    """Add the kinds, the preferences of accounts, and the branch `notifications` of the tree."""
    from houston.core.services import services_of
    from houston.modules.notifications import kinds, schemas
    from houston.modules.notifications.resources import NotificationCollection

    services_of(config).add(kinds.NotificationKinds())
    config.add_directive("add_notification_kind", kinds.add_notification_kind)
    for name, kind in kinds.CLIENT_KINDS.items():
        config.add_notification_kind(name, kind)
    # An action, since the modules above have added their kinds only when actions are executed.
    config.action("houston.notification_preferences", schemas.contribute, (config,))
    config.add_mail_templates("houston.modules.notifications", "mail")
    config.add_branch("notifications", NotificationCollection)
    config.scan(".views")

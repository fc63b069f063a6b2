"""Notifications: what people should know of, by the ways that they have chosen.

Only the server makes them. What only informs is resolved by being read; a request stays open until
it is answered. Each is its recipient's to see, to mark as read and to remove. Which kinds somebody
sees or is mailed is a part of his account.
"""

from typing import Any

REQUIRES = ("users",)


def includeme(config: Any) -> None:
    """Hang the branch `notifications` on the tree and register its operations."""
    from houston.modules.notifications.resources import NotificationCollection

    config.add_mail_templates("houston.modules.notifications", "mail")
    config.add_branch("notifications", NotificationCollection)
    config.scan(".views")

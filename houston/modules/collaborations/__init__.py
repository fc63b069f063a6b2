"""Collaborations: agreements of two users to share the data that they own.

Each member answers for their own data: they allow the other to see it, to export it and to edit it.
A level is in force when both have approved it, so access is the same for both. A user asks another
one, who is notified; user managers make and change the collaborations of others. What a level gives
is told by the grants of the objects, as `view collaborators of the owner` (contract A-10).
"""

from typing import Any

REQUIRES = ("users", "notifications")


def includeme(config: Any) -> None:
    """Add the branch `collaborations`, the notifications, and the field of accounts."""
    from houston.core.schema.nodes import ListOf
    from houston.modules.collaborations import notices, schemas, services
    from houston.modules.collaborations.resources import CollaborationCollection
    from houston.modules.users.schemas import UserSchema

    for name, kind in notices.KINDS.items():
        config.add_notification_kind(name, kind)
    config.contribute(schemas.CollaborationSchema, "members", schemas.MEMBERS, schemas.members_of)
    collaborations = ListOf(schemas.CollaborationSchema())
    config.contribute(
        UserSchema,
        "collaborations",
        collaborations,
        services.collaborations_of,
        where=services.HAS_COLLABORATIONS,
    )
    config.add_branch("collaborations", CollaborationCollection)
    config.scan(".views")

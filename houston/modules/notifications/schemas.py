"""What goes out, and what PATCH may touch."""

from houston.core.api.patch import PatchSchema
from houston.core.schema.nodes import (
    Boolean,
    Choice,
    Guid,
    Instant,
    Json,
    MapOf,
    Schema,
    String,
)
from houston.modules.users.notification_kinds import KINDS


class NotificationSchema(Schema):
    """Something that its recipient should know of."""

    guid = Guid()
    is_read = Boolean()
    is_resolved = Boolean(description="Whether nothing is left to do about it.")
    sender_name = String(
        1, 120, loads=("sender",), description="The present name; N/A without a sender."
    )
    sender_guid = Guid(nullable=True)
    message_type = Choice(KINDS)
    created = Instant()
    message_values = MapOf(Json(), description="What the sentence of its kind is filled with.")


class NotificationPatch(PatchSchema):
    """What may be changed of a notification."""

    is_read = Boolean()

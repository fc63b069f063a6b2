"""What goes out, and what PATCH may touch."""

from houston.core.api.patch import PatchSchema
from houston.core.schema import (
    Boolean,
    Choice,
    DateTime,
    Field,
    Guid,
    Json,
    MapOf,
    Schema,
    String,
)
from houston.modules.users.notification_kinds import KINDS


class NotificationSchema(Schema):
    """Something that its recipient should know of."""

    guid = Field(Guid())
    is_read = Field(Boolean())
    is_resolved = Field(Boolean(), description="Whether nothing is left to do about it.")
    sender_name = Field(String(1, 120), description="The present name; N/A without a sender.")
    sender_guid = Field(Guid(), nullable=True)
    message_type = Field(Choice(KINDS))
    created = Field(DateTime())
    message_values = MapOf(Json(), description="What the sentence of its kind is filled with.")


class NotificationPatch(PatchSchema):
    """What may be changed of a notification."""

    is_read = Field(Boolean())

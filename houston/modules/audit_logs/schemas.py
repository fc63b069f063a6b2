"""What goes out."""

from typing import Any

from houston.core.schema.nodes import (
    Choice,
    Guid,
    Instant,
    Json,
    MapOf,
    Number,
    Schema,
    String,
    Text,
)
from houston.modules.audit_logs.models import AuditType


def message_with_actor(log: Any) -> str:
    """The message, followed by who it was."""
    actor = f"{log.user_email}({log.user_guid})" if log.user_guid else log.user_email
    return f"{log.message} executed by {actor}".lstrip()


class AuditLogSchema(Schema):
    """Something that was done, or went wrong."""

    guid = Guid()
    created = Instant(description="When it was.")
    module_name = String(nullable=True, description="What kind of object it was about.")
    item_guid = Guid(nullable=True, description="The object, which may be gone.")
    audit_type = Choice(AuditType)
    user_email = String(
        description="Who it was, `anonymous user`, or `system` for work without a caller."
    )
    user_guid = Guid(nullable=True, description="His account.")
    address = String(nullable=True, description="Where he was.")
    request_id = String(nullable=True, description="The request, as the log names it.")
    job_guid = Guid(nullable=True, description="The background job that did it.")
    message = Text(compute=message_with_actor, description="What it was, in a line.")
    changes = MapOf(Json(), description="What each field was `before` and is `after`.")
    duration = Number(0, nullable=True, description="How long it took, in seconds.")

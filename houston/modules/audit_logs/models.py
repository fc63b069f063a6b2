"""The table of audit logs."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from houston.core.db.models import Base, Identified
from houston.core.db.types import Guid, UtcDateTime, enumeration, utc_now
from houston.core.values import TextEnum


class AuditType(TextEnum):
    """The type of an action or a fault."""

    USER_CREATE = "User Create"
    SYSTEM_CREATE = "System Create"
    UPDATE = "Update"
    DELETE = "Delete"
    ACCESS = "Access"
    FRONT_END_FAULT = "Front End Fault"
    BACK_END_FAULT = "Back End Fault"
    HOUSTON_FAULT = "Houston Fault"
    OBJECT_ERROR = "Object Error"
    OBJECT_WARNING = "Object Warning"


class AuditLog(Identified, Base):
    """An action on an object, or a fault; it is kept when object and actor are deleted.

    Attributes:
        module_name: The class of the object.
        changes: The values `before` and `after` by field.
        duration: The time since the request began, in seconds.
    """

    __tablename__ = "audit_log"
    __table_args__ = (Index(None, "item_guid", "created"),)

    created: Mapped[datetime] = mapped_column(UtcDateTime(), default=utc_now, index=True)
    audit_type: Mapped[AuditType] = mapped_column(enumeration(AuditType, "audit_type"), index=True)
    module_name: Mapped[str | None] = mapped_column(String(50), index=True)
    item_guid: Mapped[UUID | None] = mapped_column(Guid())
    user_email: Mapped[str] = mapped_column(String(120))
    user_guid: Mapped[UUID | None] = mapped_column(Guid())
    address: Mapped[str | None] = mapped_column(String(100))
    request_id: Mapped[str | None] = mapped_column(String(100))
    job_guid: Mapped[UUID | None] = mapped_column(Guid())
    message: Mapped[str] = mapped_column(Text)
    changes: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    duration: Mapped[float | None]

"""The table of notifications."""

from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String, func, select
from sqlalchemy.orm import Mapped, column_property, mapped_column

from houston.core.db.models import Base, Identified, Timestamped
from houston.core.db.types import Guid
from houston.modules.users.models import User

NO_SENDER = "N/A"


class Notification(Identified, Timestamped, Base):
    """A message to its recipient."""

    __tablename__ = "notification"
    __table_args__ = (Index(None, "recipient_guid", "is_read", "created"),)

    message_type: Mapped[str] = mapped_column(String(50))
    message_values: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    recipient_guid: Mapped[UUID] = mapped_column(ForeignKey("user.guid", ondelete="CASCADE"))
    sender_guid: Mapped[UUID | None] = mapped_column(Guid())
    is_read: Mapped[bool] = mapped_column(default=False)
    is_resolved: Mapped[bool] = mapped_column(default=False)
    sender_name: Mapped[str] = column_property(
        func.coalesce(
            select(func.nullif(User.full_name, ""))
            .where(User.guid == sender_guid)
            .scalar_subquery(),
            NO_SENDER,
        )
    )

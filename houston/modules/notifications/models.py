"""The table of notifications."""

from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from houston.core.db.columns import Identified, Timestamped
from houston.core.db.meta import Base
from houston.core.db.types import Guid


class Notification(Identified, Timestamped, Base):
    """Something that its recipient should know of; a request stays open until it is resolved."""

    __tablename__ = "notification"
    __table_args__ = (Index(None, "recipient_guid", "is_read", "created"),)

    message_type: Mapped[str] = mapped_column(String(50))
    message_values: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    recipient_guid: Mapped[UUID] = mapped_column(ForeignKey("user.guid", ondelete="CASCADE"))
    sender_guid: Mapped[UUID | None] = mapped_column(Guid())
    is_read: Mapped[bool] = mapped_column(default=False)
    is_resolved: Mapped[bool] = mapped_column(default=False)

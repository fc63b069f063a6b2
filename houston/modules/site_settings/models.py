"""The table of site settings, with the values that were set."""

from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from houston.core.db.models import Base, Timestamped


class SiteSetting(Timestamped, Base):
    """The value of one key; a key without a row has its default."""

    __tablename__ = "site_setting"

    key: Mapped[str] = mapped_column(String(100), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)
    file_upload_guid: Mapped[UUID | None] = mapped_column(
        ForeignKey("file_upload.guid", ondelete="SET NULL"), index=True
    )

"""The table of uploads: files on their way, and those that nobody has claimed yet."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from houston.core.db.columns import Identified, Timestamped
from houston.core.db.meta import Base
from houston.core.db.types import Guid, UtcDateTime


class Upload(Identified, Timestamped, Base):
    """A file that is sent in pieces; how much of it has come is what its bytes on disk say.

    `transaction_guid`, chosen by the sender, holds the files of one submission together. When the
    file is `finished` it is in the storage under `file_key`, and what an image's header says is
    known. Without an owner it belongs to whoever knows its guids. It ends when it is claimed, or
    when it `expires`.
    """

    __tablename__ = "upload"
    __table_args__ = (Index(None, "transaction_guid", "filename"),)

    transaction_guid: Mapped[UUID | None] = mapped_column(Guid())
    owner_guid: Mapped[UUID | None] = mapped_column(
        ForeignKey("user.guid", ondelete="CASCADE"), index=True
    )
    filename: Mapped[str] = mapped_column(String(255))
    size: Mapped[int] = mapped_column(BigInteger)
    description: Mapped[str] = mapped_column(Text, default="")
    expires: Mapped[datetime] = mapped_column(UtcDateTime(), index=True)
    finished: Mapped[datetime | None] = mapped_column(UtcDateTime())
    file_key: Mapped[str | None] = mapped_column(ForeignKey("stored_file.key"), index=True)
    mime_type: Mapped[str | None] = mapped_column(String(100))
    width: Mapped[int | None]
    height: Mapped[int | None]
    captured: Mapped[str | None] = mapped_column(String(40))

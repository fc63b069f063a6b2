"""The table of uploads: unfinished files, and finished files that are not claimed yet."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from houston.core.db.models import Base, Identified, Timestamped
from houston.core.db.types import Guid, UtcDateTime


class Upload(Identified, Timestamped, Base):
    """A file that is sent in parts; the number of stored bytes is the size of its file on disk.

    `address` is the network address of its creator. `transaction_guid`, chosen by the client, is
    common to the files of one asset group. A `finished` file is in the storage under `file_key`,
    with the values of its header if it is an image. The row is deleted when the file is claimed, or
    when it `expires`.
    """

    __tablename__ = "upload"
    __table_args__ = (Index(None, "transaction_guid", "filename"),)

    transaction_guid: Mapped[UUID | None] = mapped_column(Guid())
    owner_guid: Mapped[UUID | None] = mapped_column(
        ForeignKey("user.guid", ondelete="CASCADE"), index=True
    )
    address: Mapped[str | None] = mapped_column(String(100), index=True)
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

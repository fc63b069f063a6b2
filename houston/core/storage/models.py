"""The table of stored files."""

from datetime import datetime

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from houston.core.db.meta import Base
from houston.core.db.types import UtcDateTime, utc_now


class StoredFile(Base):
    """A file in the storage, whose `key` is the SHA-256 digest of its bytes.

    Rows that use a file have a foreign key to its row, so that it is not collected as garbage.
    `touched` is the time at which it was last put.
    """

    __tablename__ = "stored_file"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    touched: Mapped[datetime] = mapped_column(UtcDateTime(), default=utc_now, index=True)

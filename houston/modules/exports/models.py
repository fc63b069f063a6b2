"""The table of exports that are made in the background."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from houston.core.db.models import Audited, Base, Identified, Timestamped
from houston.core.db.types import UtcDateTime, enumeration
from houston.core.values import TextEnum
from houston.modules.exports.services.dataset import Noun
from houston.modules.jobs.models import Progress
from houston.modules.users.models import owner_role


class ExportState(TextEnum):
    """The state of an export; the last two are final."""

    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"


class Export(Audited, Identified, Timestamped, Base):
    """An export that a job makes, with the rights that its owner has at that time.

    Attributes:
        query: The query of the search.
        number: The number of records, once it is done.
        error: The reason why it failed.
        expires: The time after which it is deleted.
    """

    __tablename__ = "export"
    __unaudited__ = frozenset({"state", "number", "error", "filename", "file_key", "updated"})

    owner_guid: Mapped[UUID] = mapped_column(ForeignKey("user.guid"), index=True)
    noun: Mapped[Noun] = mapped_column(enumeration(Noun, "noun"))
    format: Mapped[str] = mapped_column(String(16))
    occasion: Mapped[str] = mapped_column(String(16))
    query: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[ExportState] = mapped_column(
        enumeration(ExportState, "state"), default=ExportState.PENDING
    )
    number: Mapped[int | None]
    error: Mapped[str | None] = mapped_column(Text)
    filename: Mapped[str | None] = mapped_column(String(255))
    file_key: Mapped[str | None] = mapped_column(ForeignKey("stored_file.key"), index=True)
    expires: Mapped[datetime] = mapped_column(UtcDateTime(), index=True)
    progress_guid: Mapped[UUID | None] = mapped_column(
        ForeignKey("progress.guid", ondelete="SET NULL"), index=True
    )

    progress: Mapped[Progress | None] = relationship(
        cascade="all, delete-orphan", single_parent=True
    )


EXPORT_OWNER = owner_role("the owner of the export", Export)

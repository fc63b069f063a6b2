"""The table of small public files: pictures of profiles and of the site."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from houston.core.db.columns import Audited, Identified, Timestamped
from houston.core.db.meta import Base


class FileReference(NamedTuple):
    """What can be told of a file upload by whoever refers to it, without asking for its row."""

    guid: UUID

    @property
    def src(self) -> str:
        """The address of its bytes."""
        return f"/api/v1/fileuploads/src/{self.guid}"


class FileUpload(Audited, Identified, Timestamped, Base):
    """A file that everybody may see; what refers to it owns it."""

    __tablename__ = "file_upload"

    file_key: Mapped[str] = mapped_column(ForeignKey("stored_file.key"), index=True)
    mime_type: Mapped[str] = mapped_column(String(100))

    @property
    def src(self) -> str:
        """The address of its bytes."""
        return FileReference(self.guid).src

"""The table of file uploads, and references to them."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy import String as StringType
from sqlalchemy.orm import Mapped, mapped_column

from houston.core.db.models import Audited, Base, Identified, Timestamped
from houston.core.schema.nodes import Guid, Schema, String


class FileReference(NamedTuple):
    """A reference to a file upload, which is made without loading its row."""

    guid: UUID

    @property
    def src(self) -> str:
        """The path of the file."""
        return f"/api/v1/fileuploads/src/{self.guid}"


class FileReferenceSchema(Schema):
    """A public file."""

    guid = Guid()
    src = String(description="The path of the file.")


class FileUpload(Audited, Identified, Timestamped, Base):
    """A public file, which belongs to the row that refers to it."""

    __tablename__ = "file_upload"

    file_key: Mapped[str] = mapped_column(ForeignKey("stored_file.key"), index=True)
    mime_type: Mapped[str] = mapped_column(StringType(100))

    @property
    def src(self) -> str:
        """The path of the file."""
        return FileReference(self.guid).src

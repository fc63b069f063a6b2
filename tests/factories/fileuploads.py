"""The factory of file uploads, with their files."""

from typing import Any

from houston.core.storage import Storage
from houston.modules.fileuploads.models import FileUpload
from tests.factories import RowFactory, services
from tests.factories.assets import jpeg


class FileUploadFactory(RowFactory):
    """A public file with the bytes `content`, by default an image."""

    class Meta:
        model = FileUpload

    mime_type = "image/jpeg"

    @classmethod
    def _create(cls, model: type[FileUpload], *args: Any, **values: Any) -> FileUpload:
        session = cls._meta.sqlalchemy_session_factory()
        content = values.pop("content", None)
        stored = services()[Storage].put(session, jpeg() if content is None else content)
        row: FileUpload = super()._create(model, *args, file_key=stored.key, **values)
        return row

"""Uploads."""

from datetime import timedelta
from typing import Any

from factory import LazyFunction, Sequence

from houston.core.db.types import utc_now
from houston.core.storage import Storage
from houston.modules.uploads.models import Upload
from tests.factories import RowFactory, services


class UploadFactory(RowFactory):
    """An upload without bytes."""

    class Meta:
        model = Upload

    filename = Sequence(lambda number: f"IMG_{number:04}.jpg")
    size = 1000
    expires = LazyFunction(lambda: utc_now() + timedelta(days=1))


class FinishedUploadFactory(UploadFactory):
    """A finished upload; `content` are its bytes."""

    finished = LazyFunction(utc_now)
    mime_type = "image/jpeg"
    width, height = 64, 48

    @classmethod
    def _create(cls, model: type[Upload], *args: Any, **values: Any) -> Upload:
        content: bytes = values.pop("content")
        session = cls._meta.sqlalchemy_session_factory()
        values |= {
            "file_key": services()[Storage].put(session, content).key,
            "size": len(content),
        }
        upload: Upload = super()._create(model, *args, **values)
        return upload

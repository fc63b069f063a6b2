"""Uploads."""

from datetime import timedelta

from factory import LazyFunction, Sequence

from houston.core.db.types import utc_now
from houston.modules.uploads.models import Upload
from tests.factories import RowFactory


class UploadFactory(RowFactory):
    """A file that is announced, of which nothing has come yet."""

    class Meta:
        model = Upload

    filename = Sequence(lambda number: f"IMG_{number:04}.jpg")
    size = 1000
    expires = LazyFunction(lambda: utc_now() + timedelta(days=1))

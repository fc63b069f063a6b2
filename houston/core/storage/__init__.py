"""Content-addressed files: each is stored once, under the hash of its bytes, and never changed.

A file is written before the row that refers to it is committed, and is removed after the last such
row. A crash may leave a file without a row, which a job collects as garbage. The files are in a
folder or in a bucket of S3, as `houston.storage.url` says; only this package uses fsspec.
"""

from typing import Any

from houston.core.services import services_of
from houston.core.settings import Settings
from houston.core.storage.backends import make_backend
from houston.core.storage.garbage_collection import collect_garbage
from houston.core.storage.models import StoredFile
from houston.core.storage.storage import Storage, path_of

__all__ = ["Storage", "StoredFile", "path_of"]

COLLECTION_SECONDS = 6 * 3600


def includeme(config: Any) -> None:
    """Give the application its storage, and collect its garbage regularly."""
    config.include("houston.core.jobs")
    services = services_of(config)
    services.add(Storage(make_backend(services[Settings]["houston.storage.url"])))
    config.add_job(
        "storage.collect_garbage", collect_garbage, every=COLLECTION_SECONDS, max_attempts=1
    )

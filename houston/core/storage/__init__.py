"""Files by what is in them: kept once under the hash of their bytes, never changed.

A file is there before the row that names it is committed, and goes only with the last row that uses
it. What a crash leaves is a file that nobody knows, which a job sweeps away. Where the files are is
a folder, or a bucket of S3, as `houston.storage.url` says; this package alone knows fsspec.
"""

from typing import Any

from houston.core.services import services_of
from houston.core.settings import Settings
from houston.core.storage.backends import make_backend
from houston.core.storage.garbage_collection import sweep
from houston.core.storage.models import StoredFile
from houston.core.storage.storage import Storage, path_of

__all__ = ["Storage", "StoredFile", "path_of"]

SWEEP_SECONDS = 6 * 3600


def includeme(config: Any) -> None:
    """Give the application its storage, and collect its garbage now and then."""
    config.include("houston.core.jobs")
    services = services_of(config)
    services.add(Storage(make_backend(services[Settings]["houston.storage.url"])))
    config.add_job("storage.sweep", sweep, every=SWEEP_SECONDS, max_attempts=1)

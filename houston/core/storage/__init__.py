"""Files by what is in them: kept once under the hash of their bytes, never changed.

A file is there before the row that names it is committed, and goes only with the last row that uses
it. What a crash leaves is a file that nobody knows, which a job sweeps away. Where the files are is
a folder, or a bucket of S3, as `houston.storage.url` says; this package alone knows fsspec.
"""

from typing import Any

from houston.core.events import session_info
from houston.core.settings import Settings
from houston.core.storage.backends import make_backend
from houston.core.storage.garbage_collection import sweep
from houston.core.storage.models import StoredFile
from houston.core.storage.storage import Storage, path_of

__all__ = ["Storage", "StoredFile", "path_of"]

SWEEP_SECONDS = 6 * 3600


def includeme(config: Any) -> None:
    """Give the application and its sessions the storage, and sweep it now and then."""
    config.include("houston.core.jobs")
    registry = config.registry
    settings: Settings = registry["houston.settings"]
    storage = Storage(make_backend(settings["houston.storage.url"]))
    registry["houston.storage"] = session_info(registry)["storage"] = storage
    config.add_job("storage.sweep", sweep, every=SWEEP_SECONDS, max_attempts=1)

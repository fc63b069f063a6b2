"""The integrity checks of assets: the files that they refer to exist."""

from collections.abc import Iterable

from sqlalchemy import select, union_all

from houston.core.db.session import Session
from houston.core.integrity import Check
from houston.core.services import Services
from houston.core.storage import Storage
from houston.core.storage.garbage_collection import FOLDERS, within
from houston.modules.assets.models import Asset, AssetImage


def without_files(services: Services, db: Session) -> Iterable[str]:
    """The guids of the assets of which a file is missing; each folder is listed once.

    A file is written before a row refers to it, so the rows are read first.
    """
    missing: set[str] = set()
    for folder in FOLDERS:
        originals = select(Asset.guid, Asset.file_key).where(within(Asset.file_key, folder))
        images = select(AssetImage.asset_guid, AssetImage.file_key).where(
            within(AssetImage.file_key, folder)
        )
        rows = db.execute(union_all(originals, images)).all()
        found = services[Storage].backend.find(folder) if rows else ()
        present = {file.name.rpartition("/")[2] for file in found}
        missing.update(str(guid) for guid, key in rows if key not in present)
    return sorted(missing)


CHECKS = (Check("assets.file_not_on_disk", without_files, "Assets without one of their files."),)

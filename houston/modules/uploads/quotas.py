"""The bytes that uploads may take until they are claimed: of a caller, of the site, of the disk."""

from sqlalchemy import ColumnElement, and_, func, select

from houston.core.db.session import Session
from houston.core.errors import ContentTooLarge, InsufficientStorage
from houston.core.security.grants import Identity
from houston.core.services import Services
from houston.core.settings import Settings
from houston.core.storage import Storage
from houston.modules.uploads.models import Upload
from houston.modules.uploads.partials import Partials

QUOTA, QUOTA_ANONYMOUS = "houston.uploads.quota", "houston.uploads.quota_anonymous"
QUOTA_SITE, MIN_FREE = "houston.uploads.quota_site", "houston.uploads.min_free"


def check_quotas(
    services: Services, db: Session, caller: Identity | None, address: str, size: int
) -> None:
    """Check that there is room for another upload.

    The whole size of an upload counts from its start, until it is claimed or deleted.

    Args:
        address: The network address of the caller.
        size: Bytes of the upload.

    Raises:
        ContentTooLarge: The caller has as many bytes in uploads as they may have.
        InsufficientStorage: The site has, or its disk would have too little space left.
    """
    settings = services[Settings]
    quota: int = settings[QUOTA if caller else QUOTA_ANONYMOUS]
    all_bytes = func.sum(Upload.size)
    row = db.execute(select(all_bytes.filter(_of_caller(caller, address)), all_bytes)).one()
    own, total = (int(found or 0) for found in row)
    if own + size > quota:
        raise ContentTooLarge(
            f"Your uploads would take more than {quota} bytes: use or delete those that you have."
        )
    if total + size > settings[QUOTA_SITE] or _free(services) - size < settings[MIN_FREE]:
        raise InsufficientStorage


def _of_caller(caller: Identity | None, address: str) -> ColumnElement[bool]:
    if caller is None:
        return and_(Upload.owner_guid.is_(None), Upload.address == address[:100])
    return and_(Upload.owner_guid == caller.account.guid)


def _free(services: Services) -> int:
    """Return the bytes that are free where uploads are written and where files are stored."""
    stored = services[Storage].backend.free
    uploaded = services[Partials].free
    return uploaded if stored is None else min(uploaded, stored)

"""The services of file uploads, for the modules that refer to them."""

from uuid import UUID

from houston.core.db.session import Session
from houston.core.errors import Unprocessable
from houston.core.images import Images
from houston.core.images.values import TRUNCATED, UnusableFile
from houston.core.security.grants import Identity
from houston.core.services import Services
from houston.core.storage import Storage
from houston.modules.fileuploads.models import FileUpload
from houston.modules.uploads import services as uploads

JPEG = "image/jpeg"
MAX_SIDE = 4096
"""Pixels of a picture."""
SECONDS = 5
"""The processor time that a picture may take within a request."""


def import_upload(
    services: Services, db: Session, caller: Identity | None, transaction: UUID, path: str | None
) -> FileUpload:
    """Make a file upload of a finished upload, unchanged.

    Args:
        path: The name of the file; None if the transaction has one file only.

    Raises:
        Unprocessable: There is no such file, or there are several without a `path`.
    """
    return _add(db, *_take(db, caller, transaction, path))


def import_picture(
    services: Services, db: Session, caller: Identity | None, transaction: UUID, path: str | None
) -> FileUpload:
    """Make a file upload of an uploaded image: upright, and without metadata such as the place.

    It takes the arguments of `import_upload`.

    Raises:
        Unprocessable: As of `import_upload`; or the file is not an image.
    """
    storage = services[Storage]
    key, _ = _take(db, caller, transaction, path)
    with storage.local(key) as file:
        made = services[Images].renditions(file, {"picture": MAX_SIDE}, seconds=SECONDS)
    if made.problem:
        raise UnusableFile(TRUNCATED)  # who sends a single picture is told, and sends it again
    (picture,) = made.renditions
    return _add(db, storage.put(db, picture.data).key, JPEG)


def crop_picture(
    services: Services, db: Session, picture: FileUpload, **rectangle: float
) -> FileUpload:
    """Make a file upload of a part of another one: `x`, `y`, `width` and `height` in pixels.

    Raises:
        Unprocessable: The file is not an image, or the rectangle is outside of it.
    """
    storage = services[Storage]
    with storage.local(picture.file_key) as file:
        part = services[Images].crop(file, **rectangle)
    return _add(db, storage.put(db, part).key, JPEG)


def delete_file_upload(db: Session, guid: UUID) -> None:
    """Delete a file upload; garbage collection removes the file if nothing else refers to it."""
    db.delete(db.get_one(FileUpload, guid))
    db.flush()


def _take(
    db: Session, caller: Identity | None, transaction: UUID, path: str | None
) -> tuple[str, str]:
    """Claim a finished upload, and return the key of its file and its content type."""
    found = uploads.take(db, caller, transaction, None if path is None else [path])
    if len(found) != 1:
        raise Unprocessable.about(
            "transactionId", f"Need exactly 1 asset but found {len(found)} assets"
        )
    (upload,) = found.values()
    key, mime_type = upload.file_key, upload.mime_type
    assert key is not None
    assert mime_type is not None
    return key, mime_type


def _add(db: Session, file_key: str, mime_type: str) -> FileUpload:
    file_upload = FileUpload(file_key=file_key, mime_type=mime_type)
    db.add(file_upload)
    db.flush()
    return file_upload

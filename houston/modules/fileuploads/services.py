"""The verbs of file uploads, for the modules that refer to them."""

from uuid import UUID

from houston.core.db.session import Session
from houston.core.errors import Unprocessable
from houston.core.images import Images
from houston.core.security.identity import Identity
from houston.core.services import Services
from houston.core.storage import Storage
from houston.modules.fileuploads.models import FileUpload
from houston.modules.uploads import services as uploads
from houston.modules.uploads.models import Upload

JPEG = "image/jpeg"
MAX_SIDE = 4096
"""Pixels of a picture."""


def import_upload(
    services: Services,
    db: Session,
    caller: Identity | None,
    transaction: UUID,
    path: str | None = None,
) -> FileUpload:
    """Make a file upload of the caller's finished upload of a transaction, as it was sent.

    `path` is the name of the file. Raises Unprocessable when there is none of that name or, without
    a name, not exactly one.
    """
    upload = _take(db, caller, transaction, path)
    assert upload.file_key is not None
    assert upload.mime_type is not None
    return _add(db, upload.file_key, upload.mime_type)


def import_picture(
    services: Services,
    db: Session,
    caller: Identity | None,
    transaction: UUID,
    path: str | None = None,
) -> FileUpload:
    """Make a file upload of a picture: upright, and without what it tells of where it was taken.

    Raises Unprocessable as `import_upload` does, and for a file that is no picture.
    """
    storage = services[Storage]
    upload = _take(db, caller, transaction, path)
    assert upload.file_key is not None
    with storage.local(upload.file_key) as file:
        (picture,) = services[Images].renditions(file, {"picture": MAX_SIDE})
    return _add(db, storage.put(db, picture.data).key, JPEG)


def crop_picture(
    services: Services,
    db: Session,
    picture: FileUpload,
    x: float,
    y: float,
    width: float,
    height: float,
) -> FileUpload:
    """Make a file upload of what is within a rectangle of another one, in pixels.

    Raises Unprocessable for a file that is no picture, and when nothing is within.
    """
    storage = services[Storage]
    with storage.local(picture.file_key) as file:
        part = services[Images].crop(file, x, y, width, height)
    return _add(db, storage.put(db, part).key, JPEG)


def delete_file_upload(db: Session, guid: UUID) -> None:
    """Delete a file upload; its bytes are swept away when nothing else has the same."""
    db.delete(db.get_one(FileUpload, guid))
    db.flush()


def _take(db: Session, caller: Identity | None, transaction: UUID, path: str | None) -> Upload:
    found = uploads.take(db, caller, transaction, None if path is None else [path])
    if len(found) != 1:
        text = f"Need exactly 1 asset but found {len(found)} assets"
        raise Unprocessable(text, messages={"transactionId": [text]})
    return found[0]


def _add(db: Session, file_key: str, mime_type: str) -> FileUpload:
    file_upload = FileUpload(file_key=file_key, mime_type=mime_type)
    db.add(file_upload)
    db.flush()
    return file_upload

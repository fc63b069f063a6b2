"""The services of uploads, and the job that deletes expired uploads."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, BinaryIO
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Select, delete, func, or_, select

from houston.core.db.session import Session
from houston.core.db.types import utc_now
from houston.core.errors import Conflict, ContentTooLarge, NotFound, Unprocessable
from houston.core.events import after_commit
from houston.core.images import Images, UnusableFile
from houston.core.jobs import JobContext, job
from houston.core.security.grants import Identity
from houston.core.services import Services
from houston.core.settings import Settings
from houston.core.storage import Storage
from houston.modules.uploads.models import Upload
from houston.modules.uploads.partials import Partials
from houston.modules.uploads.protocol import Checksum, Locked, RefusedFile

STRAY_AFTER = timedelta(hours=1)
"""The age of files without an unfinished upload that are deleted; creating a row takes less."""
MAX_SIZE, MAX_FILES = "houston.uploads.max_size", "houston.uploads.max_files"


def create_upload(
    services: Services,
    db: Session,
    caller: Identity | None,
    *,
    filename: str,
    size: int,
    transaction: UUID | None,
    guid: UUID | None,
    description: str,
) -> Upload:
    """Create an upload, whose bytes are sent later.

    Args:
        size: The size of the file, in bytes.
        guid: The guid of the upload, if the client has chosen it.
        description: The header `Upload-Metadata`, which is returned to the client.

    Raises:
        RefusedFile: The file is empty.
        ContentTooLarge: The file is larger than the caller may upload.
        Conflict: The guid is in use, or the transaction belongs to another account.
        Unprocessable: The transaction has as many files as it may have.
    """
    if size == 0:
        raise RefusedFile(filename, "The file is empty.")
    settings = services[Settings]
    largest = _limit(settings, MAX_SIZE, caller)
    if size > largest:
        raise ContentTooLarge(f"The file is larger than {largest} bytes.")
    if guid is not None and db.get(Upload, guid) is not None:
        raise Conflict("The guid belongs to another upload.")
    if transaction is not None:
        _check_transaction(settings, db, caller, transaction)
    upload = Upload(
        guid=guid or uuid4(),
        owner_guid=None if caller is None else caller.account.guid,
        transaction_guid=transaction,
        filename=filename,
        size=size,
        description=description,
        expires=_expiry(settings),
    )
    db.add(upload)
    db.flush()
    services[Partials].remove(upload.guid)  # a crash may have left an earlier one
    return upload


def append(
    services: Services,
    db: Session,
    caller: Identity | None,
    upload: Upload,
    body: BinaryIO,
    *,
    offset: int,
    length: int,
    checksum: Checksum | None = None,
    transaction: UUID | None = None,
) -> int:
    """Append bytes to an upload, which the last byte finishes; return the number of stored bytes.

    Args:
        offset: The number of stored bytes, according to the client.
        length: The number of bytes to read.
        transaction: The guid of the transaction, if it changes.

    Raises:
        Locked: Another request is writing to the upload.
        NotFound: Another request has finished the upload.
        Conflict: The offset is wrong, or the transaction belongs to another account.
        ContentTooLarge: There are more bytes than the size of the upload.
        ChecksumMismatch: The bytes do not match the checksum.
        RefusedFile: The file is complete and not accepted.
    """
    _lock(db, upload)
    if offset + length > upload.size:
        raise ContentTooLarge(f"The upload has a size of {upload.size} bytes.")
    if transaction is not None and transaction != upload.transaction_guid:
        _check_transaction(services[Settings], db, caller, transaction)
        upload.transaction_guid = transaction
    end = services[Partials].append(upload.guid, offset, body, length, checksum)
    upload.expires = _expiry(services[Settings])
    if end == upload.size:
        _finish(services, db, upload)
    db.flush()
    return end


def delete_upload(partials: Partials, db: Session, upload: Upload) -> None:
    """Delete an upload, finished or not."""
    db.delete(upload)
    db.flush()
    after_commit(db, partial(partials.remove, upload.guid))


def take(
    db: Session, caller: Identity | None, transaction: UUID, filenames: Iterable[str] | None = None
) -> list[Upload]:
    """Claim the finished files of a transaction: all, or those of some names in their order.

    All uploads of the transaction are deleted, so the caller has to refer to the claimed files in
    the same database transaction. A concurrent call waits for its end and finds no uploads.

    Raises:
        Unprocessable: The transaction has no finished file that the caller may use, or not all of
            the names.
    """
    uploads = db.scalars(_finished(caller, transaction).with_for_update()).all()
    found = {upload.filename: upload for upload in uploads}
    if filenames is not None:
        names = dict.fromkeys(filenames)
        missing = [name for name in names if name not in found]
        if missing:
            text = f"{missing} missing from upload"
            raise Unprocessable(text, messages={"transactionId": [text]})
        found = {name: found[name] for name in names}
    if not found:
        text = f"There is no upload of the transaction {transaction}."
        raise Unprocessable(text, messages={"transactionId": [text]})
    claimed = delete(Upload).where(Upload.guid.in_([upload.guid for upload in uploads]))
    db.execute(claimed.execution_options(synchronize_session=False))
    return list(found.values())


def finished(db: Session, caller: Identity | None, transaction: UUID) -> dict[str, Upload]:
    """Return the finished files of a transaction that the caller may use, by name, oldest first."""
    return {upload.filename: upload for upload in db.scalars(_finished(caller, transaction))}


def pending(db: Session, caller: Identity) -> dict[str, Any]:
    """Return the finished files of the caller, by transaction."""
    transactions: dict[str, Any] = {}
    in_transaction = Upload.finished.is_not(None), Upload.transaction_guid.is_not(None)
    own = select(Upload).where(Upload.owner_guid == caller.account.guid, *in_transaction)
    for upload in db.scalars(own.order_by(Upload.finished)):
        assert upload.finished is not None
        empty = {"resources": {}, "bytes": 0, "time": upload.finished.timestamp()}
        found = transactions.setdefault(str(upload.transaction_guid), empty)
        found["resources"][str(upload.guid)] = {"filename": upload.filename, "bytes": upload.size}
        found["bytes"] += upload.size
    return transactions


@job("uploads.delete_expired", every=900, max_attempts=1)
def delete_expired_uploads(context: JobContext) -> None:
    """Delete expired uploads every 15 minutes."""
    delete_expired(context.services[Partials], context.db)


def delete_expired(partials: Partials, db: Session) -> None:
    """Delete the uploads that have expired, and the files without an unfinished upload."""
    now = utc_now()
    expired = db.scalars(delete(Upload).where(Upload.expires < now).returning(Upload.guid)).all()
    for guid in expired:
        after_commit(db, partial(partials.remove, guid))
    unfinished = db.scalars(select(Upload.guid).where(Upload.finished.is_(None))).all()
    old = partials.older_than((now - STRAY_AFTER).timestamp())
    for guid in set(old).difference(expired, unfinished):
        partials.remove(guid)


def _lock(db: Session, upload: Upload) -> None:
    """Lock an upload until the transaction ends, which may be after its file is complete.

    Two requests must not finish one upload: the second would not find the file.
    """
    free = db.get(
        Upload, upload.guid, populate_existing=True, with_for_update={"skip_locked": True}
    )
    if free is None:
        raise Locked
    if free.finished is not None:
        raise NotFound


def _finished(caller: Identity | None, transaction: UUID) -> Select[Upload]:
    usable = Upload.finished.is_not(None), _usable_by(caller)
    found = select(Upload).where(Upload.transaction_guid == transaction, *usable)
    return found.order_by(Upload.created, Upload.guid)


def _finish(services: Services, db: Session, upload: Upload) -> None:
    """Inspect a complete file, move it to the storage, and replace one of the same name."""
    partials = services[Partials]
    path = partials.path(upload.guid)
    try:
        inspected = services[Images].inspect(path)
    except UnusableFile as error:
        raise RefusedFile(upload.filename, error.message) from None
    upload.file_key = services[Storage].put(db, path).key
    upload.mime_type = inspected.mime_type
    upload.width, upload.height = inspected.width, inspected.height
    upload.captured = inspected.captured
    upload.finished = utc_now()
    db.flush()
    _delete_same_name(db, upload)
    after_commit(db, partial(partials.remove, upload.guid))


def _delete_same_name(db: Session, upload: Upload) -> None:
    if upload.transaction_guid is None:
        return
    same = Upload.transaction_guid == upload.transaction_guid, Upload.filename == upload.filename
    others = delete(Upload).where(*same, Upload.finished.is_not(None), Upload.guid != upload.guid)
    db.execute(others.execution_options(synchronize_session=False))


def _check_transaction(
    settings: Settings, db: Session, caller: Identity | None, transaction: UUID
) -> None:
    """Check that the caller owns a transaction and may add a file to it."""
    of_transaction = Upload.transaction_guid == transaction
    if db.scalar(select(Upload.guid).where(of_transaction, ~_usable_by(caller)).limit(1)):
        raise Conflict("The transaction belongs to another account.")
    most = _limit(settings, MAX_FILES, caller)
    if (db.scalar(select(func.count()).where(of_transaction)) or 0) >= most:
        text = f"Exceeded maximum number of files in one transaction: {most}"
        raise Unprocessable(text, messages={"transactionId": [text]})


def _limit(settings: Settings, name: str, caller: Identity | None) -> int:
    """Return a limit, which may be lower for anonymous callers."""
    limit: int = settings[name]
    return limit if caller else min(limit, settings[f"{name}_anonymous"])


def _expiry(settings: Settings) -> datetime:
    return utc_now() + timedelta(seconds=settings["houston.uploads.lifetime"])


def _usable_by(caller: Identity | None) -> ColumnElement[bool]:
    anonymous = Upload.owner_guid.is_(None)
    if caller is None:
        return anonymous
    return or_(anonymous, Upload.owner_guid == caller.account.guid)

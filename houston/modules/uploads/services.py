"""The services of uploads, and the job that deletes expired uploads."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, BinaryIO, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Select, delete, func, or_, select

from houston.core.actors import Actor
from houston.core.db.session import Database, Session
from houston.core.db.types import utc_now
from houston.core.errors import Conflict, ContentTooLarge, NotFound, Unprocessable
from houston.core.events import after_commit
from houston.core.images import Images
from houston.core.images.values import Inspected
from houston.core.jobs import JobContext, job
from houston.core.security.grants import Identity
from houston.core.services import Services
from houston.core.settings import Settings
from houston.core.storage import Storage
from houston.core.values import quoted
from houston.modules.uploads.models import Upload
from houston.modules.uploads.naming import NamedUploads, listed
from houston.modules.uploads.partials import Partials
from houston.modules.uploads.protocol import Checksum, Locked, RefusedFile
from houston.modules.uploads.quotas import check_quotas

STRAY_AFTER = timedelta(hours=1)
"""The age of files without an unfinished upload that are deleted; creating a row takes less."""
MAX_SIZE, MAX_FILES = "houston.uploads.max_size", "houston.uploads.max_files"


def create_upload(
    services: Services,
    db: Session,
    caller: Identity | None,
    *,
    address: str,
    filename: str,
    size: int,
    transaction: UUID | None,
    guid: UUID | None,
    description: str,
) -> Upload:
    """Create an upload, whose bytes are sent later.

    Args:
        address: The network address of the caller.
        size: The size of the file, in bytes.
        guid: The guid of the upload, if the client has chosen it.
        description: The header `Upload-Metadata`, which is returned to the client.

    Raises:
        RefusedFile: The file is empty.
        ContentTooLarge: The file is larger than the caller may upload.
        InsufficientStorage: The site has no room for it.
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
    check_quotas(services, db, caller, address, size)
    upload = Upload(
        guid=guid or uuid4(),
        address=address[:100],
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


class Part(NamedTuple):
    """What is stored of an upload: the number of bytes, and the time until which it is kept."""

    offset: int
    expires: datetime


def check_part(
    services: Services,
    db: Session,
    caller: Identity | None,
    upload: Upload,
    *,
    end: int,
    transaction: UUID | None = None,
) -> None:
    """Check that bytes up to `end` may be appended to an upload.

    Raises:
        Conflict: The transaction belongs to another account.
        ContentTooLarge: There are more bytes than the size of the upload.
    """
    if end > upload.size:
        raise ContentTooLarge(f"The upload has a size of {upload.size} bytes.")
    if transaction is not None and transaction != upload.transaction_guid:
        _check_transaction(services[Settings], db, caller, transaction)


def append(
    services: Services,
    actor: Actor,
    guid: UUID,
    size: int,
    body: BinaryIO,
    *,
    offset: int,
    length: int,
    checksum: Checksum | None = None,
    transaction: UUID | None = None,
) -> Part:
    """Append bytes to an upload, which the last byte finishes.

    No transaction is open while bytes are written and the file is inspected, which may take
    seconds: SQLite lets one session write at a time.

    Args:
        guid: The guid of the upload.
        size: The size of its file, in bytes.
        offset: The number of stored bytes, according to the client.
        length: The number of bytes to read.
        transaction: The guid of the transaction, if it changes.

    Raises:
        Locked: Another request is writing to the upload.
        NotFound: The upload was finished or deleted meanwhile.
        Conflict: The offset is wrong.
        ChecksumMismatch: The bytes do not match the checksum.
        UnusableFile: The file is complete and not accepted.
    """
    partials = services[Partials]
    with partials.opened(guid) as file:
        end = partials.append(file, offset, body, length, checksum)
        found = services[Images].inspect(partials.path(guid)) if end == size else None
        with services[Database].transaction(actor) as db:
            # Before the first statement of the session, as storing takes long as well.
            key = services[Storage].put(db, partials.path(guid)).key if found else None
            upload = _lock(db, guid)
            if transaction is not None:
                upload.transaction_guid = transaction
            upload.expires = _expiry(services[Settings])
            if found and key:
                _finish(db, upload, found, key)
                after_commit(db, partial(partials.remove, guid))
            return Part(end, upload.expires)


def delete_upload(partials: Partials, db: Session, guid: UUID) -> None:
    """Delete an upload, finished or not."""
    db.execute(delete(Upload).where(Upload.guid == guid))
    after_commit(db, partial(partials.remove, guid))


def take(
    db: Session, caller: Identity | None, transaction: UUID, filenames: Iterable[str] | None = None
) -> NamedUploads:
    """Claim the finished files of a transaction: all, or those of some names in their order.

    All uploads of the transaction are deleted, so the caller has to refer to the claimed files in
    the same database transaction. A concurrent call waits for its end and finds no uploads.

    Raises:
        Unprocessable: The transaction has no finished file that the caller may use, or not all of
            the names, or several files of one of them.
    """
    uploads = db.scalars(_finished(caller, transaction).with_for_update()).all()
    found = NamedUploads(uploads)
    if filenames is not None:
        found = found.only(_resolved(found, filenames))
    if not found:
        raise _fault(f"There is no upload of the transaction {transaction}.")
    claimed = delete(Upload).where(Upload.guid.in_([upload.guid for upload in uploads]))
    db.execute(claimed.execution_options(synchronize_session=False))
    return found


def finished(db: Session, caller: Identity | None, transaction: UUID) -> NamedUploads:
    """Return the finished files of a transaction that the caller may use, by name, oldest first."""
    return NamedUploads(db.scalars(_finished(caller, transaction)))


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


def _resolved(found: NamedUploads, references: Iterable[str]) -> list[str]:
    """Return the names that some texts mean, each once."""
    candidates = {reference: found.candidates(reference) for reference in references}
    if missing := [reference for reference, names in candidates.items() if not names]:
        raise _fault(f"{missing} missing from upload")
    for reference, names in candidates.items():
        if len(names) > 1:
            raise _fault(f"There are several files {quoted(reference)}: {listed(names)}")
    return list(dict.fromkeys(name for (name,) in candidates.values()))


def _fault(text: str) -> Unprocessable:
    return Unprocessable(text, messages={"transactionId": [text]})


def _lock(db: Session, guid: UUID) -> Upload:
    """Lock an unfinished upload until the transaction ends."""
    free = db.get(Upload, guid, populate_existing=True, with_for_update={"skip_locked": True})
    if free is None and db.get(Upload, guid) is not None:
        raise Locked
    if free is None or free.finished is not None:
        raise NotFound
    return free


def _finished(caller: Identity | None, transaction: UUID) -> Select[Upload]:
    usable = Upload.finished.is_not(None), _usable_by(caller)
    found = select(Upload).where(Upload.transaction_guid == transaction, *usable)
    return found.order_by(Upload.created, Upload.guid)


def _finish(db: Session, upload: Upload, found: Inspected, key: str) -> None:
    """Record what is known of a stored file, which replaces the same one that was sent before."""
    upload.file_key = key
    upload.mime_type = found.mime_type
    upload.width, upload.height = found.width, found.height
    upload.captured = found.captured
    upload.finished = utc_now()
    db.flush()
    _delete_same(db, upload)


def _delete_same(db: Session, upload: Upload) -> None:
    """Delete the earlier uploads of a file: of the same bytes, under the same name and path."""
    if upload.transaction_guid is None:
        return
    same = (
        Upload.transaction_guid == upload.transaction_guid,
        Upload.filename == upload.filename,
        Upload.file_key == upload.file_key,
        Upload.description == upload.description,
    )
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
        raise Unprocessable.about(
            "transactionId", f"Exceeded maximum number of files in one transaction: {most}"
        )


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

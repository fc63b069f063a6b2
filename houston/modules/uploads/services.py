"""The verbs of uploads. None of them sees a request."""

from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from typing import Any, BinaryIO
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Select, delete, func, or_, select

from houston.core.db.session import Session
from houston.core.db.types import utc_now
from houston.core.errors import Conflict, ContentTooLarge, NotFound, Unprocessable
from houston.core.events import after_commit
from houston.core.images import Images
from houston.core.images.values import UnusableFile
from houston.core.security.identity import Identity
from houston.core.services import Services
from houston.core.storage import Storage
from houston.modules.uploads.errors import Locked, Unwelcome
from houston.modules.uploads.limits import Limits
from houston.modules.uploads.models import Upload
from houston.modules.uploads.partials import Partials
from houston.modules.uploads.protocol import Checksum

STRAY_AFTER = timedelta(hours=1)
"""A file is made only in the transaction of its row, which takes no such time."""


def begin_upload(
    services: Services,
    db: Session,
    caller: Identity | None,
    *,
    filename: str,
    size: int,
    transaction: UUID | None,
    guid: UUID | None = None,
    description: str = "",
) -> Upload:
    """Take a file that is to come.

    Raises ContentTooLarge for more bytes than one file may have, Conflict for a guid in use, and
    Unprocessable for an empty file, and for more files than a transaction may have.
    """
    if size == 0:
        raise Unwelcome(filename, "The file is empty.")
    largest = services[Limits].size_for(anonymous=caller is None)
    if size > largest:
        raise ContentTooLarge(f"The file is larger than {largest} bytes.")
    if guid is not None and db.get(Upload, guid) is not None:
        raise Conflict("There is such an upload already.")
    if transaction is not None:
        _check_transaction(services[Limits], db, caller, transaction)
    upload = Upload(
        guid=guid or uuid4(),
        owner_guid=None if caller is None else caller.account.guid,
        transaction_guid=transaction,
        filename=filename,
        size=size,
        description=description,
        expires=utc_now() + services[Limits].lifetime,
    )
    db.add(upload)
    db.flush()
    services[Partials].remove(upload.guid)  # what a crash left of an earlier one of this guid
    return upload


def offset_of(partials: Partials, upload: Upload) -> int:
    """How many bytes of an upload are safe."""
    return partials.size(upload.guid)


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
    """Write more of an upload, and finish it with its last byte; how many bytes are safe now.

    Raises Locked while another request writes, NotFound when one has finished it, Conflict for an
    offset that is not where the file ends, ContentTooLarge for more than was announced, and
    Unwelcome for a file that is whole and cannot be taken.
    """
    _lock(db, upload)
    if offset + length > upload.size:
        raise ContentTooLarge(f"The upload was announced with {upload.size} bytes.")
    if transaction is not None and transaction != upload.transaction_guid:
        _check_transaction(services[Limits], db, caller, transaction)
        upload.transaction_guid = transaction
    end = services[Partials].append(upload.guid, offset, body, length, checksum)
    upload.expires = utc_now() + services[Limits].lifetime
    if end == upload.size:
        _finish(services, db, upload)
    db.flush()
    return end


def end_upload(partials: Partials, db: Session, upload: Upload) -> None:
    """Forget an upload, finished or not."""
    db.delete(upload)
    db.flush()
    _remove_partial(partials, db, upload.guid)


def take(
    db: Session,
    caller: Identity | None,
    transaction: UUID,
    filenames: Iterable[str] | None = None,
) -> list[Upload]:
    """Claim the finished files of a transaction, or those of these names, in their order.

    They are no uploads any more: whoever claims them refers to their files in the same transaction.
    Whoever else claims them has to wait for its end, and finds none. Raises Unprocessable for a
    transaction that has none of the caller's, or not the names.
    """
    uploads = db.scalars(_finished(caller, transaction).with_for_update()).all()
    found = {upload.filename: upload for upload in uploads}
    if filenames is not None:
        wanted = dict.fromkeys(filenames)
        missing = [name for name in wanted if name not in found]
        if missing:
            text = f"{missing} missing from upload"
            raise Unprocessable(text, messages={"transactionId": [text]})
        found = {name: found[name] for name in wanted}
    if not found:
        text = f"There is no upload of the transaction {transaction}."
        raise Unprocessable(text, messages={"transactionId": [text]})
    db.execute(
        delete(Upload).where(Upload.guid.in_([upload.guid for upload in uploads])),
        execution_options={"synchronize_session": False},
    )
    return list(found.values())


def finished(db: Session, caller: Identity | None, transaction: UUID) -> dict[str, Upload]:
    """The finished files of a transaction that the caller may use, by name, the first one first."""
    return {upload.filename: upload for upload in db.scalars(_finished(caller, transaction))}


def pending(db: Session, caller: Identity) -> dict[str, Any]:
    """The caller's finished files that nobody has claimed, by transaction."""
    transactions: dict[str, Any] = {}
    uploads = select(Upload).where(
        Upload.owner_guid == caller.account.guid,
        Upload.finished.is_not(None),
        Upload.transaction_guid.is_not(None),
    )
    for upload in db.scalars(uploads.order_by(Upload.finished)):
        assert upload.finished is not None
        found = transactions.setdefault(
            str(upload.transaction_guid),
            {"resources": {}, "bytes": 0, "time": upload.finished.timestamp()},
        )
        found["resources"][str(upload.guid)] = {
            "filename": upload.filename,
            "bytes": upload.size,
        }
        found["bytes"] += upload.size
    return transactions


def sweep(partials: Partials, db: Session) -> None:
    """Forget the uploads that have expired, and the files of which there is no upload."""
    now = utc_now()
    expired = db.scalars(delete(Upload).where(Upload.expires < now).returning(Upload.guid)).all()
    for guid in expired:
        _remove_partial(partials, db, guid)
    stray = list(partials.older_than((now - STRAY_AFTER).timestamp()))
    for start in range(0, len(stray), 500):
        some = stray[start : start + 500]
        coming = Upload.guid.in_(some), Upload.finished.is_(None)
        known = set(db.scalars(select(Upload.guid).where(*coming)))
        for guid in some:
            if guid not in known:
                partials.remove(guid)


def _lock(db: Session, upload: Upload) -> None:
    """Nobody else may write until this transaction ends, which may be after the file is whole.

    Two requests must not finish one upload: the second would find the file gone.
    """
    statement = select(Upload).where(Upload.guid == upload.guid)
    free = db.scalar(
        statement.with_for_update(skip_locked=True),
        execution_options={"populate_existing": True},
    )
    if free is None:
        raise Locked
    if free.finished is not None:
        raise NotFound


def _finished(caller: Identity | None, transaction: UUID) -> Select[Upload]:
    return (
        select(Upload)
        .where(
            Upload.transaction_guid == transaction,
            Upload.finished.is_not(None),
            _usable_by(caller),
        )
        .order_by(Upload.created, Upload.guid)
    )


def _finish(services: Services, db: Session, upload: Upload) -> None:
    """Look into a file that has come, keep it in the storage, and replace one of its name."""
    partials = services[Partials]
    path = partials.path(upload.guid)
    try:
        inspected = services[Images].inspect(path)
    except UnusableFile as error:
        raise Unwelcome(upload.filename, error.message) from None
    upload.file_key = services[Storage].put(db, path).key
    upload.mime_type = inspected.mime_type
    upload.width, upload.height = inspected.width, inspected.height
    upload.captured = inspected.captured
    upload.finished = utc_now()
    db.flush()
    _replace_namesakes(db, upload)
    _remove_partial(partials, db, upload.guid)


def _replace_namesakes(db: Session, upload: Upload) -> None:
    if upload.transaction_guid is None:
        return
    db.execute(
        delete(Upload).where(
            Upload.transaction_guid == upload.transaction_guid,
            Upload.filename == upload.filename,
            Upload.finished.is_not(None),
            Upload.guid != upload.guid,
        ),
        execution_options={"synchronize_session": False},
    )


def _check_transaction(
    limits: Limits, db: Session, caller: Identity | None, transaction: UUID
) -> None:
    """A transaction has an owner, the one who began it, and a bound."""
    of_transaction = Upload.transaction_guid == transaction
    if db.scalar(select(Upload.guid).where(of_transaction, ~_usable_by(caller)).limit(1)):
        raise Conflict("The transaction belongs to somebody else.")
    most = limits.files_for(anonymous=caller is None)
    if (db.scalar(select(func.count()).where(of_transaction)) or 0) >= most:
        text = f"Exceeded maximum number of files in one transaction: {most}"
        raise Unprocessable(text, messages={"transactionId": [text]})


def _usable_by(caller: Identity | None) -> ColumnElement[bool]:
    anonymous = Upload.owner_guid.is_(None)
    if caller is None:
        return anonymous
    return or_(anonymous, Upload.owner_guid == caller.account.guid)


def _remove_partial(partials: Partials, db: Session, guid: UUID) -> None:
    """A file that a transaction has no more use for goes when that has committed."""
    after_commit(db, partial(partials.remove, guid))

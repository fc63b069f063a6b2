"""Content-addressed files: each is stored once, under the hash of its bytes, and never changed.

A file is written before the row that refers to it is committed, and is removed after the last such
row. A crash may leave a file without a row, which a job collects as garbage. The files are in a
folder or in a bucket of S3, as `houston.storage.url` says; only this package uses fsspec.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from houston.core.db.models import Base
from houston.core.db.session import Session, insert_into
from houston.core.db.types import UtcDateTime, utc_now
from houston.core.services import services_of
from houston.core.settings import Settings
from houston.core.storage.backends import BLOCK, Backend, Source, make_backend

COLLECTION_SECONDS = 6 * 3600


class StoredFile(Base):
    """A file in the storage, whose `key` is the SHA-256 digest of its bytes.

    Rows that use a file have a foreign key to its row, so that it is not collected as garbage.
    `touched` is the time at which it was last put.
    """

    __tablename__ = "stored_file"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    touched: Mapped[datetime] = mapped_column(UtcDateTime(), default=utc_now, index=True)


class Storage:
    """The files of one application, each under the SHA-256 digest of its bytes."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend

    def put(self, db: Session, source: Source) -> StoredFile:
        """Store the bytes of `source`; see `put_all`."""
        return self.put_all(db, [source])[0]

    def put_all(self, db: Session, sources: Sequence[Source]) -> list[StoredFile]:
        """Store the bytes of each source; returns their rows in the same order.

        The rows have to be referred to in the same transaction, or the files are collected as
        garbage a day later. A source that is a file must not be changed any more; the caller
        removes it after the commit.
        """
        keys = [_digest(source) for source in sources]
        by_key = dict(zip(keys, sources, strict=True))
        # Slow work comes before the first statement: SQLite lets one session write at a time.
        for key, source in by_key.items():
            self._write_missing(key, source)
        # In one order, so that two transactions with the same files do not wait for each other.
        rows = {key: _touch(db, key, _size(by_key[key])) for key in sorted(by_key)}
        # The garbage collection removes a file only while it has the lock of its row. This
        # transaction has it now: present files stay, and those removed meanwhile are written again.
        for key, source in by_key.items():
            self._write_missing(key, source)
        return [rows[key] for key in keys]

    def local(self, key: str) -> AbstractContextManager[Path]:
        """A path with the bytes of a file, for reading, until the block ends."""
        return self.backend.local(path_of(key))

    def open(self, key: str) -> BinaryIO:
        """Open a seekable file for reading, or raise FileNotFoundError."""
        return self.backend.open(path_of(key))

    def exists(self, key: str) -> bool:
        """Return whether the file exists."""
        return self.backend.exists(path_of(key))

    def size(self, key: str) -> int:
        """The size of a file in bytes, or FileNotFoundError."""
        return self.backend.size(path_of(key))

    def _write_missing(self, key: str, source: Source) -> None:
        if not self.exists(key):
            self.backend.write(path_of(key), source)


def path_of(key: str) -> str:
    """The path of a file, in one of 65,536 folders."""
    return f"{key[:2]}/{key[2:4]}/{key}"


def _digest(source: Source) -> str:
    if isinstance(source, bytes):
        return sha256(source).hexdigest()
    digest = sha256()
    with source.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _size(source: Source) -> int:
    return len(source) if isinstance(source, bytes) else source.stat().st_size


def _touch(db: Session, key: str, size: int) -> StoredFile:
    """The row of a file, made or found, locked until the transaction ends."""
    now = utc_now()
    statement = insert_into(db, StoredFile).values(key=key, size=size, touched=now)
    changed = statement.on_conflict_do_update(
        index_elements=[StoredFile.key], set_={"touched": now}
    ).returning(StoredFile)
    row: StoredFile = db.scalars(changed, execution_options={"populate_existing": True}).one()
    return row


def includeme(config: Any) -> None:
    """Give the application its storage, and collect its garbage regularly."""
    config.include("houston.core.jobs")
    services = services_of(config)
    services.add(Storage(make_backend(services[Settings]["houston.storage.url"])))
    collect = "houston.core.storage.garbage_collection.collect_garbage"
    config.add_job("storage.collect_garbage", collect, every=COLLECTION_SECONDS, max_attempts=1)

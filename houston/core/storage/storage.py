"""Putting files into the storage, and reading them."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from houston.core.db.session import Session
from houston.core.db.types import utc_now
from houston.core.storage.backends import BLOCK, Place, Source
from houston.core.storage.models import StoredFile


class Storage:
    """The files of one application, each under the SHA-256 digest of its bytes."""

    def __init__(self, place: Place) -> None:
        self.place = place

    def put(self, db: Session, source: Source) -> StoredFile:
        """Keep the bytes of `source`; see `put_all`."""
        return self.put_all(db, [source])[0]

    def put_bytes(self, db: Session, data: bytes) -> StoredFile:
        """Keep some bytes; see `put_all`."""
        return self.put(db, data)

    def put_all(self, db: Session, sources: Sequence[Source]) -> list[StoredFile]:
        """Keep the bytes of each source, and answer with their rows in the same order.

        What has to be referred to, has to be so in the same transaction, or the files are swept
        away a day later. A source that is a file must not be written to again; it stays, so whoever
        made it removes it after the commit.
        """
        keys = [_digest(source) for source in sources]
        by_key = dict(zip(keys, sources, strict=True))
        # What takes long comes before the first statement: SQLite lets one session write at a time.
        for key, source in by_key.items():
            self._supply(key, source)
        # In their order, so that of two that put the same files neither waits for the other.
        rows = {key: _touch(db, key, _size(by_key[key])) for key in sorted(by_key)}
        # The sweeper takes a file away only while it holds the row. Now we do: what is there stays,
        # and what it took in between is put there again.
        for key, source in by_key.items():
            self._supply(key, source)
        return [rows[key] for key in keys]

    def local(self, key: str) -> AbstractContextManager[Path]:
        """A path with the bytes of a file, for as long as the context lasts; only to be read."""
        return self.place.local(path_of(key))

    def open(self, key: str) -> BinaryIO:
        """A file to read, in which one can seek; raises FileNotFoundError."""
        return self.place.open(path_of(key))

    def exists(self, key: str) -> bool:
        """Whether the file is there."""
        return self.place.exists(path_of(key))

    def size(self, key: str) -> int:
        """The bytes of a file; raises FileNotFoundError."""
        return self.place.size(path_of(key))

    def _supply(self, key: str, source: Source) -> None:
        if not self.exists(key):
            self.place.write(path_of(key), source)


def path_of(key: str) -> str:
    """The path of a file, in folders of which none becomes large."""
    return f"{key[:2]}/{key[2:4]}/{key}"


def insert_files(db: Session) -> Any:
    """Return an INSERT into the table of files, in the dialect that knows `ON CONFLICT`.

    Only the dialect in use is imported: that of PostgreSQL takes two megabytes.
    """
    if db.get_bind().dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(StoredFile)
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(StoredFile)


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
    """The row of a file, made or found, and ours until the transaction ends."""
    now = utc_now()
    statement = insert_files(db).values(key=key, size=size, touched=now)
    row: StoredFile = db.scalars(
        statement.on_conflict_do_update(
            index_elements=[StoredFile.key], set_={"touched": now}
        ).returning(StoredFile),
        execution_options={"populate_existing": True},
    ).one()
    return row

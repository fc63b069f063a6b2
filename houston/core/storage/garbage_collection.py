"""Garbage collection: the removal of rows that nothing refers to, and of files without a row.

Both are kept for a day, since a transaction puts a file before it refers to it. A file is removed
only while this transaction has the lock of its deleted row: another one that puts the same file has
to wait for the row, checks for the file only then, and writes it again. For that reason a file
without a row is given one first. A file that was just put is safe, since this transaction waits for
its row and then sees the new time in `touched`.

A crash between the removal and the commit leaves an old row without its file, to which nothing
refers. The next collection deletes it, unless the file is put again before.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, select
from sqlalchemy.exc import IntegrityError

from houston.core.db.models import Base
from houston.core.db.session import Session, insert_into
from houston.core.db.types import utc_now
from houston.core.jobs import JobContext
from houston.core.storage import Storage, StoredFile, path_of
from houston.core.storage.backends import UNFINISHED, FileInfo

GRACE_PERIOD = timedelta(days=1)
FOLDERS = [f"{number:02x}" for number in range(256)]
AFTER_HEXADECIMAL = "g"

STORED = StoredFile.__table__.c


def collect_garbage(context: JobContext) -> None:
    """Collect the garbage of the storage, with a transaction for each folder."""
    storage = context.services[Storage]
    before = utc_now() - GRACE_PERIOD
    for found in _old(storage, UNFINISHED, before):
        storage.backend.remove(found.name)
    for number, folder in enumerate(FOLDERS):
        files = list(_old(storage, folder, before))
        _adopt(context.db, folder, files)
        for key in _unused(context.db, folder, before):
            _discard(context.db, storage, key, before)
        context.set_progress(100 * number // len(FOLDERS))


def _old(storage: Storage, folder: str, before: datetime) -> Iterator[FileInfo]:
    return (found for found in storage.backend.find(folder) if found.modified < before)


def _adopt(db: Session, folder: str, files: Sequence[FileInfo]) -> None:
    """Make a row for each file without one, as old as the file."""
    known = (
        set(db.scalars(select(STORED.key).where(within(STORED.key, folder)))) if files else set()
    )
    rows = [
        {"key": key, "size": found.size, "touched": found.modified}
        for found in files
        for key in [found.name.rpartition("/")[2]]
        if key not in known and path_of(key) == found.name
    ]
    if rows:
        db.execute(insert_into(db, StoredFile).on_conflict_do_nothing(), rows)


def _unused(db: Session, folder: str, before: datetime) -> Sequence[str]:
    return db.scalars(
        select(STORED.key).where(within(STORED.key, folder), *_is_unused(before))
    ).all()


def _discard(db: Session, storage: Storage, key: str, before: datetime) -> None:
    """Delete a row and its file, unless it is in use by now."""
    unused = delete(StoredFile).where(STORED.key == key, *_is_unused(before))
    try:
        with db.begin_nested():
            discarded: Any = db.execute(unused, execution_options={"synchronize_session": False})
    except IntegrityError:
        # A table of a module that is not enabled refers to it, or a row that is new.
        return
    if discarded.rowcount:
        storage.backend.remove(path_of(key))


def within(key: Any, folder: str) -> ColumnElement[bool]:
    """The condition of the keys of the files in one of `FOLDERS`."""
    condition: ColumnElement[bool] = (key >= folder) & (key < folder + AFTER_HEXADECIMAL)
    return condition


def _is_unused(before: datetime) -> Iterator[ColumnElement[bool]]:
    yield STORED.touched < before
    for table in Base.metadata.sorted_tables:
        for column in table.c:
            if any(reference.column is STORED.key for reference in column.foreign_keys):
                yield ~exists().where(column == STORED.key)

"""Taking away what nothing uses: rows that nothing refers to, and files that have no row.

Both are spared for a day, since whoever puts a file refers to it only later in his transaction. A
file is removed only while the sweep holds its row, deleted and not yet committed: whoever puts the
same file meanwhile has to wait for that row, looks for the file only then, and finds that he has to
write it. For that a file without a row is given one first. A file that somebody has just put is
safe, since the sweep in turn waits for his row and then sees that it was touched.

A crash between the removal and the commit leaves an old row without its file, to which nothing
refers. The next sweep deletes it, unless the file is put there again before.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, select
from sqlalchemy.exc import IntegrityError

from houston.core.db.meta import Base
from houston.core.db.session import Session
from houston.core.db.types import utc_now
from houston.core.jobs import JobContext
from houston.core.storage.backends import UNFINISHED, Found
from houston.core.storage.models import StoredFile
from houston.core.storage.storage import Storage, insert_files, path_of

SPARED = timedelta(days=1)
FOLDERS = [f"{number:02x}" for number in range(256)]
BEYOND = "g"
"""A letter after those of hexadecimal numbers."""

STORED = StoredFile.__table__.c


def sweep(context: JobContext) -> None:
    """Sweep the storage folder by folder, so that nobody has to wait for long."""
    storage = context.services[Storage]
    before = utc_now() - SPARED
    for found in _old(storage, UNFINISHED, before):
        storage.place.remove(found.name)
    for number, folder in enumerate(FOLDERS):
        files = list(_old(storage, folder, before))
        _adopt(context.db, folder, files)
        for key in _unused(context.db, folder, before):
            _discard(context.db, storage, key, before)
        context.set_progress(100 * number // len(FOLDERS))


def _old(storage: Storage, folder: str, before: datetime) -> Iterator[Found]:
    return (found for found in storage.place.find(folder) if found.modified < before)


def _adopt(db: Session, folder: str, files: Sequence[Found]) -> None:
    """Give each file without a row one that is as old as the file."""
    known = set(db.scalars(select(STORED.key).where(_within(folder)))) if files else set()
    rows = [
        {"key": key, "size": found.size, "touched": found.modified}
        for found in files
        for key in [found.name.rpartition("/")[2]]
        if key not in known and path_of(key) == found.name
    ]
    if rows:
        db.execute(insert_files(db).on_conflict_do_nothing(), rows)


def _unused(db: Session, folder: str, before: datetime) -> Sequence[str]:
    return db.scalars(select(STORED.key).where(_within(folder), *_is_unused(before))).all()


def _discard(db: Session, storage: Storage, key: str, before: datetime) -> None:
    """Delete a row and its file, unless somebody has wanted it after all."""
    unused = delete(StoredFile).where(STORED.key == key, *_is_unused(before))
    try:
        with db.begin_nested():
            discarded: Any = db.execute(unused, execution_options={"synchronize_session": False})
    except IntegrityError:
        # A table of a module that is not enabled refers to it, or somebody does since just now.
        return
    if discarded.rowcount:
        storage.place.remove(path_of(key))


def _within(folder: str) -> ColumnElement[bool]:
    return (STORED.key >= folder) & (STORED.key < folder + BEYOND)


def _is_unused(before: datetime) -> Iterator[ColumnElement[bool]]:
    yield STORED.touched < before
    for table in Base.metadata.sorted_tables:
        for column in table.c:
            if any(reference.column is STORED.key for reference in column.foreign_keys):
                yield ~exists().where(column == STORED.key)

"""Garbage collection deletes unused files, and no file that a request is about to use."""

from collections.abc import Callable
from datetime import timedelta
from threading import Event, Thread
from uuid import uuid4

import pytest
from pyramid.registry import Registry
from sqlalchemy.orm import Session

from houston.core.db.session import Database
from houston.core.jobs import Job, Jobs, JobState
from houston.core.services import services_of
from houston.core.storage import Storage, StoredFile, garbage_collection, path_of
from houston.core.storage.backends import UNFINISHED
from houston.modules.fileuploads.models import FileUpload

CollectGarbage = Callable[[], None]


@pytest.fixture
def collect_garbage(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> CollectGarbage:
    """Return a function that runs the job in all folders."""

    def run() -> None:
        found = services_of(registry)[Storage].backend.find("")
        monkeypatch.setattr(
            garbage_collection, "FOLDERS", sorted({each.name[:2] for each in found})
        )
        with services_of(registry)[Database].writing.begin() as db:
            guid = services_of(registry)[Jobs].enqueue(db, "storage.collect_garbage")
        with services_of(registry)[Database].writing() as db:
            row = db.get_one(Job, guid)
            assert row.state == JobState.DONE, row.error

    return run


@pytest.fixture
def no_grace_period(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove the grace period, so that new files are old enough for garbage collection."""
    monkeypatch.setattr(garbage_collection, "GRACE_PERIOD", timedelta(minutes=-1))


def put(storage: Storage, db: Session) -> str:
    return storage.put(db, uuid4().bytes).key


def is_known(db: Session, key: str) -> bool:
    return db.get(StoredFile, key, populate_existing=True) is not None


@pytest.mark.usefixtures("no_grace_period")
def test_unused_files_are_deleted(
    storage: Storage, db: Session, collect_garbage: CollectGarbage
) -> None:
    unused, used = put(storage, db), put(storage, db)
    db.add(FileUpload(file_key=used, mime_type="image/png"))
    db.commit()
    collect_garbage()
    assert not storage.exists(unused)
    assert not is_known(db, unused)
    assert storage.exists(used)
    assert is_known(db, used)


@pytest.mark.usefixtures("no_grace_period")
def test_files_of_a_crash_are_deleted(
    storage: Storage, db: Session, collect_garbage: CollectGarbage
) -> None:
    key = put(storage, db)
    db.rollback()
    storage.backend.write(f"{UNFINISHED}/half", b"half")
    storage.backend.write(f"{key[:2]}/README", b"not ours")
    assert storage.exists(key)
    collect_garbage()
    assert not storage.exists(key)
    assert not is_known(db, key)
    assert not storage.backend.exists(f"{UNFINISHED}/half")
    assert storage.backend.exists(f"{key[:2]}/README")


def test_new_files_are_not_deleted(
    storage: Storage, db: Session, collect_garbage: CollectGarbage
) -> None:
    lost = put(storage, db)
    db.rollback()
    stored = put(storage, db)
    db.commit()
    storage.backend.write(f"{UNFINISHED}/half", b"half")
    collect_garbage()
    assert storage.exists(lost)
    assert storage.exists(stored)
    assert is_known(db, stored)
    assert storage.backend.exists(f"{UNFINISHED}/half")


@pytest.mark.usefixtures("no_grace_period")
def test_files_of_unknown_tables_are_not_deleted(
    storage: Storage, db: Session, collect_garbage: CollectGarbage, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = put(storage, db)
    db.add(FileUpload(file_key=key, mime_type="image/png"))
    db.commit()
    monkeypatch.setattr(
        garbage_collection, "_is_unused", lambda before: [StoredFile.touched < before]
    )
    collect_garbage()
    assert storage.exists(key)
    assert is_known(db, key)


@pytest.mark.usefixtures("no_grace_period")
def test_rows_without_a_file_are_deleted(
    storage: Storage, db: Session, collect_garbage: CollectGarbage
) -> None:
    key = put(storage, db)
    db.commit()
    storage.backend.remove(path_of(key))
    storage.backend.write(f"{key[:2]}/README", b"not ours")
    collect_garbage()
    assert not is_known(db, key)


@pytest.mark.usefixtures("no_grace_period")
def test_file_that_is_put_during_its_deletion_is_written_again(
    registry: Registry,
    db: Session,
    collect_garbage: CollectGarbage,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    storage: Storage = services_of(registry)[Storage]
    data = uuid4().bytes
    key = storage.put(db, data).key
    db.commit()
    removing, remove = Event(), storage.backend.remove

    def remove_slowly(name: str) -> None:
        # The row is deleted; the other transaction has read it, and waits for its lock.
        removing.set()
        putting.join(0.3)
        remove(name)

    def put_again() -> None:
        removing.wait(5)
        with services_of(registry)[Database].writing.begin() as other:
            storage.put(other, data)
            other.add(FileUpload(file_key=key, mime_type="image/png"))

    monkeypatch.setattr(storage.backend, "remove", remove_slowly)
    putting = Thread(target=put_again)
    putting.start()
    collect_garbage()
    putting.join()
    assert removing.is_set()
    assert storage.exists(key)
    assert is_known(db, key)


@pytest.mark.usefixtures("no_grace_period")
def test_uncommitted_files_are_not_deleted(
    storage: Storage, db: Session, collect_garbage: CollectGarbage
) -> None:
    key = put(storage, db)
    db.add(FileUpload(file_key=key, mime_type="image/png"))
    db.flush()
    other = Thread(target=collect_garbage)
    other.start()
    other.join(0.5)
    assert other.is_alive()
    db.commit()
    other.join()
    assert storage.exists(key)
    assert is_known(db, key)

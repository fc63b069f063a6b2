"""Files are stored completely under their hash, before their row."""

import os
from hashlib import sha256
from pathlib import Path
from threading import Thread
from uuid import uuid4

import pytest
from pyramid.registry import Registry
from sqlalchemy.orm import Session

from houston.core.db.session import Database
from houston.core.services import services_of
from houston.core.settings import SettingsError
from houston.core.storage import Storage, StoredFile, path_of
from houston.core.storage.backends import Folder, make_backend


def some_bytes() -> bytes:
    return uuid4().bytes * 1000


def file_of(folder: Path, data: bytes) -> Path:
    path = folder / uuid4().hex
    path.write_bytes(data)
    return path


def test_file_is_returned_unchanged(storage: Storage, db: Session, tmp_path: Path) -> None:
    data = some_bytes()
    row = storage.put(db, file_of(tmp_path, data))
    assert (row.key, row.size) == (sha256(data).hexdigest(), len(data))
    db.commit()
    assert storage.exists(row.key)
    assert storage.size(row.key) == len(data)
    with storage.local(row.key) as path:
        assert path.read_bytes() == data
    with storage.open(row.key) as file:
        file.seek(100)
        assert file.read(50) == data[100:150]


def test_files_of_the_same_bytes_are_one(storage: Storage, db: Session, tmp_path: Path) -> None:
    data, other = some_bytes(), some_bytes()
    first, second, third = storage.put_all(db, [data, other, file_of(tmp_path, data)])
    assert first is third
    assert second.key == sha256(other).hexdigest()
    before = first.touched
    db.commit()
    assert storage.put(db, data).touched > before


def test_missing_files(storage: Storage) -> None:
    key = sha256(some_bytes()).hexdigest()
    assert not storage.exists(key)
    for read in (storage.open, storage.size):
        with pytest.raises(FileNotFoundError):
            read(key)
    storage.backend.remove(path_of(key))


def test_missing_file_of_a_row_is_written_again(storage: Storage, db: Session) -> None:
    data = some_bytes()
    key = storage.put(db, data).key
    db.commit()
    storage.backend.remove(path_of(key))
    storage.put(db, data)
    assert storage.exists(key)


def test_concurrent_puts_of_equal_bytes_wait_for_each_other(
    registry: Registry, db: Session
) -> None:
    storage: Storage = services_of(registry)[Storage]
    data = some_bytes()
    key = storage.put(db, data).key
    others: list[str] = []

    def put() -> None:
        with services_of(registry)[Database].writing.begin() as other:
            others.append(storage.put(other, data).key)

    thread = Thread(target=put)
    thread.start()
    thread.join(0.2)
    assert others == []
    db.commit()
    thread.join()
    assert others == [key]
    assert db.get_one(StoredFile, key).size == len(data)


class TestFolder:
    def test_folder_is_created_with_the_first_file(self, tmp_path: Path) -> None:
        place = Folder(tmp_path / "files")
        assert list(place.find("ab")) == []
        assert not place.exists("ab/cd")
        assert list(tmp_path.iterdir()) == []

    def test_source_remains_and_the_file_is_read_only_for_all_users(self, tmp_path: Path) -> None:
        source = file_of(tmp_path, b"zebra")
        source.chmod(0o600)
        place = Folder(tmp_path / "files")
        place.write("ab/cd/key", source)
        assert source.read_bytes() == b"zebra"
        assert (tmp_path / "files/ab/cd/key").stat().st_mode & 0o777 == 0o444

    def test_a_source_on_another_disk_is_copied(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: object) -> None:
            raise OSError

        monkeypatch.setattr(Path, "hardlink_to", refuse)
        place = Folder(tmp_path / "files")
        place.write("ab/cd/key", file_of(tmp_path, b"zebra"))
        assert (tmp_path / "files/ab/cd/key").read_bytes() == b"zebra"

    def test_a_failure_leaves_no_file(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        place = Folder(tmp_path / "files")
        place.write("ab/cd/first", b"zebra")

        def fail(_descriptor: int) -> None:
            raise OSError("no space left on the disk")

        monkeypatch.setattr(os, "fsync", fail)
        with pytest.raises(OSError, match="no space"):
            place.write("ab/cd/second", b"zebra")
        assert [found.name for found in place.find("")] == ["ab/cd/first"]

    def test_relative_folder_is_in_the_working_directory(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        place = make_backend("file:var/files")
        place.write("ab/cd/key", b"zebra")
        assert (tmp_path / "var/files/ab/cd/key").exists()


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("file:", "must be file:<folder> or s3://bucket/prefix"),
        ("s3:///files", "must be file:<folder> or s3://bucket/prefix"),
        ("s3://bucket?endpoint=http://127.0.0.1", "no option endpoint: there are endpoint_url and"),
    ],
)
def test_address_without_a_location(url: str, text: str) -> None:
    with pytest.raises(SettingsError, match=text):
        make_backend(url)

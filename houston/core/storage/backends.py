"""Backends of the storage: a folder of this machine, or one in a bucket of S3.

A name is a relative path. A file is written as a whole, or not at all.
"""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timezone
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, BinaryIO, NamedTuple, cast
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

from fsspec import AbstractFileSystem
from fsspec.implementations.local import LocalFileSystem

from houston.core.db.types import utc_now
from houston.core.settings import SettingsError

Source = Path | bytes

UNFINISHED = "unfinished"
"""The folder of the files that are being written."""

BLOCK = 2**20
S3_OPTIONS = frozenset({"endpoint_url", "region_name"})


class FileInfo(NamedTuple):
    """A file: its name, its size in bytes, and the time at which it was written."""

    name: str
    size: int
    modified: datetime


class Backend:
    """A folder of a file system of fsspec in which only complete files are visible, as in S3."""

    def __init__(self, files: AbstractFileSystem, root: str) -> None:
        self._files, self._root = files, root

    def write(self, name: str, source: Source) -> None:
        """Write a file; an existing one is replaced."""
        if isinstance(source, bytes):
            self._files.pipe_file(self._path(name), source)
        else:
            self._files.put_file(str(source), self._path(name))

    def exists(self, name: str) -> bool:
        """Return whether the file exists."""
        return bool(self._files.exists(self._path(name)))

    def size(self, name: str) -> int:
        """The size of a file in bytes, or FileNotFoundError."""
        return int(self._files.size(self._path(name)))

    def open(self, name: str) -> BinaryIO:
        """Open a seekable file for reading, or raise FileNotFoundError."""
        return cast("BinaryIO", self._files.open(self._path(name), "rb", block_size=BLOCK))

    @contextmanager
    def local(self, name: str) -> Iterator[Path]:
        """A path of this machine with the bytes of the file, until the block ends."""
        with NamedTemporaryFile() as copy:
            self._files.get_file(self._path(name), copy.name)
            yield Path(copy.name)

    @property
    def free(self) -> int | None:
        """The bytes that are free; None where that is not known."""
        return None

    def remove(self, name: str) -> None:
        """Remove a file, if it exists."""
        with suppress(FileNotFoundError):
            self._files.rm_file(self._path(name))

    def find(self, folder: str) -> Iterator[FileInfo]:
        """All files below a folder, which need not exist."""
        for path, about in self._files.find(self._path(folder), detail=True).items():
            name = path.removeprefix(f"{self._root}/")
            yield FileInfo(name, int(about["size"]), _modified(about))

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"


class Folder(Backend):
    """A folder of this machine, made when the first file is written.

    A file is written under another name, flushed to the disk and renamed, so that neither a crash
    nor a loss of power leaves an incomplete one.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(LocalFileSystem(), str(path.absolute()))

    def write(self, name: str, source: Source) -> None:
        """Write a file; a source on the same disk is linked instead of copied."""
        final = Path(self._path(name))
        unfinished = Path(self._path(f"{UNFINISHED}/{uuid4().hex}"))
        for folder in (unfinished.parent, final.parent):
            _make_folder(folder)
        try:
            _fill(unfinished, source)
            unfinished.replace(final)
        finally:
            unfinished.unlink(missing_ok=True)
        flush(final.parent)

    @property
    def free(self) -> int:
        """The bytes that are free on the disk."""
        return free_space(Path(self._root))

    def open(self, name: str) -> BinaryIO:
        """The file itself, not a copy."""
        return Path(self._path(name)).open("rb")

    @contextmanager
    def local(self, name: str) -> Iterator[Path]:
        """The file itself, not a copy."""
        yield Path(self._path(name))


def make_backend(url: str) -> Backend:
    """The backend of `houston.storage.url`; SettingsError is raised for another URL."""
    scheme, _, path = url.partition(":")
    if scheme == "file" and path.strip("/"):
        return Folder(Path(path if not path.startswith("//") else path[2:]))
    if scheme == "s3" and urlsplit(url).netloc:
        return _bucket(url)
    raise SettingsError("houston.storage.url must be file:<folder> or s3://bucket/prefix.")


def _bucket(url: str) -> Backend:
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    if unknown := sorted(options.keys() - S3_OPTIONS):
        raise SettingsError(
            f"houston.storage.url has no option {unknown[0]}: there are "
            f"{' and '.join(sorted(S3_OPTIONS))}."
        )
    try:
        # Imported here: it takes forty megabytes, which a site with a folder does not need.
        from s3fs import S3FileSystem
    except ImportError:
        raise SettingsError("houston.storage.url is s3: install houston[s3].") from None
    files = S3FileSystem(client_kwargs=options, use_listings_cache=False, skip_instance_cache=True)
    return Backend(files, f"{parts.netloc}{parts.path.rstrip('/')}")


def _fill(path: Path, source: Source) -> None:
    if isinstance(source, bytes):
        path.write_bytes(source)
    else:
        try:
            path.hardlink_to(source)
        except OSError:
            # Another disk, or one without links.
            shutil.copyfile(source, path)
    # Readable for nginx, and read-only: a linked source is the same file.
    path.chmod(0o444)
    # The garbage collection reads the age of a file from its time.
    os.utime(path)
    flush(path)


def _make_folder(path: Path) -> None:
    """Make a folder that survives a loss of power."""
    if path.exists():
        return
    _make_folder(path.parent)
    path.mkdir(exist_ok=True)
    flush(path.parent)


def free_space(path: Path) -> int:
    """The bytes that are free on the disk of a folder, which need not exist yet."""
    existing = next(each for each in (path, *path.absolute().parents) if each.exists())
    return shutil.disk_usage(existing).free


def flush(path: Path) -> None:
    """Flush the bytes of a file, or the names in a folder, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _modified(about: Mapping[str, Any]) -> datetime:
    """The time at which a file was written, by S3 or by the file system."""
    modified = about.get("LastModified", about.get("mtime"))
    if isinstance(modified, datetime):
        return modified
    return datetime.fromtimestamp(modified, timezone.utc) if modified else utc_now()

"""Where files are: a folder of this machine, or one in a bucket of S3.

A name is a relative path. What is written under it appears whole, or not at all.
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
"""The folder of what is being written."""

BLOCK = 2**20
S3_OPTIONS = frozenset({"endpoint_url", "region_name"})


class Found(NamedTuple):
    """A file that is there: its bytes, and when it was written."""

    name: str
    size: int
    modified: datetime


class Place:
    """A folder of a file system that fsspec knows, and that shows whole files alone, as S3 does."""

    def __init__(self, files: AbstractFileSystem, root: str) -> None:
        self._files, self._root = files, root

    def write(self, name: str, source: Source) -> None:
        """Write a file; one that is there already is replaced."""
        if isinstance(source, bytes):
            self._files.pipe_file(self._path(name), source)
        else:
            self._files.put_file(str(source), self._path(name))

    def exists(self, name: str) -> bool:
        """Whether the file is there."""
        return bool(self._files.exists(self._path(name)))

    def size(self, name: str) -> int:
        """Its bytes; raises FileNotFoundError."""
        return int(self._files.size(self._path(name)))

    def open(self, name: str) -> BinaryIO:
        """The file to read, in which one can seek; raises FileNotFoundError."""
        return cast("BinaryIO", self._files.open(self._path(name), "rb", block_size=BLOCK))

    @contextmanager
    def local(self, name: str) -> Iterator[Path]:
        """A path of this machine with the bytes of the file, for a while."""
        with NamedTemporaryFile() as copy:
            self._files.get_file(self._path(name), copy.name)
            yield Path(copy.name)

    def remove(self, name: str) -> None:
        """Remove the file; one that is not there is as good as removed."""
        with suppress(FileNotFoundError):
            self._files.rm_file(self._path(name))

    def find(self, folder: str) -> Iterator[Found]:
        """All files below a folder, which need not be there."""
        found = self._files.find(self._path(folder), detail=True)
        for path, about in found.items():
            name = path.removeprefix(f"{self._root}/")
            yield Found(name, int(about["size"]), _modified(about))

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"


class Folder(Place):
    """A folder of this machine, made when the first file is written.

    A file is written beside the others, flushed to the disk and then given its name, so that
    neither a crash nor a loss of power leaves half of it.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(LocalFileSystem(), str(path.absolute()))

    def write(self, name: str, source: Source) -> None:
        """Write a file; a source on the same disk is linked, not copied."""
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

    def open(self, name: str) -> BinaryIO:
        """The file itself."""
        return Path(self._path(name)).open("rb")

    @contextmanager
    def local(self, name: str) -> Iterator[Path]:
        """The file itself."""
        yield Path(self._path(name))


def make_backend(url: str) -> Place:
    """The place of `houston.storage.url`; a SettingsError when it names none."""
    scheme, _, path = url.partition(":")
    if scheme == "file" and path.strip("/"):
        return Folder(Path(path if not path.startswith("//") else path[2:]))
    if scheme == "s3" and urlsplit(url).netloc:
        return _bucket(url)
    raise SettingsError("houston.storage.url must be file:<folder> or s3://bucket/prefix.")


def _bucket(url: str) -> Place:
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    if unknown := sorted(options.keys() - S3_OPTIONS):
        raise SettingsError(
            f"houston.storage.url has no option {unknown[0]}: there are "
            f"{' and '.join(sorted(S3_OPTIONS))}."
        )
    try:
        # Imported here: it takes forty megabytes, which a site with a folder can do without.
        from s3fs import S3FileSystem
    except ImportError:
        raise SettingsError("houston.storage.url is s3: install houston[s3].") from None
    files = S3FileSystem(client_kwargs=options, use_listings_cache=False, skip_instance_cache=True)
    return Place(files, f"{parts.netloc}{parts.path.rstrip('/')}")


def _fill(path: Path, source: Source) -> None:
    if isinstance(source, bytes):
        path.write_bytes(source)
    else:
        try:
            path.hardlink_to(source)
        except OSError:
            # Another disk, or one that knows no links.
            shutil.copyfile(source, path)
    # For nginx to read, too, and for nobody to write: a linked source is the same file.
    path.chmod(0o444)
    # The age of a file is how long it has been here.
    os.utime(path)
    flush(path)


def _make_folder(path: Path) -> None:
    """Make a folder whose name survives a loss of power."""
    if path.exists():
        return
    _make_folder(path.parent)
    path.mkdir(exist_ok=True)
    flush(path.parent)


def flush(path: Path) -> None:
    """Have the bytes of a file, or the names in a folder, survive a loss of power."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _modified(about: Mapping[str, Any]) -> datetime:
    """When a file was written, as S3 says it, or as a folder does."""
    modified = about.get("LastModified", about.get("mtime"))
    if isinstance(modified, datetime):
        return modified
    return datetime.fromtimestamp(modified, timezone.utc) if modified else utc_now()

"""The folder of a web client, and its files by their addresses."""

import os
import re
import stat
from collections.abc import Iterable
from pathlib import Path

from pyramid.request import Request

from houston.core.api.files import IMMUTABLE, OpenFile
from houston.modules.client.compression import SUFFIXES, Encodings, compress, precompressed
from houston.modules.client.content import REVALIDATE, Content, headers_of
from houston.modules.client.media_types import BINARY, COMPRESSIBLE, MEDIA_TYPES
from houston.modules.client.policy import OWN, policy

INDEX = "index.html"
HASHED = re.compile(r"(?:\A|[._-])(?=[0-9]*[a-f])[0-9a-f]{8,64}\.[^/]+\Z")
"""The names of files that have a hash of their content; eight digits alone may be a date."""

SMALL = 65_536
"""The size of files that are kept in memory."""

POLICY = policy(OWN)


class File(Content):
    """A file of the client, as it was when its status was read."""

    pattern = "file of the web client"

    def __init__(self, path: Path, status: os.stat_result) -> None:
        extension = path.suffix[1:].lower()
        has_encodings = extension in COMPRESSIBLE
        super().__init__(status.st_size, Encodings(self._compressed) if has_encodings else None)
        self._path, self._name = path, str(path)
        self._signature = _signature(status)
        self._kept = b""
        self._tag = f"{status.st_mtime_ns:x}-{status.st_size:x}"
        cache = IMMUTABLE if HASHED.search(path.name) else REVALIDATE
        self._headers = headers_of(MEDIA_TYPES.get(extension, BINARY), POLICY, cache)

    def is_current(self) -> bool:
        """Return whether the file on the disk is the same.

        Raises:
            OSError: There is none any more.
        """
        return _signature(os.stat(self._name)) == self._signature

    def read(self) -> bytes:
        """Return the content."""
        return self._path.read_bytes()

    def tag_and_headers(self, _request: Request) -> tuple[str, list[tuple[str, str]]]:
        """Return the entity tag and the headers."""
        return self._tag, self._headers.copy()

    def open(self, request: Request) -> Iterable[bytes]:
        """Return a small file as a whole, which is kept; open any other one.

        The server has a way to send a whole file that takes less time.
        """
        if self._size <= SMALL:
            self._kept = self._kept or self.read()
            return [self._kept]
        file = open(self._name, "rb")  # noqa: SIM115 - closed with the response
        wrapper = request.environ.get("wsgi.file_wrapper")
        if wrapper is None or "HTTP_RANGE" in request.environ:
            return OpenFile(file)
        body: Iterable[bytes] = wrapper(file)
        return body

    def _compressed(self, coding: str) -> bytes | None:
        return precompressed(self._path, coding) or compress(self.read(), coding)


class Folder:
    """The folder, whose files are found as they are at the moment.

    What begins with a dot is hidden, and so are links to files outside, and precompressed files,
    which are forms of others.
    """

    def __init__(self, path: Path) -> None:
        self._path = path.absolute()
        self._files: dict[str, File] = {}

    def find(self, address: str) -> File | None:
        """Return the file at a path, as WSGI passes it."""
        known = self._files.get(address)
        try:
            if known is not None and known.is_current():
                return known
            found = self._look_up(address)
        except (OSError, ValueError):  # a name that the file system cannot have
            found = None
        if found is not None:
            self._files[address] = found
        elif known is not None:
            self._files.pop(address, None)
        return found

    def _look_up(self, address: str) -> File | None:
        names = address.encode("latin-1").decode().split("/")[1:]
        if not all(names) or any(name.startswith(".") for name in names):
            return None
        path = self._path.joinpath(*names)
        status = path.stat()
        is_inside = path.resolve().is_relative_to(self._path.resolve())
        if not is_inside or not stat.S_ISREG(status.st_mode) or _is_form_of_another(path):
            return None
        return File(path, status)


def _is_form_of_another(path: Path) -> bool:
    return path.suffix in SUFFIXES.values() and path.with_suffix("").is_file()


def _signature(status: os.stat_result) -> tuple[int, ...]:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns

"""The bytes of unfinished uploads: a file for each, which only grows at its end.

The number of stored bytes is the size of the file. The file is flushed to the disk before the
client is answered, so that the answer is still true after a crash.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from houston.core.errors import Conflict
from houston.core.storage.backends import flush, free_space
from houston.modules.uploads.protocol import Checksum, ChecksumMismatch, Locked

BLOCK = 2**18


class Partials:
    """The folder of the files of unfinished uploads, which all processes of a site share."""

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder)

    def path(self, guid: UUID) -> Path:
        """Return the path of the file of an upload."""
        return self._folder / guid.hex

    @property
    def free(self) -> int:
        """The bytes that are free on the disk of the folder."""
        return free_space(self._folder)

    def size(self, guid: UUID) -> int:
        """Return the number of bytes that are stored of an upload."""
        try:
            return self.path(guid).stat().st_size
        except FileNotFoundError:
            return 0

    def append(
        self, file: BinaryIO, offset: int, body: BinaryIO, length: int, checksum: Checksum | None
    ) -> int:
        """Append bytes to the opened file of an upload, and return its new size.

        Args:
            offset: The size of the file, in bytes, according to the client.
            length: The number of bytes to read; fewer are stored if the body ends early.

        Raises:
            Conflict: The size of the file is not `offset`.
            ChecksumMismatch: The bytes do not match; none of them is stored.
        """
        end = file.seek(0, os.SEEK_END)
        if offset != end:
            raise Conflict.about("Upload-Offset", f"The upload is at {end}, not at {offset}.")
        while length > 0 and (block := body.read(min(BLOCK, length))):
            length -= len(block)
            file.write(block)
            if checksum:
                checksum.hash.update(block)
        if checksum and checksum.hash.digest() != checksum.digest:
            file.truncate(end)
            raise ChecksumMismatch
        file.flush()
        os.fsync(file.fileno())
        return file.tell()

    def remove(self, guid: UUID) -> None:
        """Delete the file of an upload, if there is one."""
        with suppress(FileNotFoundError):
            self.path(guid).unlink()

    def older_than(self, instant: float) -> Iterator[UUID]:
        """Yield the uploads whose files have not changed since `instant`, in seconds."""
        if not self._folder.is_dir():
            return
        for entry in os.scandir(self._folder):
            with suppress(ValueError, FileNotFoundError):
                if entry.stat().st_mtime < instant:
                    yield UUID(hex=entry.name)

    @contextmanager
    def opened(self, guid: UUID) -> Iterator[BinaryIO]:
        """Open the file of an upload with an exclusive lock.

        Raises:
            Locked: Another request is writing to the file.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        path, is_new = self.path(guid), not self.path(guid).exists()
        with path.open("ab") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Locked from None
            yield file
        if is_new:
            flush(self._folder)  # The name of a new file has to be on the disk as well.

"""Files on their way: one per upload, of which only the end is ever written to.

How much has come is the size of the file, and nothing else: it is flushed to the disk before
anybody is told, so what was told is still true after a crash.
"""

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from houston.core.errors import Conflict
from houston.core.storage.backends import flush
from houston.modules.uploads.errors import ChecksumMismatch, Locked
from houston.modules.uploads.protocol import Checksum

BLOCK = 2**18


class Partials:
    """The folder of files on their way, which all processes of a site share."""

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder)

    def path(self, guid: UUID) -> Path:
        """Where the bytes of an upload are."""
        return self._folder / guid.hex

    def size(self, guid: UUID) -> int:
        """How many bytes have come, which are safe."""
        try:
            return self.path(guid).stat().st_size
        except FileNotFoundError:
            return 0

    def append(
        self, guid: UUID, offset: int, body: BinaryIO, length: int, checksum: Checksum | None
    ) -> int:
        """Write `length` bytes of `body` at `offset`, which must be where the file ends.

        Returns where it ends now. Raises Locked while another request writes, Conflict for another
        offset, ChecksumMismatch with nothing kept.
        """
        with self._opened(guid) as file:
            end = file.seek(0, os.SEEK_END)
            if offset != end:
                text = f"The upload is at {end}, not at {offset}."
                raise Conflict(text, messages={"Upload-Offset": [text]})
            matches = checksum.matcher() if checksum else None
            for block in _blocks(body, length):
                file.write(block)
                if matches:
                    matches.update(block)
            if matches and not matches.satisfied():
                file.truncate(end)
                raise ChecksumMismatch
            file.flush()
            os.fsync(file.fileno())
            return file.tell()

    def remove(self, guid: UUID) -> None:
        """Forget what has come."""
        with suppress(FileNotFoundError):
            self.path(guid).unlink()

    def older_than(self, instant: float) -> Iterator[UUID]:
        """The uploads whose files nobody has written to since `instant`, in seconds."""
        if not self._folder.is_dir():
            return
        for entry in os.scandir(self._folder):
            with suppress(ValueError, FileNotFoundError):
                if entry.stat().st_mtime < instant:
                    yield UUID(hex=entry.name)

    @contextmanager
    def _opened(self, guid: UUID) -> Iterator[BinaryIO]:
        """The file, open for one writer alone."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self.path(guid)
        is_new = not path.exists()
        with path.open("ab") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Locked from None
            yield file
        if is_new:
            flush(self._folder)  # a new file's name has to be on the disk, too


def _blocks(body: BinaryIO, length: int) -> Iterable[bytes]:
    """The next `length` bytes, or fewer where the sender was cut off."""
    while length > 0 and (block := body.read(min(BLOCK, length))):
        length -= len(block)
        yield block

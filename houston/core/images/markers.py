"""The markers of a JPEG, which are walked before a decoder reads it (ITU-T T.81, annex B).

Decoders spend time on each segment and each scan, of which a small file can have any number. A
camera writes some ten of each.
"""

import re
from collections.abc import Iterator
from contextlib import closing
from mmap import ACCESS_READ, mmap
from typing import BinaryIO, NamedTuple

from houston.core.images.values import UnusableFile

MAX_SEGMENTS = 500
MAX_METADATA = 32 * 2**20
MAX_EXIF_SEGMENTS = 16
MAX_SCANS = 100

END, SCAN = 0xD9, 0xDA
METADATA = frozenset((*range(0xE0, 0xF0), 0xFE))
EXIF, EXIF_NAME = 0xE1, b"Exif\0"
MARKER = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])", re.DOTALL)
"""A marker after the data of a scan, in which zeros and restarts follow 0xFF."""

TOO_MUCH = "The JPEG has more {} than a JPEG may have."


class Segment(NamedTuple):
    """A marker with its place in the file, and the size of what follows it, in bytes."""

    marker: int
    start: int
    size: int


def check_markers(file: BinaryIO) -> None:
    """Check the number of segments and scans of a JPEG, and the size of its metadata.

    Raises:
        UnusableFile: There are too many, or no picture is in the file.
    """
    segments = scans = metadata = blocks = 0
    with closing(mmap(file.fileno(), 0, access=ACCESS_READ)) as data:
        for segment in _segments(data):
            segments += 1
            scans += segment.marker == SCAN
            if segment.marker in METADATA:
                metadata += segment.size
            if segment.marker == EXIF:
                blocks += data[segment.start : segment.start + len(EXIF_NAME)] == EXIF_NAME
            if scans > MAX_SCANS:
                raise UnusableFile(TOO_MUCH.format("scans"))
            if segments > MAX_SEGMENTS or metadata > MAX_METADATA or blocks > MAX_EXIF_SEGMENTS:
                raise UnusableFile(TOO_MUCH.format("metadata"))


def _segments(data: mmap) -> Iterator[Segment]:
    """Yield the segments up to the end of the first picture, or of the file."""
    at = 2
    while found := MARKER.search(data, at):
        marker, start = found[1][0], found.end()
        if marker == END:
            return
        size = int.from_bytes(data[start : start + 2], "big")
        yield Segment(marker, start + 2, size)
        at = start + size

"""The pictures' workshop of an application."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Condition, Lock
from typing import NamedTuple

from PIL import Image

from houston.core.images.errors import decoding
from houston.core.images.inspection import Inspected, inspect, opened, orientation_of
from houston.core.images.transforms import developed, fitted, jpeg, rotated, shrunk

FORMATS = {"master": 4096, "mid": 1024, "thumb": 256}
"""The boxes that pictures are made to fit, in pixels, the largest first."""

ROOM = 30_000_000
"""Pixels that are decoded at once, of four bytes each: two photographs of most cameras."""


class Rendition(NamedTuple):
    """A JPEG of a picture in one of the formats."""

    format: str
    data: bytes
    width: int
    height: int


class Images:
    """Says what files are, and makes of pictures what is shown."""

    def __init__(self, types: Collection[str], max_pixels: int) -> None:
        self._types, self._max_pixels = frozenset(types), max_pixels
        self._room = PixelBudget(ROOM)
        self._shrinking = Lock()

    def inspect(self, path: Path) -> Inspected:
        """What a file is, by its content and without decoding it.

        Raises UnusableFile for a type that is not taken, a damaged header, and too many pixels.
        """
        return inspect(path, self._types, self._max_pixels)

    def load(self, path: Path) -> Image.Image:
        """A picture upright, in RGB and the colours of the web; raises UnusableFile."""
        with decoding(), opened(path, self._max_pixels) as image:
            return developed(image)

    def renditions(
        self, path: Path, rotation: int = 0, formats: Sequence[str] = tuple(FORMATS)
    ) -> list[Rendition]:
        """A picture in some formats, turned counter-clockwise; raises UnusableFile.

        The formats are given from the largest to the smallest; each is made of the one before. What
        is decoded at once in this process is limited, so that many threads need no more memory than
        two.
        """
        with decoding(), opened(path, self._max_pixels) as image:
            size = fitted(image.size, FORMATS[formats[0]])
            # A JPEG can be decoded at half its size or less, in less time and memory.
            image.draft(None, size)
            turned = orientation_of(image) > 1 or rotation % 360 != 0
            with self._room.taken(image.width * image.height * (2 if turned else 1)):
                return list(self._renditions(rotated(developed(image), rotation), formats))

    def _renditions(self, image: Image.Image, formats: Sequence[str]) -> Iterator[Rendition]:
        for format in formats:
            # It is quick, but takes half the room of the picture once more.
            with self._shrinking:
                image = shrunk(image, FORMATS[format])
            yield Rendition(format, jpeg(image), image.width, image.height)


class PixelBudget:
    """Room for so many pixels; who needs more waits, and has it to himself if he needs it all."""

    def __init__(self, pixels: int) -> None:
        self._size = self._free = pixels
        self._changed = Condition()

    @contextmanager
    def taken(self, pixels: int) -> Iterator[None]:
        """Have room for the pixels, for a while."""
        pixels = min(pixels, self._size)
        with self._changed:
            self._changed.wait_for(lambda: self._free >= pixels)
            self._free -= pixels
        try:
            yield
        finally:
            with self._changed:
                self._free += pixels
                self._changed.notify_all()

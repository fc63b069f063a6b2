"""The values that describe files and pictures, without an import of Pillow."""

from dataclasses import dataclass
from typing import NamedTuple

from houston.core.errors import Unprocessable

BYTES_PER_PIXEL = 8
"""The memory that decoding takes: the picture, and the same converted."""
TRUNCATED = "The picture is damaged: it ends too early."


class UnusableFile(Unprocessable):
    """A file is damaged, too large when unpacked, or of a type that is not accepted."""

    message = "The file cannot be used."


@dataclass(frozen=True)
class Inspected:
    """The type of a file and, for a picture, what its header says.

    Attributes:
        mime_type: The media type by content.
        width: Pixels of the picture as it is displayed, upright.
        height: Pixels of the picture as it is displayed, upright.
        orientation: How the picture is stored, as EXIF counts: 1 is upright.
        captured: When the camera took it, in ISO 8601, with an offset where the camera gives one.
    """

    mime_type: str
    width: int | None = None
    height: int | None = None
    orientation: int = 1
    captured: str | None = None


class Rendition(NamedTuple):
    """A JPEG of a picture in one of the formats; `width` and `height` are in pixels."""

    format: str
    data: bytes
    width: int
    height: int


class Rendered(NamedTuple):
    """The renditions of a picture, and what is wrong with its file, if they can be made anyhow."""

    renditions: list[Rendition]
    problem: str | None


class Box(NamedTuple):
    """A rectangle in pixels, turned clockwise about its centre by `theta` radians."""

    x: float
    y: float
    width: float
    height: float
    theta: float = 0.0

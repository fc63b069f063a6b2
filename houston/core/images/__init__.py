"""Uploaded files: their types by content, and pictures prepared for display.

The content of a file decides, not its name. A picture is decoded only after its header has been
checked for its size. Every fault of a file raises UnusableFile. Pillow is used only in this package
and imported with the first file, since it takes four megabytes.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from houston.core.errors import Unprocessable
from houston.core.services import services_of
from houston.core.settings import Settings


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


class Box(NamedTuple):
    """A rectangle in pixels, turned clockwise about its centre by `theta` radians."""

    x: float
    y: float
    width: float
    height: float
    theta: float = 0.0


class Images:
    """Inspects files of the accepted types, and renders pictures of at most `max_pixels` pixels."""

    def __init__(self, types: Collection[str], max_pixels: int) -> None:
        self._types, self._max_pixels = frozenset(types), max_pixels

    def inspect(self, path: Path) -> Inspected:
        """Tell the type of a file by its content, without decoding it.

        Raises:
            UnusableFile: The type is not accepted, the header is damaged, or the picture is too
                large.
        """
        from houston.core.images.inspection import inspect

        return inspect(path, self._types, self._max_pixels)

    def renditions(
        self, path: Path, formats: Mapping[str, int], rotation: int = 0
    ) -> list[Rendition]:
        """Render a picture in some formats.

        Args:
            formats: The sides in pixels of the squares that the renditions fit, by the name of the
                format, from the largest to the smallest.
            rotation: Degrees counter-clockwise.

        Raises:
            UnusableFile: The file is not a picture that can be decoded.
        """
        from houston.core.images.transforms import renditions

        return renditions(path, self._max_pixels, formats, rotation)

    def crop(self, path: Path, x: float, y: float, width: float, height: float) -> bytes:
        """Cut a rectangle, in pixels, out of a picture; returns a JPEG.

        Raises:
            UnusableFile: The file is not a picture, or no pixel is within the rectangle.
        """
        from houston.core.images.transforms import cropped, jpeg, load

        return jpeg(cropped(load(path, self._max_pixels), x, y, width, height))

    def outline(self, path: Path, boxes: Iterable[Box], scale: float = 1.0) -> bytes:
        """Draw the outlines of boxes into a picture; returns a JPEG.

        Args:
            boxes: Rectangles in the pixels of a picture that is `scale` times as large.

        Raises:
            UnusableFile: The file is not a picture that can be decoded.
        """
        from houston.core.images.transforms import jpeg, load, outlined

        return jpeg(outlined(load(path, self._max_pixels), boxes, scale))


def includeme(config: Any) -> None:
    """Give the application its image processing."""
    services = services_of(config)
    settings = services[Settings]
    types, max_pixels = settings["houston.uploads.types"], settings["houston.images.max_pixels"]
    services.add(Images(types, max_pixels))

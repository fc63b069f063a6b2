"""Uploaded files: their types by content, and pictures prepared for display.

The content of a file decides, not its name. Files are read in child processes with limits of time
and memory, so that the server imports no decoder and no file can stop it. Every fault of a file
raises UnusableFile.
"""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from threading import Semaphore
from typing import Any

from houston.core.images.sandbox import Sandbox
from houston.core.images.values import BYTES_PER_PIXEL, Box, Inspected, Rendered, Rendition

AT_ONCE = 2
"""The number of files that are inspected at once, and of those that are decoded."""
INSPECTION_SECONDS = 3
"""The processor time of an inspection; that of a sound file takes some milliseconds."""
OVERHEAD = 192 * 2**20
"""The bytes beside the pixels: the file, and the tables of decoders."""


class Images:
    """Inspects files and renders pictures, within the bounds of the settings.

    Args:
        types: The media types that are accepted.
        max_pixels: The largest width times height of a picture.
        max_seconds: The processor time that one picture may take.
    """

    def __init__(self, types: Collection[str], max_pixels: int, max_seconds: int) -> None:
        self._types, self._max_pixels, self._max_seconds = list(types), max_pixels, max_seconds
        self._sandbox = Sandbox(memory=max_pixels * BYTES_PER_PIXEL + OVERHEAD)
        # Apart, so that the upload of one picture does not wait for the preparation of another.
        self._inspecting, self._decoding = Semaphore(AT_ONCE), Semaphore(AT_ONCE)

    def inspect(self, path: Path) -> Inspected:
        """Tell the type of a file by its content, without decoding it.

        Raises:
            UnusableFile: The type is not accepted, the file is damaged or cannot be read, or the
                picture is too large.
        """
        with self._inspecting, path.open("rb") as file:
            values, _ = self._sandbox.run(
                file,
                "inspect",
                seconds=INSPECTION_SECONDS,
                types=self._types,
                max_pixels=self._max_pixels,
            )
        return Inspected(**values)

    def renditions(
        self, path: Path, formats: Mapping[str, int], rotation: int = 0, *, seconds: int = 0
    ) -> Rendered:
        """Render a picture in some formats; that of a truncated file is shown as far as it goes.

        Args:
            path: The file of the picture.
            formats: The sides in pixels of the squares that the renditions fit, by the name of the
                format, from the largest to the smallest.
            rotation: Degrees counter-clockwise.
            seconds: The processor time; that of the settings by default.

        Raises:
            UnusableFile: The file is not a picture that can be decoded within the limits.
        """
        values, files = self._decode(
            path, "render", seconds=seconds, formats=dict(formats), rotation=rotation
        )
        made = zip(values["renditions"], files, strict=True)
        return Rendered([Rendition(data=data, **each) for each, data in made], values["problem"])

    def crop(self, path: Path, x: float, y: float, width: float, height: float) -> bytes:
        """Cut a rectangle, in pixels, out of a picture; returns a JPEG.

        Raises:
            UnusableFile: The file is not a picture, or no pixel is within the rectangle.
        """
        rectangle = {"x": x, "y": y, "width": width, "height": height}
        _, (data,) = self._decode(path, "crop", seconds=INSPECTION_SECONDS, **rectangle)
        return data

    def outline(self, path: Path, boxes: Iterable[Box], scale: float = 1.0) -> bytes:
        """Draw the outlines of boxes into a picture; returns a JPEG.

        Args:
            path: The file of the picture.
            boxes: Rectangles in the pixels of a picture that is larger by `scale`.
            scale: The size of that picture over the size of this one.

        Raises:
            UnusableFile: The file is not a picture that can be decoded.
        """
        _, (data,) = self._decode(path, "outline", boxes=list(boxes), scale=scale)
        return data

    def _decode(
        self, path: Path, operation: str, seconds: int = 0, **arguments: Any
    ) -> tuple[Any, list[bytes]]:
        with self._decoding, path.open("rb") as file:
            return self._sandbox.run(
                file,
                operation,
                seconds=seconds or self._max_seconds,
                max_pixels=self._max_pixels,
                **arguments,
            )


def includeme(config: Any) -> None:
    """Give the application its image processing."""
    # Imported here: the processes that decode pictures import this package.
    from houston.core.services import services_of
    from houston.core.settings import Settings

    services = services_of(config)
    settings = services[Settings]
    services.add(
        Images(
            types=settings["houston.uploads.types"],
            max_pixels=settings["houston.images.max_pixels"],
            max_seconds=settings["houston.images.max_seconds"],
        )
    )

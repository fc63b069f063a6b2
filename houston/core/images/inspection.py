"""The type of a file by its content, without decoding it."""

import re
from codecs import getincrementaldecoder
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import puremagic
from PIL import Image, UnidentifiedImageError
from PIL.ExifTags import IFD, Base

from houston.core.images import Inspected, UnusableFile

# The size is checked here, by the setting; Pillow warns at one limit and raises at another.
Image.MAX_IMAGE_PIXELS = None
# A block this large is returned to the system when it is freed. The C library would keep smaller
# ones, in a heap for each thread.
Image.core.set_block_size(64 * 2**20)  # type: ignore[attr-defined]  # it has no types

TYPES = {
    "BMP": "image/bmp",
    "GIF": "image/gif",
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",  # several in one file, as phones write them; the first is used
    "PNG": "image/png",
    "TIFF": "image/tiff",
    "WEBP": "image/webp",
}
"""The types by Pillow's names of the formats; its other decoders are not used."""

HEAD = 4096
"""The number of bytes that tell the type of a file that is not a picture."""

DAMAGED = "The picture is damaged."
TRUNCATED = "The picture is damaged: it ends too early."

CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
OFFSET = re.compile(r"[+-]\d\d:\d\d\Z", re.ASCII)


@contextmanager
def decoding() -> Iterator[None]:
    """Turn all errors of decoders into UnusableFile: a hostile file can cause any."""
    try:
        yield
    except (UnusableFile, FileNotFoundError):
        raise
    except UnidentifiedImageError as error:
        raise UnusableFile("The file is not a picture of a known format.") from error
    except Exception as error:
        raise UnusableFile(TRUNCATED if "truncated" in str(error) else DAMAGED) from error


def inspect(path: Path, types: Collection[str], max_pixels: int) -> Inspected:
    """Determine the type of a file; see `Images.inspect`."""
    with decoding():
        try:
            with opened(path, max_pixels) as image:
                found = _inspect_image(image)
        except UnidentifiedImageError:
            found = Inspected(_type_of_other(path))
    if found.mime_type not in types:
        raise UnusableFile(f"Files of the type {found.mime_type} are not accepted.")
    return found


def opened(path: Path, max_pixels: int) -> Image.Image:
    """Open a picture of at most `max_pixels` pixels and read its header."""
    image = Image.open(path, formats=[name for name in TYPES if name != "MPO"])
    width, height = image.size
    if width * height > max_pixels:
        image.close()
        raise UnusableFile(
            f"The picture has {width} x {height} pixels: there may be {max_pixels} at most."
        )
    return image


def orientation_of(image: Image.Image) -> int:
    """Return the EXIF orientation of a picture: 1 is upright."""
    # Pillow rotates TIFF pictures itself.
    value: Any = 1 if image.format == "TIFF" else _exif(image).get(Base.Orientation)
    return value if value in range(1, 9) else 1


def _inspect_image(image: Image.Image) -> Inspected:
    orientation = orientation_of(image)
    width, height = image.size if orientation < 5 else image.size[::-1]
    type = TYPES[image.format or ""]
    return Inspected(type, width, height, orientation, _captured(image))


def _exif(image: Image.Image) -> Image.Exif:
    """Read the EXIF block, which is empty where it is damaged and the picture is not."""
    if image.format == "PNG" and "exif" not in image.info:
        return Image.Exif()  # Pillow would decode the picture to find it at the end
    try:
        return image.getexif()
    except Exception:
        return Image.Exif()


def _captured(image: Image.Image) -> str | None:
    exif = _exif(image)
    with suppress(Exception):
        details = exif.get_ifd(IFD.Exif)
        taken = datetime.strptime(str(details[Base.DateTimeOriginal]), "%Y:%m:%d %H:%M:%S")
        offset = str(details.get(Base.OffsetTimeOriginal, ""))
        return taken.isoformat() + (offset if OFFSET.match(offset) else "")
    return None


def _type_of_other(path: Path) -> str:
    """Determine the type of a file that is not a picture."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head:
        raise UnusableFile("The file is empty.")
    try:
        found: str = puremagic.magic_string(head)[0].mime_type
    except puremagic.PureError:
        found = ""
    if found in TYPES.values():
        raise UnusableFile(DAMAGED)
    if found:
        return found
    if _is_text(head):
        return "text/plain"
    raise UnusableFile("The type of the file is not known.")


def _is_text(head: bytes) -> bool:
    """Return whether bytes are UTF-8 text; the last character may be incomplete."""
    try:
        getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return not CONTROL.search(head)

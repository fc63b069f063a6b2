"""The type of a file by its content, without decoding it."""

import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any, BinaryIO

import pillow_heif
from PIL import AvifImagePlugin, Image, TiffImagePlugin, UnidentifiedImageError, WebPImagePlugin
from PIL.ExifTags import IFD, Base

from houston.core.images.markers import check_markers
from houston.core.images.media_types import HEAD, media_type
from houston.core.images.sandbox import EXCEEDED
from houston.core.images.values import BYTES_PER_PIXEL, TRUNCATED, Inspected, UnusableFile

# The size is checked here, by the setting; Pillow warns at one limit and raises at another.
Image.MAX_IMAGE_PIXELS = None
pillow_heif.register_heif_opener(
    thumbnails=False, depth_images=False, aux_images=False, decode_threads=1
)

TYPES = {
    "AVIF": "image/avif",
    "BMP": "image/bmp",
    "GIF": "image/gif",
    "HEIF": "image/heic",
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",  # several in one file, as phones write them; the first is used
    "PNG": "image/png",
    "TIFF": "image/tiff",
    "WEBP": "image/webp",
}
"""The types by Pillow's names of the formats; its other decoders are not used."""
PLUGINS = (AvifImagePlugin, TiffImagePlugin, WebPImagePlugin)
"""The modules of formats that Pillow does not import by itself."""
Image.preinit()
FORMATS = [name for name in TYPES if name in Image.OPEN and name != "MPO"]

DEMANDING = {"AVIF": 13, "WEBP": 18}
"""The bytes for each pixel that decoders take which keep the picture several times."""
MAX_EXIF = 2**20
"""The bytes of an EXIF block that is read: one of a camera has less than 64 KiB."""

JPEG_START = b"\xff\xd8\xff"
DNG_VERSION, NEW_SUBFILE_TYPE, THUMBNAIL = 50706, 254, 1

UNKNOWN = "The file is not a picture of a known format."
DAMAGED = "The picture is damaged."
UNREADABLE = "The picture is damaged, or of a kind of {} that cannot be read: send it as a JPEG."
RAW = (
    "The file is a raw photograph, of which the thumbnail alone can be read: "
    "send it as a JPEG, as the program of the camera exports it."
)

OFFSET = re.compile(r"[+-]\d\d:\d\d\Z", re.ASCII)


@contextmanager
def decoding() -> Iterator[None]:
    """Turn all errors of decoders into UnusableFile: a hostile file can cause any."""
    try:
        yield
    except UnusableFile:
        raise
    except MemoryError as error:
        raise UnusableFile(EXCEEDED) from error
    except UnidentifiedImageError as error:
        raise UnusableFile(UNKNOWN) from error
    except Exception as error:
        raise UnusableFile(TRUNCATED if "truncated" in str(error) else DAMAGED) from error


def inspect(file: BinaryIO, types: Collection[str], max_pixels: int) -> Inspected:
    """Determine the type of a file; see `Images.inspect`."""
    head = file.read(HEAD)
    if not head:
        raise UnusableFile("The file is empty.")
    with decoding():
        try:
            with opened(file, max_pixels) as image:
                found = _inspect_image(image, head)
        except UnidentifiedImageError:
            found = Inspected(_type_of_other(head))
    if found.mime_type not in types:
        raise UnusableFile(f"Files of the type {found.mime_type} are not accepted.")
    return found


def opened(file: BinaryIO, max_pixels: int) -> Image.Image:
    """Open a picture and read its header.

    Raises:
        UnusableFile: The picture has more than `max_pixels` pixels, its markers are out of bounds,
            or it is the thumbnail of a raw photograph.
    """
    file.seek(0)
    is_jpeg = file.read(len(JPEG_START)) == JPEG_START
    file.seek(0)
    if is_jpeg:
        check_markers(file)
    image = Image.open(file, formats=FORMATS)
    width, height = image.size
    most = max_pixels * BYTES_PER_PIXEL // DEMANDING.get(image.format or "", BYTES_PER_PIXEL)
    if width * height > most:
        image.close()
        raise UnusableFile(
            f"The picture has {width} x {height} pixels: there may be {most} at most."
        )
    if _is_raw(image):
        raise UnusableFile(RAW)
    return image


def orientation_of(image: Image.Image) -> int:
    """Return the EXIF orientation of a picture: 1 is upright."""
    # Pillow rotates TIFF pictures itself.
    value: Any = 1 if image.format == "TIFF" else _exif(image).get(Base.Orientation)
    return value if value in range(1, 9) else 1


def _is_raw(image: Image.Image) -> bool:
    """Return whether a TIFF is a raw photograph, which cameras write with a thumbnail in front."""
    tags: Any = getattr(image, "tag_v2", {})
    return DNG_VERSION in tags or tags.get(NEW_SUBFILE_TYPE) == THUMBNAIL


def _inspect_image(image: Image.Image, head: bytes) -> Inspected:
    orientation = orientation_of(image)
    width, height = image.size if orientation < 5 else image.size[::-1]
    type = TYPES[image.format or ""]
    if type == "image/heic":
        type = media_type(head) or type
    return Inspected(type, width, height, orientation, _captured(image))


def _exif(image: Image.Image) -> Image.Exif:
    """Read the EXIF block, which is empty where it is damaged and the picture is not."""
    block: bytes = image.info.get("exif") or b""
    if image.format == "PNG" and not block:
        return Image.Exif()  # Pillow would decode the picture to find it at the end
    if len(block) > MAX_EXIF:
        return Image.Exif()
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


def _type_of_other(head: bytes) -> str:
    """Determine the type of a file that is not a picture."""
    found = media_type(head)
    if found in ("image/tiff", "image/heic", "image/heif", "image/avif"):
        raise UnusableFile(UNREADABLE.format(found.removeprefix("image/").upper()))
    if found in TYPES.values():
        raise UnusableFile(DAMAGED)
    if not found:
        raise UnusableFile("The type of the file is not known.")
    return found

"""Valid and malicious pictures."""

import struct
import zlib
from io import BytesIO
from typing import Any

import pillow_heif
from PIL import Image, ImageCms
from PIL.ExifTags import IFD, Base

pillow_heif.register_heif_opener()

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def written(image: Image.Image, format: str = "JPEG", **options: Any) -> bytes:
    """Return the bytes of a picture."""
    into = BytesIO()
    image.save(into, format, **options)
    return into.getvalue()


def flag() -> Image.Image:
    """Return a picture of 64 x 32 pixels: red at the top, blue below, green at the left."""
    image = Image.new("RGB", (64, 32), RED)
    image.paste(BLUE, (0, 16, 64, 32))
    image.paste(GREEN, (0, 0, 16, 32))
    return image


def exif(*, orientation: int = 1, taken: str | None = None, offset: str | None = None) -> bytes:
    """Return the EXIF block of a camera."""
    block = Image.Exif()
    block[Base.Orientation] = orientation
    details = block.get_ifd(IFD.Exif)
    if taken is not None:
        details[Base.DateTimeOriginal] = taken
    if offset is not None:
        details[Base.OffsetTimeOriginal] = offset
    block.get_ifd(IFD.GPSInfo)[1] = "N"
    return block.tobytes()


def exchanged_profile() -> bytes:
    """Return a colour profile that exchanges red and green."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for before, after in ((b"rXYZ", b"----"), (b"gXYZ", b"rXYZ"), (b"----", b"gXYZ")):
        profile = profile.replace(before, after)
    return profile.replace("sRGB".encode("utf-16-be"), "odd ".encode("utf-16-be"))


def chunk(name: bytes, data: bytes) -> bytes:
    """Return a chunk of a PNG."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int, height: int, *between: bytes, data: bytes = b"") -> bytes:
    """Return a PNG whose header has any size."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    pieces = (*between, chunk(b"IDAT", data), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(pieces)

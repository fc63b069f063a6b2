"""Photographs with the orientation of a camera."""

from io import BytesIO

import pillow_heif
from PIL import Image


def photograph(width: int = 400, height: int = 300, *, orientation: int = 1) -> bytes:
    """Return a JPEG whose upper left quarter, as stored, is red, and the rest green."""
    picture = Image.new("RGB", (width, height), "green")
    picture.paste("red", (0, 0, width // 2, height // 2))
    exif = Image.Exif()
    exif[0x0112] = orientation
    file = BytesIO()
    picture.save(file, "JPEG", exif=exif)
    return file.getvalue()


def heic(width: int = 64, height: int = 48) -> bytes:
    """Return a red photograph as phones write them."""
    file = BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", (width, height), "red")).save(file)
    return file.getvalue()


def pixel(jpeg: bytes, x: int, y: int) -> str:
    """Return which of the two colours a pixel has."""
    red, green, _ = Image.open(BytesIO(jpeg)).convert("RGB").getpixel((x, y))
    return "red" if red > green else "green"

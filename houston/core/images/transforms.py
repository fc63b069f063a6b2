"""Image transforms with Pillow. Their results are upright, in RGB and sRGB, without metadata."""

from collections.abc import Iterable, Mapping
from io import BytesIO
from math import cos, sin
from typing import BinaryIO

from PIL import Image, ImageDraw, ImageFile

from houston.core.images.colours import in_web_colours
from houston.core.images.inspection import decoding, opened, orientation_of
from houston.core.images.values import TRUNCATED, Box, Rendition, UnusableFile

Transpose = Image.Transpose

UPRIGHT = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
QUARTERS = {90: Transpose.ROTATE_90, 180: Transpose.ROTATE_180, 270: Transpose.ROTATE_270}

QUALITY = 85
OUTLINE_COLOUR = "#FF952C"
OUTLINE_WIDTH = 5

NOTHING = {(0, 0), (128, 128)}
"""The ranges of the colours where no pixel of a file is decoded."""
INCOMPLETE = "The file ends too early: the picture is shown as far as it goes."


def renditions(
    file: BinaryIO, max_pixels: int, formats: Mapping[str, int], rotation: int
) -> tuple[list[Rendition], str | None]:
    """Render a picture in some formats, each made of the one before; see `Images.renditions`.

    Returns:
        The renditions, and what is wrong with the file.
    """
    side, problem = max(formats.values()), None
    with decoding():
        try:
            image = _decoded_for(file, max_pixels, side)
        except OSError as error:
            if "truncated" not in str(error):
                raise
            ImageFile.LOAD_TRUNCATED_IMAGES = True
            image, problem = _decoded_for(file, max_pixels, side), INCOMPLETE
            if set(image.getextrema()) <= NOTHING:
                raise UnusableFile(TRUNCATED) from None
        made: list[Rendition] = []
        for format, side in formats.items():
            image = scaled_down(image, side)
            if not made:  # as late as possible: it takes the memory of two pictures
                image = rotated(image, rotation)
            made.append(Rendition(format, jpeg(image), image.width, image.height))
        return made, problem


def _decoded_for(file: BinaryIO, max_pixels: int, side: int) -> Image.Image:
    """Decode a picture for renditions with sides of `side` pixels at most."""
    image = opened(file, max_pixels)
    # A JPEG can be decoded at half its size or less, in less time and memory.
    image.draft(None, fitted(image.size, side))
    return decoded(image)


def load(file: BinaryIO, max_pixels: int) -> Image.Image:
    """Read a picture, upright, in RGB and sRGB.

    Raises:
        UnusableFile: The file is not a picture that can be decoded.
    """
    with decoding():
        return decoded(opened(file, max_pixels))


def fitted(size: tuple[int, int], box: int) -> tuple[int, int]:
    """Return the largest size within a square that keeps the aspect ratio and enlarges nothing."""
    scale = min(1.0, box / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def decoded(image: Image.Image) -> Image.Image:
    """Decode a picture: in RGB, upright, without its metadata."""
    orientation = orientation_of(image)
    shown = in_web_colours(image)
    if orientation in UPRIGHT:
        shown = shown.transpose(UPRIGHT[orientation])
    shown.info.clear()
    return shown


def rotated(image: Image.Image, angle: int) -> Image.Image:
    """Turn a picture counter-clockwise by `angle` degrees.

    Quarter turns exchange width and height; any other angle cuts the corners off.
    """
    angle %= 360
    if angle == 0:
        return image
    if angle in QUARTERS:
        return image.transpose(QUARTERS[angle])
    return image.rotate(angle, resample=Image.Resampling.BICUBIC)


def cropped(image: Image.Image, x: float, y: float, width: float, height: float) -> Image.Image:
    """Cut out the part of a picture within a rectangle in pixels.

    Raises:
        UnusableFile: No pixel is within the rectangle.
    """
    left, top = max(0, round(x)), max(0, round(y))
    right, bottom = min(image.width, round(x + width)), min(image.height, round(y + height))
    if left >= right or top >= bottom:
        raise UnusableFile("The crop is outside of the picture.")
    return image.crop((left, top, right, bottom))


def scaled_down(image: Image.Image, box: int) -> Image.Image:
    """Scale a picture down to fit a square of `box` pixels."""
    size = fitted(image.size, box)
    if size == image.size:
        return image
    # First by a whole factor, which is quick, then by the rest, which is good.
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=1.5)


def outlined(image: Image.Image, boxes: Iterable[Box], scale: float = 1.0) -> Image.Image:
    """Copy a picture and draw the outlines of boxes, which are in pixels larger by `scale`."""
    image = image.copy()
    draw = ImageDraw.Draw(image)
    for box in boxes:
        corners = [(x / scale, y / scale) for x, y in _corners(box)]
        # The first side once more, so that all four corners are joined.
        draw.line([*corners, *corners[:2]], fill=OUTLINE_COLOUR, width=OUTLINE_WIDTH, joint="curve")
    return image


def _corners(box: Box) -> Iterable[tuple[float, float]]:
    middle_x, middle_y = box.x + box.width / 2, box.y + box.height / 2
    cosine, sine = cos(box.theta), sin(box.theta)
    for right, down in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        x, y = right * box.width / 2, down * box.height / 2
        yield middle_x + x * cosine - y * sine, middle_y + x * sine + y * cosine


def jpeg(image: Image.Image) -> bytes:
    """Encode a picture as a JPEG without metadata."""
    written = BytesIO()
    image.save(written, "JPEG", quality=QUALITY)
    return written.getvalue()

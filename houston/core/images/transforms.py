"""Image transforms with Pillow. Their results are upright, in RGB and sRGB, without metadata."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from io import BytesIO
from math import cos, sin
from pathlib import Path
from threading import Condition, Lock

from PIL import Image, ImageCms, ImageDraw

from houston.core.images import Box, Rendition, UnusableFile
from houston.core.images.inspection import decoding, opened, orientation_of

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
MODES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}
"""The modes of pictures by the colour spaces of profiles."""

SRGB = ImageCms.createProfile("sRGB")
BACKGROUND = "white"
QUALITY = 85
OUTLINE_COLOUR = "#FF952C"
OUTLINE_WIDTH = 5


class PixelBudget:
    """The number of pixels that may be decoded at once; threads that need more wait.

    A picture larger than the budget is decoded while nothing else is.
    """

    def __init__(self, pixels: int) -> None:
        self._size = self._free = pixels
        self._changed = Condition()

    @contextmanager
    def taken(self, pixels: int) -> Iterator[None]:
        """Take pixels until the block ends."""
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


BUDGET = PixelBudget(30_000_000)
"""Of this process, at four bytes a pixel: two photographs of most cameras."""
SCALING = Lock()
"""One picture is scaled down at a time: it is quick, but takes half the memory of the picture."""


def renditions(
    path: Path, max_pixels: int, formats: Mapping[str, int], rotation: int
) -> list[Rendition]:
    """Render a picture in some formats, each made of the one before; see `Images.renditions`."""
    with decoding(), opened(path, max_pixels) as image:
        size = fitted(image.size, max(formats.values()))
        # A JPEG can be decoded at half its size or less, in less time and memory.
        image.draft(None, size)
        turned = orientation_of(image) > 1 or rotation % 360 != 0
        with BUDGET.taken(image.width * image.height * (2 if turned else 1)):
            return list(_renditions(rotated(decoded(image), rotation), formats))


def _renditions(image: Image.Image, formats: Mapping[str, int]) -> Iterator[Rendition]:
    for format, side in formats.items():
        with SCALING:
            image = scaled_down(image, side)
        yield Rendition(format, jpeg(image), image.width, image.height)


def load(path: Path, max_pixels: int) -> Image.Image:
    """Read a picture, upright, in RGB and sRGB; any fault raises UnusableFile."""
    with decoding(), opened(path, max_pixels) as image:
        return decoded(image)


def fitted(size: tuple[int, int], box: int) -> tuple[int, int]:
    """Return the largest size within a square that keeps the aspect ratio and enlarges nothing."""
    scale = min(1.0, box / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def decoded(image: Image.Image) -> Image.Image:
    """Decode a picture: in RGB, upright, without its metadata."""
    orientation = orientation_of(image)
    profile = image.info.get("icc_profile")
    image.load()
    image = _in_web_colours(_without_transparency(image), profile)
    if orientation in UPRIGHT:
        image = image.transpose(UPRIGHT[orientation])
    image.info.clear()
    return image


def rotated(image: Image.Image, angle: int) -> Image.Image:
    """Turn a picture counter-clockwise by `angle` degrees.

    Quarter turns exchange width and height; any other angle cuts the corners off.
    """
    if angle % 360 == 0:
        return image
    return image.rotate(angle, Image.Resampling.BICUBIC, expand=angle % 90 == 0)


def cropped(image: Image.Image, x: float, y: float, width: float, height: float) -> Image.Image:
    """Cut out the part of a picture within a rectangle in pixels; see `Images.crop`."""
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


def _without_transparency(image: Image.Image) -> Image.Image:
    """Put a transparent picture on a white background."""
    if not image.has_transparency_data:
        return image
    layer = image if image.mode == "RGBA" else image.convert("RGBA")
    ground = Image.new("RGB", layer.size, BACKGROUND)
    ground.paste(layer, mask=layer)
    return ground


def _in_web_colours(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Convert a picture to sRGB; a damaged profile, or one of another mode, is ignored."""
    if profile:
        with suppress(ImageCms.PyCMSError, OSError, ValueError):
            image = _converted(image, ImageCms.ImageCmsProfile(BytesIO(profile)))
    if image.mode.startswith("I;16"):
        image = image.point(lambda value: value / 256, "L")
    return image if image.mode == "RGB" else image.convert("RGB")


def _converted(image: Image.Image, profile: ImageCms.ImageCmsProfile) -> Image.Image:
    space = profile.profile.xcolor_space.strip()
    description = profile.profile.profile_description or ""
    if MODES.get(space) != image.mode or description.startswith("sRGB"):
        return image
    same = image.mode == "RGB"
    converted = ImageCms.profileToProfile(image, profile, SRGB, outputMode="RGB", inPlace=same)
    return image if converted is None else converted

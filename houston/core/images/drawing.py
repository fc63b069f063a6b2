"""Outlines of what is marked in a picture."""

from collections.abc import Iterable
from math import cos, sin
from typing import NamedTuple

from PIL import Image, ImageDraw

COLOUR = "#FF952C"
WIDTH = 5


class Box(NamedTuple):
    """A rectangle in pixels, turned clockwise about its middle by `theta` radians."""

    x: float
    y: float
    width: float
    height: float
    theta: float = 0.0


def outlined(image: Image.Image, boxes: Iterable[Box], scale: float = 1.0) -> Image.Image:
    """The picture with outlines of boxes in the pixels of one that is larger by `scale`."""
    image = image.copy()
    draw = ImageDraw.Draw(image)
    for box in boxes:
        corners = [(x / scale, y / scale) for x, y in _corners(box)]
        # The first side once more, so that all four corners are joined.
        draw.line([*corners, *corners[:2]], fill=COLOUR, width=WIDTH, joint="curve")
    return image


def _corners(box: Box) -> Iterable[tuple[float, float]]:
    middle_x, middle_y = box.x + box.width / 2, box.y + box.height / 2
    cosine, sine = cos(box.theta), sin(box.theta)
    for right, down in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        x, y = right * box.width / 2, down * box.height / 2
        yield middle_x + x * cosine - y * sine, middle_y + x * sine + y * cosine

"""The colours of pictures of all modes, converted to RGB and sRGB.

A picture is converted in strips, so that no more than it and its result are in memory.
"""

from collections.abc import Callable
from functools import partial
from io import BytesIO
from math import isfinite
from typing import Any

from PIL import Image, ImageCms, ImageMath

from houston.core.images.values import UnusableFile

Conversion = Callable[[Image.Image], Image.Image]

MODES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}
"""The modes of pictures by the colour spaces of profiles."""
SRGB = ImageCms.createProfile("sRGB")
BACKGROUND = "white"
STRIP = 2**20
"""The pixels that are converted at once."""

WIDE = ("I", "F")
"""The modes with 32 bits a pixel, of which the range is not given."""
WHITES = (1.0, 255.0, 65535.0)
"""The values of white that are usual in them."""
SMALL_SAMPLES = {"L;2": 85, "L;4": 17}
"""The factors by which Pillow enlarges the samples of fewer bits, by its names of them."""

NOT_NUMBERS = "The picture has values that are not numbers."


def in_web_colours(image: Image.Image) -> Image.Image:
    """Decode a picture, convert it to RGB and sRGB on a white ground, and close it."""
    profile, key = image.info.get("icc_profile"), _transparent_value(image)
    image.load()
    convert = _conversion(image, profile, key)
    if convert is None:
        return image
    result = Image.new("RGB", image.size)
    rows = max(1, STRIP // image.width)
    for top in range(0, image.height, rows):
        strip = image.crop((0, top, image.width, min(top + rows, image.height)))
        result.paste(convert(strip), (0, top))
    image.close()
    return result


def _transparent_value(image: Image.Image) -> Any:
    """Return the value of transparent pixels, in the range that they have once decoded."""
    key = image.info.get("transparency")
    if isinstance(key, tuple) and max(key) > 255:
        return tuple(value >> 8 for value in key)  # those of 16 bits become 8
    tiles = getattr(image, "tile", None)
    if isinstance(key, int) and image.mode == "L" and tiles:
        return key * SMALL_SAMPLES.get(str(tiles[0][3]), 1)
    return key


def _conversion(image: Image.Image, profile: bytes | None, key: Any) -> Conversion | None:
    """Return the function that converts strips of a picture; None if there is nothing to do."""
    if image.mode in WIDE or image.mode.startswith("I;16"):
        to_grey = _to_grey(image)
        return partial(_keyed, to_grey, key) if isinstance(key, int) else to_grey
    if image.has_transparency_data:
        return partial(_on_white, _managed(image, profile), key)
    managed = _managed(image, profile)
    return None if image.mode == "RGB" and managed is _plain else managed


def _to_grey(image: Image.Image) -> Conversion:
    """Return the function that makes a strip of 16 or 32 bits grey, with 8 bits."""
    if image.mode not in WIDE:
        return lambda strip: _stretched(strip.convert("I"), 0, 65535)
    extrema: Any = image.getextrema()
    black, white = map(float, extrema)
    if not (isfinite(black) and isfinite(white)):
        raise UnusableFile(NOT_NUMBERS)
    usual = next((each for each in WHITES if black >= 0 and white <= each), None)
    low, high = (black, max(white, black + 1e-9)) if usual is None else (0.0, usual)
    return lambda strip: _stretched(strip, low, high)


def _stretched(strip: Image.Image, black: float, white: float) -> Image.Image:
    scale = 255 / (white - black)
    grey = strip.convert("F").point(lambda value: value * scale + (0.5 - black * scale))
    return grey.convert("L")


def _keyed(convert: Conversion, key: int, strip: Image.Image) -> Image.Image:
    """Convert a strip whose pixels of one value are transparent, and put it on white."""
    ground = convert(strip).convert("RGB")
    mask = ImageMath.lambda_eval(
        lambda names: names["convert"]((names["strip"] == key) * 255, "L"),
        strip=strip.convert("I"),
    )
    ground.paste(BACKGROUND, mask=mask)
    return ground


def _on_white(convert: Conversion, key: Any, strip: Image.Image) -> Image.Image:
    """Put a strip with transparency on a white ground, after its conversion."""
    if key is not None:
        strip.info["transparency"] = key
    layer = strip if strip.mode == "RGBA" else strip.convert("RGBA")
    ground = Image.new("RGB", layer.size, BACKGROUND)
    ground.paste(convert(layer.convert("RGB")), mask=layer.getchannel("A"))
    return ground


def _managed(image: Image.Image, profile: bytes | None) -> Conversion:
    """Return the conversion to sRGB; a damaged profile, or one of another mode, is ignored."""
    mode = "RGB" if image.has_transparency_data else image.mode
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            description = source.profile.profile_description or ""
            if MODES.get(source.profile.xcolor_space.strip()) == mode and not (
                description.startswith("sRGB")
            ):
                transform = ImageCms.buildTransform(source, SRGB, mode, "RGB")
                return lambda strip: ImageCms.applyTransform(strip, transform) or strip
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass
    return _plain


def _plain(strip: Image.Image) -> Image.Image:
    return strip.convert("RGB")

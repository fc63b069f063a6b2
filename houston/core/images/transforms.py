"""Pictures turned, cut, shrunk and written: always RGB in the colours of the web."""

from io import BytesIO

from PIL import Image, ImageCms

from houston.core.images.errors import UnusableFile
from houston.core.images.inspection import orientation_of

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
MODES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}
"""The modes of pictures by the colour spaces of profiles."""

SRGB = ImageCms.createProfile("sRGB")
GROUND = "white"
QUALITY = 85


def fitted(size: tuple[int, int], box: int) -> tuple[int, int]:
    """The largest size within a square box that keeps the aspect; a smaller picture stays so."""
    scale = min(1.0, box / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def developed(image: Image.Image) -> Image.Image:
    """The picture decoded, in RGB and upright, without its metadata."""
    orientation = orientation_of(image)
    profile = image.info.get("icc_profile")
    image.load()
    image = _in_web_colours(_without_transparency(image), profile)
    if orientation in UPRIGHT:
        image = image.transpose(UPRIGHT[orientation])
    image.info.clear()
    return image


def rotated(image: Image.Image, angle: int) -> Image.Image:
    """The picture turned counter-clockwise by this many degrees.

    Quarters exchange width and height; by any other angle the corners are cut off.
    """
    angle %= 360
    if angle == 0:
        return image
    if angle in QUARTERS:
        return image.transpose(QUARTERS[angle])
    return image.rotate(angle, resample=Image.Resampling.BICUBIC)


def cropped(image: Image.Image, x: float, y: float, width: float, height: float) -> Image.Image:
    """What of the picture is within a rectangle in pixels; raises UnusableFile if nothing is."""
    left, top = max(0, round(x)), max(0, round(y))
    right, bottom = min(image.width, round(x + width)), min(image.height, round(y + height))
    if left >= right or top >= bottom:
        raise UnusableFile("There is nothing of the picture within the crop.")
    return image.crop((left, top, right, bottom))


def shrunk(image: Image.Image, box: int) -> Image.Image:
    """The picture as it fits into a square box."""
    size = fitted(image.size, box)
    if size == image.size:
        return image
    # First by a whole factor, which is quick, then by the rest, which is good.
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=1.5)


def jpeg(image: Image.Image) -> bytes:
    """The picture as a JPEG without metadata."""
    written = BytesIO()
    image.save(written, "JPEG", quality=QUALITY)
    return written.getvalue()


def _without_transparency(image: Image.Image) -> Image.Image:
    """The picture on a white ground."""
    if not image.has_transparency_data:
        return image
    layer = image if image.mode == "RGBA" else image.convert("RGBA")
    ground = Image.new("RGB", layer.size, GROUND)
    ground.paste(layer, mask=layer)
    return ground


def _in_web_colours(image: Image.Image, profile: bytes | None) -> Image.Image:
    """The picture in sRGB; a profile that is damaged, or of other colours, is left aside."""
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            image = _converted(image, source)
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass
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

"""Image transforms: upright, in sRGB, without metadata, and of bounded size."""

import struct
import zlib
from io import BytesIO
from math import pi
from pathlib import Path

import pytest
from PIL import Image

from houston.core.images import Images
from houston.core.images.transforms import (
    INCOMPLETE,
    UPRIGHT,
    cropped,
    jpeg,
    load,
    outlined,
    rotated,
)
from houston.core.images.values import Box, UnusableFile
from tests.unit.core.images.conftest import FORMATS, MakeFile
from tests.unit.core.images.pictures import (
    BLUE,
    GREEN,
    RED,
    WHITE,
    chunk,
    exchanged_profile,
    exif,
    flag,
    png,
    written,
)

Pixel = tuple[int, int]
MAX_PIXELS = 10_000_000


def is_like(image: Image.Image, at: Pixel, colour: tuple[int, ...]) -> bool:
    """Return whether a pixel has a colour, within the loss of JPEG."""
    found = image.getpixel(at)
    assert isinstance(found, tuple)
    return all(abs(one - other) < 30 for one, other in zip(found, colour, strict=True))


def loaded(path: Path) -> Image.Image:
    with path.open("rb") as file:
        return load(file, MAX_PIXELS)


def opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data))


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((1000, 664), [(1000, 664), (1000, 664), (256, 170)]),
        ((5000, 10), [(4096, 8), (1024, 2), (256, 1)]),
        ((9000, 6000), [(4096, 2731), (1024, 683), (256, 171)]),
        ((3, 7), [(3, 7), (3, 7), (3, 7)]),
    ],
)
def test_formats_fit_their_boxes(
    images: Images, file: MakeFile, size: Pixel, expected: list[Pixel]
) -> None:
    created = images.renditions(file(written(Image.new("RGB", size, RED))), FORMATS).renditions
    assert [each.format for each in created] == ["master", "mid", "thumb"]
    assert [(each.width, each.height) for each in created] == expected
    for each in created:
        image = opened(each.data)
        assert (image.format, image.mode) == ("JPEG", "RGB")
        assert image.size == (each.width, each.height)
        assert is_like(image, (0, 0), RED)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
def test_pictures_are_upright(
    images: Images, file: MakeFile, format: str, orientation: int
) -> None:
    undo = {6: 8, 8: 6}.get(orientation, orientation)
    stored = flag().transpose(UPRIGHT[undo]) if orientation > 1 else flag()
    data = written(stored, format, exif=exif(orientation=orientation))
    image = opened(images.renditions(file(data), FORMATS).renditions[0].data)
    assert image.size == (64, 32)
    assert is_like(image, (4, 16), GREEN)
    assert is_like(image, (60, 4), RED)
    assert is_like(image, (60, 28), BLUE)


@pytest.mark.parametrize(
    ("angle", "size", "green"),
    [
        (0, (64, 32), (4, 16)),
        (360, (64, 32), (4, 16)),
        (90, (32, 64), (16, 60)),
        (180, (64, 32), (60, 16)),
        (450, (32, 64), (16, 60)),
        (270, (32, 64), (16, 4)),
        (-90, (32, 64), (16, 4)),
    ],
)
def test_pictures_are_rotated_counter_clockwise(
    images: Images, file: MakeFile, angle: int, size: Pixel, green: Pixel
) -> None:
    image = opened(
        images.renditions(file(written(flag())), FORMATS, rotation=angle).renditions[0].data
    )
    assert image.size == size
    assert is_like(image, green, GREEN)


def test_other_angles_remove_the_corners() -> None:
    image = rotated(flag(), 45)
    assert image.size == (64, 32)
    assert image.getpixel((0, 0)) == (0, 0, 0)


def test_metadata_are_removed(images: Images, file: MakeFile) -> None:
    data = written(
        flag(),
        exif=exif(taken="2021:11:08 07:37:31"),
        comment=b"secret",
        xmp=b"<secret/>",
        dpi=(9, 9),
    )
    for created in images.renditions(file(data), FORMATS).renditions:
        assert b"secret" not in created.data
        assert b"Exif" not in created.data
        assert b"2021" not in created.data


def test_appended_bytes_are_removed(images: Images, file: MakeFile) -> None:
    payload = b"<script>alert(1)</script>PK\x03\x04"
    data = written(flag(), comment=payload) + payload
    assert images.inspect(file(data)).mime_type == "image/jpeg"
    for created in images.renditions(file(data), FORMATS).renditions:
        assert b"script" not in created.data
        assert b"PK" not in created.data


class TestColours:
    def test_profiles_are_applied(self, images: Images, file: MakeFile) -> None:
        red = Image.new("RGB", (16, 16), RED)
        data = written(red, icc_profile=exchanged_profile())
        for created in images.renditions(file(data), FORMATS).renditions:
            assert is_like(opened(created.data), (8, 8), GREEN)
            assert "icc_profile" not in opened(created.data).info

    @pytest.mark.parametrize(
        "profile", [b"nonsense", exchanged_profile()[:100]], ids=["nonsense", "cut off"]
    )
    def test_damaged_profiles_are_ignored(self, file: MakeFile, profile: bytes) -> None:
        data = written(Image.new("RGB", (16, 16), RED), icc_profile=profile)
        assert is_like(loaded(file(data)), (8, 8), RED)

    def test_profiles_of_other_modes_are_ignored(self, file: MakeFile) -> None:
        data = written(Image.new("L", (16, 16), 128), icc_profile=exchanged_profile())
        assert is_like(loaded(file(data)), (8, 8), (128, 128, 128))

    @pytest.mark.parametrize(
        ("mode", "format", "colour", "shown"),
        [
            ("RGBA", "PNG", (255, 0, 0, 0), WHITE),
            ("RGBA", "PNG", (255, 0, 0, 255), RED),
            ("LA", "PNG", (0, 0), WHITE),
            ("P", "GIF", 0, (0, 0, 0)),
            ("1", "PNG", 1, WHITE),
            ("L", "JPEG", 255, WHITE),
            ("I;16", "PNG", 65535, WHITE),
            ("I;16", "PNG", 128 * 256, (128, 128, 128)),
            ("I;16B", "TIFF", 128 * 256, (128, 128, 128)),
            ("I", "TIFF", 128, (128, 128, 128)),
            ("I", "TIFF", 128 * 256, (128, 128, 128)),
            ("F", "TIFF", 0.5, (128, 128, 128)),
            ("F", "TIFF", 128.0, (128, 128, 128)),
            ("F", "TIFF", 128 * 257.0, (128, 128, 128)),
            ("CMYK", "JPEG", (0, 255, 255, 0), RED),
            ("CMYK", "TIFF", (0, 255, 255, 0), RED),
        ],
    )
    def test_all_become_rgb(
        self,
        file: MakeFile,
        mode: str,
        format: str,
        colour: int | tuple[int, ...],
        shown: tuple[int, int, int],
    ) -> None:
        image = loaded(file(written(Image.new(mode, (16, 16), colour), format)))
        assert image.mode == "RGB"
        assert is_like(image, (8, 8), shown)

    def test_values_beyond_the_usual_are_stretched(self, file: MakeFile) -> None:
        image = Image.new("F", (16, 16), -1000.0)
        image.paste(3000.0, (0, 0, 8, 16))
        shown = loaded(file(written(image, "TIFF")))
        assert (shown.getpixel((0, 0)), shown.getpixel((15, 0))) == (WHITE, (0, 0, 0))

    def test_values_that_are_not_numbers(self, file: MakeFile) -> None:
        image = Image.new("F", (16, 16), float("nan"))
        with pytest.raises(UnusableFile, match="values that are not numbers"):
            loaded(file(written(image, "TIFF")))

    @pytest.mark.parametrize(
        ("mode", "key", "background", "foreground"),
        [
            ("I;16", 1000, 1000, 128 * 256),
            ("L", 7, 7, 128),
            ("P", 0, 0, 1),
            ("1", 0, 0, 1),
            ("RGB", (1, 2, 3), (1, 2, 3), (128, 128, 128)),
        ],
    )
    def test_value_of_transparent_pixels(
        self, file: MakeFile, mode: str, key: object, background: object, foreground: object
    ) -> None:
        image = Image.new(mode, (16, 16), background)  # type: ignore[arg-type]
        if mode == "P":
            image.putpalette([0, 0, 0, 128, 128, 128])
        image.paste(Image.new(mode, (8, 16), foreground))  # type: ignore[arg-type]
        shown = loaded(file(written(image, "PNG", transparency=key)))
        assert shown.getpixel((12, 8)) == WHITE
        assert is_like(shown, (4, 8), WHITE if mode == "1" else (128, 128, 128))

    @pytest.mark.parametrize("bits", [2, 4, 16])
    def test_transparent_value_of_other_depths(self, file: MakeFile, bits: int) -> None:
        kind, keys = (2, (1000, 2000, 3000)) if bits == 16 else (0, (1,))
        header = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, bits, kind, 0, 0, 0))
        sample = b"".join(key.to_bytes(2, "big") for key in keys)
        row = sample if bits == 16 else bytes([1 << (8 - bits)])
        data = chunk(b"tRNS", sample) + chunk(b"IDAT", zlib.compress(b"\0" + row))
        shown = loaded(file(b"\x89PNG\r\n\x1a\n" + header + data + chunk(b"IEND", b"")))
        assert shown.getpixel((0, 0)) == WHITE

    def test_profile_of_a_transparent_picture(self, file: MakeFile) -> None:
        red = Image.new("RGBA", (16, 16), (*RED, 255))
        data = written(red, "PNG", icc_profile=exchanged_profile())
        assert is_like(loaded(file(data)), (8, 8), GREEN)

    def test_strips_of_a_large_picture(self, file: MakeFile) -> None:
        grey = Image.linear_gradient("L").resize((3000, 1500)).convert("LA")
        shown = loaded(file(written(grey, "PNG")))
        assert shown.convert("L").getextrema() == (0, 255)
        assert [shown.getpixel((9, y))[0] for y in (0, 349, 350, 1499)] == [
            grey.getpixel((9, y))[0] for y in (0, 349, 350, 1499)
        ]


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (png(8, 8, data=b"nonsense"), r"damaged\."),
        (png(8, 8, chunk(b"IDAT", b"x\x9c")), "damaged"),
        (png(50_000, 50_000), "50000 x 50000 pixels"),
        (b"no picture", "not a picture of a known format"),
        (b"", "not a picture of a known format"),
    ],
)
def test_undecodable_files_are_refused(
    images: Images, file: MakeFile, data: bytes, text: str
) -> None:
    path = file(data)
    with pytest.raises(UnusableFile, match=text):
        images.renditions(path, FORMATS)
    with pytest.raises(UnusableFile, match=text):
        images.crop(path, 0, 0, 1, 1)


@pytest.mark.parametrize("missing", [1, 2, 500, 1500])
@pytest.mark.parametrize("format", ["JPEG", "PNG", "TIFF"])
def test_truncated_picture_is_shown_as_far_as_it_goes(
    images: Images, file: MakeFile, format: str, missing: int
) -> None:
    noise = Image.effect_noise((64, 64), 90).convert("RGB")
    image = Image.new("RGB", (64, 128), RED)
    image.paste(noise, (0, 64))
    rendered = images.renditions(file(written(image, format)[:-missing]), FORMATS)
    assert is_like(opened(rendered.renditions[0].data), (8, 8), RED)
    if missing > 12:  # the last bytes of a PNG are no part of the picture
        assert rendered.problem == INCOMPLETE


class TestCropping:
    def test_numbers_are_rounded_and_kept_within_the_picture(self) -> None:
        part = cropped(flag(), 15.6, -3.0, 1000.0, 19.2)
        assert part.size == (48, 16)
        assert part.getcolors() == [(48 * 16, RED)]

    def test_of_a_file(self, images: Images, file: MakeFile) -> None:
        part = opened(images.crop(file(written(flag())), 16, 0, 48, 16))
        assert (part.format, part.size) == ("JPEG", (48, 16))

    @pytest.mark.parametrize("rectangle", [(64, 0, 5, 5), (0, 0, 0.2, 5), (-9, 0, 9, 5)])
    def test_empty_rectangle_is_refused(self, rectangle: tuple[float, float, float, float]) -> None:
        with pytest.raises(UnusableFile, match="outside of the picture"):
            cropped(flag(), *rectangle)


class TestOutlining:
    def test_upright_boxes_in_the_pixels_of_a_larger_picture(self) -> None:
        image = outlined(Image.new("RGB", (100, 100)), [Box(40, 40, 80, 120)], scale=2.0)
        orange = (0xFF, 0x95, 0x2C)
        for at in ((20, 50), (60, 50), (40, 20), (40, 80), (18, 50), (20, 20), (22, 50)):
            assert image.getpixel(at) == orange
        for at in ((16, 50), (24, 50), (40, 50), (64, 50)):
            assert image.getpixel(at) == (0, 0, 0)

    def test_rotated_boxes(self) -> None:
        image = outlined(Image.new("RGB", (100, 100)), [Box(20, 40, 60, 20, pi / 2)])
        assert image.getpixel((40, 50)) == (0xFF, 0x95, 0x2C)
        assert image.getpixel((60, 50)) == (0xFF, 0x95, 0x2C)
        assert image.getpixel((50, 20)) == (0xFF, 0x95, 0x2C)
        assert image.getpixel((20, 50)) == (0, 0, 0)

    def test_of_a_file(self, images: Images, file: MakeFile) -> None:
        image = opened(images.outline(file(written(flag())), [Box(20, 4, 20, 20)]))
        assert image.format == "JPEG"
        assert is_like(image, (20, 14), (0xFF, 0x95, 0x2C))

    def test_original_picture_is_not_changed(self) -> None:
        image = Image.new("RGB", (100, 100))
        outlined(image, [Box(20, 20, 20, 20)])
        assert image.getcolors() == [(10_000, (0, 0, 0))]


def test_jpeg_of_a_picture() -> None:
    assert opened(jpeg(flag())).size == (64, 32)

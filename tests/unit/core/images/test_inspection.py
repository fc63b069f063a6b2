"""The type of a file is determined by its bytes; malicious files are refused before decoding."""

import re
import zlib
from contextlib import suppress
from functools import partial
from io import BytesIO
from time import perf_counter
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from houston.core.images import Images, Inspected, UnusableFile
from houston.core.images.inspection import inspect
from tests.unit.core.images.conftest import FORMATS, MakeFile
from tests.unit.core.images.pictures import chunk, exif, flag, png, written

MP4 = b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41" + b"\0" * 50
WEBM = bytes.fromhex("1a45dfa39f4286810142f7810142f2810442f381084282847765626d42878104")
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def zip_bomb() -> bytes:
    written_zip = BytesIO()
    with ZipFile(written_zip, "w", ZIP_DEFLATED) as archive:
        archive.writestr("zeros", b"\0" * 10_000_000)
    return written_zip.getvalue()


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF"])
def test_pictures(images: Images, file: MakeFile, format: str) -> None:
    expected = Inspected(f"image/{format.lower()}", 64, 32)
    assert images.inspect(file(written(flag(), format))) == expected


def test_the_first_of_several_pictures_in_one_file(images: Images, file: MakeFile) -> None:
    phone = written(flag(), "MPO", save_all=True, append_images=[flag().reduce(2)])
    assert images.inspect(file(phone)) == Inspected("image/jpeg", 64, 32)


@pytest.mark.parametrize(
    ("data", "type"),
    [
        (MP4, "video/mp4"),
        (WEBM, "video/webm"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "application/pdf"),
        ("Zebras, 12 \N{ZEBRA FACE}\n".encode(), "text/plain"),
        (b"a" * 4095 + "\N{ZEBRA FACE}".encode(), "text/plain"),
    ],
)
def test_other_files(images: Images, file: MakeFile, data: bytes, type: str) -> None:
    assert images.inspect(file(data)) == Inspected(type)


@pytest.mark.parametrize("orientation", range(10))
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_size_is_that_of_the_upright_picture(
    images: Images, file: MakeFile, format: str, orientation: int
) -> None:
    data = written(flag(), format, exif=exif(orientation=orientation))
    found = images.inspect(file(data))
    turned = orientation in range(5, 9)
    assert (found.width, found.height) == ((32, 64) if turned else (64, 32))
    master = images.renditions(file(data), FORMATS)[0]
    assert (master.width, master.height) == (found.width, found.height)


@pytest.mark.parametrize(
    ("taken", "offset", "captured"),
    [
        ("2021:11:08 07:37:31", None, "2021-11-08T07:37:31"),
        ("2021:11:08 07:37:31", "+03:00", "2021-11-08T07:37:31+03:00"),
        ("2021:11:08 07:37:31", "Nairobi", "2021-11-08T07:37:31"),
        ("0000:00:00 00:00:00", "+03:00", None),
        ("yesterday", None, None),
        (None, None, None),
    ],
)
def test_time_of_capture(
    images: Images, file: MakeFile, taken: str | None, offset: str | None, captured: str | None
) -> None:
    data = written(flag(), exif=exif(taken=taken, offset=offset))
    assert images.inspect(file(data)).captured == captured


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_damaged_metadata_are_ignored(images: Images, file: MakeFile) -> None:
    data = written(flag(), exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff\0\0")
    assert images.inspect(file(data)) == Inspected("image/jpeg", 64, 32)
    master = images.renditions(file(data), FORMATS)[0]
    assert (master.width, master.height) == (64, 32)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", "The file is empty."),
        (b"\0\1\2\3 nothing known", "The type of the file is not known."),
        (b"caf\xe9 au lait", "The type of the file is not known."),
        (SVG, "Files of the type image/svg+xml are not accepted."),
        (
            b"<!DOCTYPE html><script>alert(1)</script>",
            "Files of the type text/html are not accepted.",
        ),
        (zip_bomb(), "are not accepted."),
        (b"\x7fELF" + b"\0" * 60, "The type of the file is not known."),
        (b"GIF89a", "The picture is damaged."),
        (written(flag())[:10], "The picture is damaged."),
        (png(50_000, 50_000), "The picture has 50000 x 50000 pixels: there may be 64000000"),
        (png(10_001, 10_000), "The picture has 10001 x 10000 pixels"),
        (png(0, 0), "The picture is damaged."),
        (png(2**31 - 1, 2**31 - 1), "The picture has 2147483647 x 2147483647 pixels"),
    ],
)
def test_unusable_files_are_refused(images: Images, file: MakeFile, data: bytes, text: str) -> None:
    started = perf_counter()
    with pytest.raises(UnusableFile, match=re.escape(text)):
        images.inspect(file(data))
    assert perf_counter() - started < 1


def test_bomb_in_the_metadata(images: Images, file: MakeFile) -> None:
    bomb = b"comment\0\0" + zlib.compress(b"\0" * 200_000_000, 9)
    with pytest.raises(UnusableFile):
        images.renditions(file(png(8, 8, chunk(b"zTXt", bomb))), FORMATS)


def test_types_that_the_settings_exclude(file: MakeFile) -> None:
    with pytest.raises(UnusableFile, match=r"Files of the type image/png are not accepted\."):
        inspect(file(written(flag(), "PNG")), ["image/jpeg"], 10_000)


def test_missing_file_is_another_error(images: Images, file: MakeFile) -> None:
    with pytest.raises(FileNotFoundError):
        images.inspect(file(b"").with_name("missing"))


SAMPLES = [
    written(flag().resize((16, 16)), format, **options)
    for format, options in (
        ("JPEG", {"exif": exif(orientation=6), "progressive": True}),
        ("PNG", {"exif": exif(orientation=3)}),
        ("WEBP", {}),
        ("BMP", {}),
        ("GIF", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
    )
]


@given(
    sample=st.sampled_from(SAMPLES),
    start=st.floats(0, 1),
    patch=st.binary(min_size=1, max_size=8),
    end=st.floats(0.05, 1),
)
@pytest.mark.filterwarnings("ignore")
def test_all_failures_raise_one_error(
    tmp_path_factory: pytest.TempPathFactory, sample: bytes, start: float, patch: bytes, end: float
) -> None:
    data = bytearray(sample)
    at = int(start * len(data))
    data[at : at + len(patch)] = patch
    path = tmp_path_factory.mktemp("fuzzed") / "sent"
    path.write_bytes(data[: int(end * len(data))])
    images = Images(["image/jpeg"], 1_000_000)
    for use in (images.inspect, partial(images.renditions, formats=FORMATS)):
        with suppress(UnusableFile):
            use(path)


def test_only_trusted_decoders_are_used(images: Images, file: MakeFile) -> None:
    with pytest.raises(UnusableFile):
        images.inspect(file(written(Image.new("L", (8, 8)), "PPM")))

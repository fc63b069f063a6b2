"""The type of a file is determined by its bytes; malicious files are refused before decoding."""

import re
import zlib
from contextlib import suppress
from functools import partial
from io import BytesIO
from pathlib import Path
from time import perf_counter
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from houston.core.images import Images
from houston.core.images.inspection import FORMATS as READ
from houston.core.images.values import Inspected, UnusableFile
from tests.unit.core.images.conftest import FORMATS, MakeFile
from tests.unit.core.images.pictures import chunk, exif, flag, png, written

OFFICE = "application/vnd.openxmlformats-officedocument"
MP4 = b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41" + b"\0" * 50
WEBM = bytes.fromhex("1a45dfa39f4286810142f7810142f2810442f381084282847765626d42878104")
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def of_brands(major: str, *compatible: str) -> bytes:
    """Return the first box of an ISO base media file."""
    brands = b"".join(map(str.encode, (major, "\0\0\0\0", *compatible)))
    return (len(brands) + 8).to_bytes(4, "big") + b"ftyp" + brands + bytes(64)


def archive(*names: str) -> bytes:
    written_zip = BytesIO()
    with ZipFile(written_zip, "w") as opened:
        for name in names:
            opened.writestr(name, "application/vnd.oasis.opendocument.spreadsheet")
    return written_zip.getvalue()


def zip_bomb() -> bytes:
    written_zip = BytesIO()
    with ZipFile(written_zip, "w", ZIP_DEFLATED) as archive:
        archive.writestr("zeros", b"\0" * 10_000_000)
    return written_zip.getvalue()


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF", "AVIF"])
def test_pictures(images: Images, file: MakeFile, format: str) -> None:
    expected = Inspected(f"image/{format.lower()}", 64, 32)
    assert images.inspect(file(written(flag(), format))) == expected


@pytest.mark.parametrize("brands", [("heic",), ("mif1",)])
def test_photographs_of_phones(images: Images, file: MakeFile, brands: tuple[str]) -> None:
    data = written(flag(), "HEIF", exif=exif(taken="2021:11:08 07:37:31"))
    data = data.replace(b"ftypheic", b"ftyp" + brands[0].encode())
    expected = Inspected("image/heic", 64, 32, captured="2021-11-08T07:37:31")
    assert images.inspect(file(data)) == expected
    assert images.renditions(file(data), FORMATS).renditions[0].width == 64


def test_the_first_of_several_pictures_in_one_file(images: Images, file: MakeFile) -> None:
    phone = written(flag(), "MPO", save_all=True, append_images=[flag().reduce(2)])
    assert images.inspect(file(phone)) == Inspected("image/jpeg", 64, 32)


@pytest.mark.parametrize(
    ("data", "type"),
    [
        (MP4, "video/mp4"),
        (of_brands("mp42", "isom", "mp42"), "video/mp4"),
        (b"ID,seen\r\n1,2021\r\n", "text/csv"),
        (b'\xef\xbb\xbfBM;dato\r\n1;"a;\nb"\r\n2;c\r\n', "text/csv"),
        (b"a\tb\n" * 50_000, "text/csv"),
        (b"ID3 seen at dusk, BM too", "text/plain"),
        (b"One, two.\nThree.\n", "text/plain"),
        (WEBM, "video/webm"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "application/pdf"),
        ("Zebras, 12 \N{ZEBRA FACE}\n".encode(), "text/plain"),
        (b"a" * 4095 + "\N{ZEBRA FACE}".encode(), "text/plain"),
    ],
)
def test_other_files(images: Images, file: MakeFile, data: bytes, type: str) -> None:
    assert images.inspect(file(data)) == Inspected(type)


@pytest.mark.parametrize("orientation", range(10))
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
def test_size_is_that_of_the_upright_picture(
    images: Images, file: MakeFile, format: str, orientation: int
) -> None:
    data = written(flag(), format, exif=exif(orientation=orientation))
    found = images.inspect(file(data))
    turned = orientation in range(5, 9)
    assert (found.width, found.height) == ((32, 64) if turned else (64, 32))
    master = images.renditions(file(data), FORMATS).renditions[0]
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
    master = images.renditions(file(data), FORMATS).renditions[0]
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


@pytest.mark.parametrize(
    ("data", "type"),
    [
        (of_brands("M4A ", "M4A ", "mp42", "isom"), "audio/mp4"),
        (of_brands("isom", "isom", "M4A "), "audio/mp4"),
        (of_brands("qt  ", "qt  "), "video/quicktime"),
        (of_brands("3gp5", "isom"), "video/3gpp"),
        (of_brands("crx ", "crx ", "isom"), "image/x-canon-cr3"),
        (of_brands("hevc", "hevc", "mif1"), "image/heic-sequence"),
        (written(flag(), "JPEG2000"), "image/jp2"),
        (written(flag(), "JPEG2000", no_jp2=True), "image/jp2"),
        (b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(20), "image/jxl"),
        (archive("[Content_Types].xml", "xl/workbook.xml"), f"{OFFICE}.spreadsheetml.sheet"),
        (archive("[Content_Types].xml", "word/a.xml"), f"{OFFICE}.wordprocessingml.document"),
        (archive("mimetype", "a.xml"), "application/vnd.oasis.opendocument.spreadsheet"),
        (archive("zebra.jpg"), "application/zip"),
        (b"\n\n<!doctype html><script>", "text/html"),
    ],
)
def test_types_that_are_not_accepted_are_told(
    images: Images, file: MakeFile, data: bytes, type: str
) -> None:
    with pytest.raises(UnusableFile, match=re.escape(f"Files of the type {type} are not accepted")):
        images.inspect(file(data))


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (of_brands("heic", "mif1", "heic"), "The picture is damaged"),
        (of_brands("avif", "mif1", "avif"), "damaged, or of a kind of AVIF that cannot be read"),
        (b"II\x2b\0\x08\0\0\0" + bytes(40), "of a kind of TIFF that cannot be read"),
        (written(flag(), "TIFF", tiffinfo={50706: b"\1\4\0\0"}), "is a raw photograph"),
        (written(flag(), "TIFF", tiffinfo={254: 1}), "is a raw photograph"),
    ],
)
def test_pictures_that_cannot_be_read_are_refused_with_the_reason(
    images: Images, file: MakeFile, data: bytes, text: str
) -> None:
    with pytest.raises(UnusableFile, match=text):
        images.inspect(file(data))


def test_bomb_in_the_metadata(images: Images, file: MakeFile) -> None:
    bomb = b"comment\0\0" + zlib.compress(b"\0" * 200_000_000, 9)
    with pytest.raises(UnusableFile):
        images.renditions(file(png(8, 8, chunk(b"zTXt", bomb))), FORMATS)


def test_types_that_the_settings_exclude(file: MakeFile) -> None:
    images = Images(["image/jpeg"], 10_000, 5)
    with pytest.raises(UnusableFile, match=r"Files of the type image/png are not accepted\."):
        images.inspect(file(written(flag(), "PNG")))


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


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzzed") / "sent"


@given(
    sample=st.sampled_from(SAMPLES),
    start=st.floats(0, 1),
    patch=st.binary(min_size=1, max_size=8),
    end=st.floats(0.05, 1),
)
@pytest.mark.filterwarnings("ignore")
def test_all_failures_raise_one_error(
    images: Images, fuzzed: Path, sample: bytes, start: float, patch: bytes, end: float
) -> None:
    data = bytearray(sample)
    at = int(start * len(data))
    data[at : at + len(patch)] = patch
    fuzzed.write_bytes(data[: int(end * len(data))])
    for use in (images.inspect, partial(images.renditions, formats=FORMATS)):
        with suppress(UnusableFile):
            use(fuzzed)


def test_all_formats_are_read() -> None:
    assert {"AVIF", "HEIF", "JPEG", "PNG", "TIFF", "WEBP"} <= set(READ)


def test_only_trusted_decoders_are_used(images: Images, file: MakeFile) -> None:
    with pytest.raises(UnusableFile):
        images.inspect(file(written(Image.new("L", (8, 8)), "PPM")))

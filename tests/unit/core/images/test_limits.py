"""A file can take neither more time nor more memory than one picture may take."""

import os
import signal
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from threading import Thread
from time import perf_counter

import pytest
from PIL import Image

from houston.core.images import Images
from houston.core.images.sandbox import EXCEEDED
from houston.core.images.values import UnusableFile
from tests.live import ROOT
from tests.unit.core.images.conftest import FORMATS, MakeFile
from tests.unit.core.images.pictures import chunk, exif, flag, written

GREY = Image.new("L", (64, 64), 200)


def segment(marker: int, data: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def with_segments(*segments: bytes) -> bytes:
    data = written(flag())
    return data[:2] + b"".join(segments) + data[2:]


def of_many_scans(scans: int, side: int = 64) -> bytes:
    """Return a progressive JPEG that repeats its last scan."""
    data = written(Image.effect_noise((side, side), 90), progressive=True)
    start = data.rindex(b"\xff\xda")
    return data[:-2] + data[start:-2] * scans + b"\xff\xd9"


def expensive_exif() -> bytes:
    """Return an EXIF block whose every entry is the whole block."""
    entry = struct.pack(">HHII", 0x9286, 7, 60_000, 8)
    entries = b"".join(struct.pack(">H", 0x9286 + number) + entry[2:] for number in range(4000))
    return b"Exif\0\0MM\0*\0\0\0\x08" + struct.pack(">H", 4000) + entries


def png16(side: int) -> bytes:
    """Return a PNG with 16 bits for each of four channels."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 16, 6, 0, 0, 0))
    packer = zlib.compressobj(1)
    row = b"\0" + b"\x80\0\x40\0\x20\0\xff\xff" * side
    data = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "data",
    [
        with_segments(*[segment(0xE1, expensive_exif())] * 700),
        with_segments(*[segment(0xE1, exif())] * 20),
        with_segments(*[segment(0xFE, b"comment")] * 1000),
        with_segments(*[segment(0xE2, bytes(65_000))] * 600),
        of_many_scans(1000),
    ],
    ids=["exif", "small exif", "comments", "profile", "scans"],
)
def test_markers_of_a_jpeg_are_counted(images: Images, file: MakeFile, data: bytes) -> None:
    started = perf_counter()
    for use in (images.inspect, lambda path: images.renditions(path, FORMATS)):
        with pytest.raises(UnusableFile, match=r"more (metadata|scans) than a JPEG may have"):
            use(file(data))
    assert perf_counter() - started < 3


@pytest.mark.parametrize(
    "data",
    [
        with_segments(*[segment(0xE2, b"MPF\0" + bytes(60_000))] * 60),
        with_segments(segment(0xE1, exif()), segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0")),
        of_many_scans(20),
    ],
    ids=["large metadata", "EXIF and XMP", "scans"],
)
def test_what_cameras_write_is_read(images: Images, file: MakeFile, data: bytes) -> None:
    assert images.inspect(file(data)).mime_type == "image/jpeg"
    assert images.renditions(file(data), FORMATS).problem is None


def test_time_is_bounded_and_others_do_not_wait(tmp_path: Path, file: MakeFile) -> None:
    images = Images(["image/jpeg"], 100_000_000, 1)
    slow, sound = tmp_path / "slow", file(written(flag()))
    slow.write_bytes(of_many_scans(90, side=2400))
    problems: list[str] = []

    def decode() -> None:
        try:
            images.renditions(slow, FORMATS)
        except UnusableFile as error:
            problems.append(error.message)

    threads = [Thread(target=decode) for _ in range(2)]
    for thread in threads:
        thread.start()
    started = perf_counter()
    assert images.inspect(sound).width == 64
    assert images.renditions(sound, FORMATS).problem is None
    assert perf_counter() - started < 20
    for thread in threads:
        thread.join()
    assert problems == [EXCEEDED, EXCEEDED]


MEASURED = """
import resource, sys
from houston.core.images.transforms import renditions

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

before = peak()
with open(sys.argv[1], "rb") as file:
    renditions(file, 100_000_000, {"master": 1024}, 90)
print(peak() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the unit of ru_maxrss differs")
def test_memory_is_that_of_the_setting(file: MakeFile) -> None:
    side = 4000
    command = [sys.executable, "-c", MEASURED, file(png16(side))]
    found = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout
    assert int(found) < side * side * 9


@pytest.mark.parametrize(("format", "side"), [("WEBP", 700), ("AVIF", 800)])
def test_pictures_that_take_more_memory_have_fewer_pixels(
    file: MakeFile, format: str, side: int
) -> None:
    images = Images([f"image/{format.lower()}"], 1_000_000, 20)
    with pytest.raises(UnusableFile, match=f"{side} x {side} pixels: there may be"):
        images.inspect(file(written(Image.new("RGB", (side, side)), format)))
    half = written(Image.new("RGB", (side // 2, side)), format)
    assert images.renditions(file(half), FORMATS).renditions[0].height == side


def test_picture_that_takes_more_memory_is_refused(file: MakeFile) -> None:
    images = Images(["image/png"], 64_000_000, 60)
    images._sandbox._memory = 50_000_000
    with pytest.raises(UnusableFile, match="more time or memory"):
        images.renditions(file(png16(5000)), FORMATS)


def test_process_that_was_killed_is_started_again(images: Images, file: MakeFile) -> None:
    path = file(written(flag()))
    assert images.inspect(path).width == 64
    assert images._sandbox._stop is not None
    process = images._sandbox._stop.peek()[2][1]  # type: ignore[index]
    os.kill(process.pid, signal.SIGTERM)
    assert images.inspect(path).width == 64
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert images.inspect(path).width == 64

"""Compression: done once by the server, or before it starts by `houston app.client.compress`.

A precompressed file is next to the file itself and has its name with another suffix.
"""

import gzip
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from webob.acceptparse import AcceptEncodingValidHeader, create_accept_encoding_header

from houston.modules.client.media_types import COMPRESSIBLE

SUFFIXES = {"br": ".br", "gzip": ".gz"}
"""The suffixes of precompressed files, by their codings, the best one first."""
PLAIN = "identity"


@lru_cache(64)
def accepted(header: str) -> Sequence[str]:
    """The codings that a value of `Accept-Encoding` prefers to plain bytes, the best one first.

    >>> accepted("gzip, deflate, br"), accepted("gzip;q=0.5, identity"), accepted("")
    (('br', 'gzip'), (), ())
    """
    accept = create_accept_encoding_header(header)
    if not isinstance(accept, AcceptEncodingValidHeader):
        return ()
    offers = [coding for coding, _quality in accept.acceptable_offers([*SUFFIXES, PLAIN])]
    preferred = offers[: offers.index(PLAIN)] if PLAIN in offers else offers
    return tuple(preferred)


class Compressed(NamedTuple):
    """Bytes in a coding."""

    coding: str
    body: bytes


class Encodings:
    """The compressed forms of some bytes: each is made when it is first asked for, and kept.

    Args:
        make: Returns the bytes in a coding, or None if they are better sent plain.
    """

    def __init__(self, make: Callable[[str], bytes | None]) -> None:
        self._make = make
        self._kept: dict[str, bytes | None] = {}
        self._lock = Lock()

    def best(self, header: str) -> Compressed | None:
        """The form that a value of `Accept-Encoding` prefers; None for the plain bytes."""
        for coding in accepted(header):
            if (body := self._get(coding)) is not None:
                return Compressed(coding, body)
        return None

    def _get(self, coding: str) -> bytes | None:
        if coding not in self._kept:
            with self._lock:
                if coding not in self._kept:
                    self._kept[coding] = self._make(coding)
        return self._kept[coding]


def compress(content: bytes, coding: str, *, slowly: bool = False) -> bytes | None:
    """Return bytes in a coding, or None if they become no smaller.

    Args:
        content: The plain bytes.
        coding: The coding.
        slowly: Whether to make them as small as possible, in fifty times the time.
    """
    if coding == "gzip":
        compressed = gzip.compress(content, 9 if slowly else 6, mtime=0)
    else:
        # Imported here: a server without a web client needs no Brotli.
        import brotli

        compressed = brotli.compress(content, quality=11 if slowly else 5)
    return compressed if len(compressed) < len(content) else None


def precompressed(path: Path, coding: str) -> bytes | None:
    """Return a file as it was compressed before; None if it was not, or has changed since."""
    beside = path.with_name(path.name + SUFFIXES[coding])
    try:
        is_older = beside.stat().st_mtime_ns < path.stat().st_mtime_ns
        return None if is_older else beside.read_bytes()
    except OSError:
        return None


def compress_folder(folder: Path) -> Iterator[Path]:
    """Compress the files of a folder as much as possible; yield the files that are written."""
    for path in sorted(folder.rglob("*")):
        is_hidden = any(name.startswith(".") for name in path.relative_to(folder).parts)
        if not is_hidden and path.suffix[1:].lower() in COMPRESSIBLE and path.is_file():
            yield from _compress_file(path)


def _compress_file(path: Path) -> Iterator[Path]:
    content = path.read_bytes()
    for coding, suffix in SUFFIXES.items():
        beside = path.with_name(path.name + suffix)
        compressed = compress(content, coding, slowly=True)
        if compressed is None:
            beside.unlink(missing_ok=True)
            continue
        # A file that a server reads meanwhile is complete.
        unfinished = path.with_name(f".{beside.name}")
        unfinished.write_bytes(compressed)
        shutil.copymode(path, unfinished)
        os.replace(unfinished, beside)
        yield beside

"""Sending stored files: the whole, a part, or only their name to the web server in front.

Whatever a file is, a browser must not run it: types that can hold scripts are saved, not shown,
none is guessed, and what is shown is in a sandbox.
"""

import re
from collections.abc import Callable, Iterator
from typing import BinaryIO

from pyramid.request import Request
from pyramid.response import Response

from houston.core.api.output import REVALIDATE
from houston.core.errors import NotFound, RangeNotSatisfiable
from houston.core.settings import Settings
from houston.core.storage import Storage, path_of

IMMUTABLE = "public, max-age=31536000, immutable"
"""For an address whose file never changes, and that everybody may see."""

SHOWN = frozenset(
    {
        "image/bmp",
        "image/gif",
        "image/jpeg",
        "image/png",
        "image/tiff",
        "image/webp",
        "video/mp4",
        "video/webm",
    }
)
"""The types that a browser may show; it saves all others."""

SANDBOX = ("Content-Security-Policy", "default-src 'none'; sandbox")
RANGE = re.compile(r"bytes=(?=[0-9]|-[0-9])([0-9]{0,18})-([0-9]{0,18})\Z")
"""The first byte and the last, or how many of the last: one range, since many are for nobody."""

BLOCK = 2**16


def file_response(
    request: Request, key: str, mime_type: str, *, cache: str = REVALIDATE
) -> Response:
    """The stored file of this key, to be cached as said (RFC 9110, sections 13 and 14).

    A caller that has it is told 304, and may ask for one range of bytes. Raises NotFound for a file
    that is not there, and RangeNotSatisfiable for a range beyond its end.
    """
    storage = request.services[Storage]
    location: str = request.services[Settings]["houston.storage.accel"]
    response = _about(request, key, mime_type, cache)
    if response.status_int == 304:
        return response
    if location:
        response.headers["X-Accel-Redirect"] = location + path_of(key)
        return response
    try:
        return _streamed(request, storage, key, response)
    except FileNotFoundError:
        raise NotFound from None


def made_response(
    request: Request, key: str, mime_type: str, make: Callable[[], bytes]
) -> Response:
    """The bytes that `make` gives, as a file of this key; a caller that has them is told 304."""
    response = _about(request, key, mime_type, REVALIDATE)
    if response.status_int == 200:
        response.body = make()
    return response


def _about(request: Request, key: str, mime_type: str, cache: str) -> Response:
    """A response that says what a file is and still lacks its bytes; 304 where these are known."""
    headers = [("ETag", f'"{key}"'), ("Cache-Control", cache)]
    if key in request.if_none_match:
        return Response(status=304, headerlist=headers)
    disposition = "inline" if mime_type in SHOWN else "attachment"
    headers += [("Content-Type", mime_type), ("Content-Disposition", disposition), SANDBOX]
    return Response(status=200, headerlist=headers, app_iter=[])


def _streamed(request: Request, storage: Storage, key: str, response: Response) -> Response:
    size = storage.size(key)
    start, stop = _span(request, response, size)
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Content-Length"] = str(stop - start)
    if stop - start < size:
        response.status = 206
        response.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    if request.method != "HEAD":
        response.app_iter = Blocks(storage.open(key), start, stop)
    return response


def _span(request: Request, response: Response, size: int) -> tuple[int, int]:
    """The bytes to send, the last one excluded: all, unless a good range says otherwise."""
    wanted = RANGE.match(request.headers.get("Range", ""))
    if wanted is None or request.method != "GET" or response not in request.if_range:
        return 0, size
    first, last = wanted.groups()
    if first and last and int(first) > int(last):
        return 0, size
    start = int(first) if first else max(0, size - int(last))
    stop = min(size, int(last) + 1) if first and last else size
    if start >= size and (first or not int(last)):
        raise RangeNotSatisfiable(headers={"Content-Range": f"bytes */{size}"})
    return start, stop


class Blocks:
    """A part of a file as the blocks of a response."""

    def __init__(self, file: BinaryIO, start: int, stop: int) -> None:
        self._file, self._left = file, stop - start
        file.seek(start)

    def __iter__(self) -> Iterator[bytes]:
        with self._file:
            while block := self._file.read(min(BLOCK, self._left)):
                self._left -= len(block)
                yield block

    def close(self) -> None:
        """Close the file, whether or not all was sent."""
        self._file.close()

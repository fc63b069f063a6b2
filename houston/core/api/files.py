"""Responses with stored files: the whole, a part, or a header by which a web server sends it.

A browser must not run a file: types that can contain scripts are saved and not shown, types are not
guessed, and files are shown in a sandbox.
"""

from collections.abc import Callable
from pathlib import Path

from pyramid.request import Request
from pyramid.response import Response
from webob.static import FileIter

from houston.core.api.conditions import conditional
from houston.core.api.output import NEVER_STORE, REVALIDATE
from houston.core.errors import NotFound
from houston.core.settings import Settings
from houston.core.storage import Storage, path_of

IMMUTABLE = "public, max-age=31536000, immutable"
"""The `Cache-Control` of public files that never change."""

INLINE_TYPES = frozenset(
    {
        f"image/{name}"
        for name in ("avif", "bmp", "gif", "heic", "heif", "jpeg", "png", "tiff", "webp")
    }
    | {"video/mp4", "video/webm"}
)
"""The content types that a browser may show; it saves all others."""

SANDBOX = "default-src 'none'; sandbox"


def file_response(
    request: Request, key: str, mime_type: str, *, cache: str = REVALIDATE
) -> Response:
    """Send a stored file, a part of it as 206, or 304 to a caller that has it.

    Args:
        request: Its conditions and range are evaluated.
        key: The key of the file, which is its entity tag as well.
        mime_type: Its content type.
        cache: The `Cache-Control` of the response.

    Raises:
        NotFound: The file does not exist.
        RangeNotSatisfiable: The range begins beyond its end.
    """
    response = _without_content(key, mime_type, cache)
    if key not in request.if_none_match:
        _add_file(request, response, key)
    return conditional(request, response)


def made_response(
    request: Request, key: str, mime_type: str, make: Callable[[], bytes]
) -> Response:
    """Send the bytes that `make` returns, or 304 to a caller that has them."""
    response = _without_content(key, mime_type, REVALIDATE)
    if key not in request.if_none_match:
        response.body = make()
    return conditional(request, response)


def download(path: Path, mime_type: str, filename: str) -> Response:
    """Send a file that was made for this response, under a name of ASCII characters.

    The file stays open until it is sent: its folder may be removed at once.
    """
    headers = [
        ("Cache-Control", NEVER_STORE),
        ("Content-Type", mime_type),
        ("Content-Disposition", f'attachment; filename="{filename}"'),
        ("Content-Length", str(path.stat().st_size)),
        ("Content-Security-Policy", SANDBOX),
    ]
    return Response(status=200, headerlist=headers, app_iter=OpenFile(path.open("rb")))


class OpenFile(FileIter):
    """A file as the body of a response, which is closed even if nothing is sent."""

    def close(self) -> None:
        """Close the file."""
        self.file.close()


def _without_content(key: str, mime_type: str, cache: str) -> Response:
    disposition = "inline" if mime_type in INLINE_TYPES else "attachment"
    headers = [
        ("ETag", f'"{key}"'),
        ("Cache-Control", cache),
        ("Content-Type", mime_type),
        ("Content-Disposition", disposition),
        ("Content-Security-Policy", SANDBOX),
    ]
    return Response(status=200, headerlist=headers, app_iter=[])


def _add_file(request: Request, response: Response, key: str) -> None:
    location: str = request.services[Settings]["houston.storage.accel"]
    if location:
        response.headers["X-Accel-Redirect"] = location + path_of(key)
        response.content_length = 0
        return
    storage = request.services[Storage]
    try:
        size = storage.size(key)
        if request.method != "HEAD":
            response.app_iter = OpenFile(storage.open(key))
    except FileNotFoundError:
        raise NotFound from None
    response.content_length = size
    response.accept_ranges = "bytes"

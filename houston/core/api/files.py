"""Sending stored files: the whole, a part, or only their name to the web server in front.

Whatever a file is, a browser must not run it: types that can hold scripts are saved, not shown,
none is guessed, and what is shown is in a sandbox.
"""

from collections.abc import Callable

from pyramid.request import Request
from pyramid.response import Response
from webob.static import FileIter

from houston.core.api.conditions import conditional
from houston.core.api.output import REVALIDATE
from houston.core.errors import NotFound
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

SANDBOX = "default-src 'none'; sandbox"


def file_response(
    request: Request, key: str, mime_type: str, *, cache: str = REVALIDATE
) -> Response:
    """Send a stored file; a caller that has it gets a 304, and one that asks for a part a 206.

    Args:
        request: Its conditions and range are evaluated.
        key: The key of the file, which is its entity tag.
        mime_type: The type that it is sent as.
        cache: The `Cache-Control` of the response.

    Raises:
        NotFound: The file is not there.
        RangeNotSatisfiable: The range begins beyond its end.
    """
    return _send(request, key, mime_type, cache, lambda response: _add_file(request, response, key))


def made_response(
    request: Request, key: str, mime_type: str, make: Callable[[], bytes]
) -> Response:
    """Send the bytes that `make` returns, which is not called for a caller that has them."""

    def add_bytes(response: Response) -> None:
        response.body = make()

    return _send(request, key, mime_type, REVALIDATE, add_bytes)


class OpenFile(FileIter):
    """A file as the body of a response, closed even if nothing of it is sent."""

    def close(self) -> None:
        """Close the file."""
        self.file.close()


def _send(
    request: Request,
    key: str,
    mime_type: str,
    cache: str,
    add_content: Callable[[Response], None],
) -> Response:
    disposition = "inline" if mime_type in SHOWN else "attachment"
    headers = [
        ("ETag", f'"{key}"'),
        ("Cache-Control", cache),
        ("Content-Type", mime_type),
        ("Content-Disposition", disposition),
        ("Content-Security-Policy", SANDBOX),
    ]
    response = Response(status=200, headerlist=headers, app_iter=[])
    if key not in request.if_none_match:
        add_content(response)
    return conditional(request, response)


def _add_file(request: Request, response: Response, key: str) -> None:
    location: str = request.services[Settings]["houston.storage.accel"]
    if location:
        response.headers["X-Accel-Redirect"] = location + path_of(key)
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

"""What is sent of a web client: a file or the page, plain or compressed, whole or in part."""

from collections.abc import Iterable

from pyramid.request import Request
from pyramid.response import Response

from houston.core.api.conditions import conditional
from houston.core.errors import NotFound
from houston.modules.client.compression import Encodings

REVALIDATE = "no-cache"


def headers_of(media_type: str, policy: str, cache: str = REVALIDATE) -> list[tuple[str, str]]:
    """The headers of a file or a page, in whatever form it is sent."""
    return [
        ("Content-Type", media_type),
        ("Cache-Control", cache),
        ("Content-Security-Policy", policy),
        ("X-Frame-Options", "SAMEORIGIN"),
        ("Accept-Ranges", "bytes"),
        ("Vary", "Accept-Encoding"),
    ]


class Content:
    """Bytes that callers may have, compressed as well if their type allows it.

    Attributes:
        pattern: The name in logs and metrics, as operations have that of their route.

    Args:
        size: The number of the plain bytes.
        encodings: Their compressed forms, if they can have any.
    """

    pattern: str

    def __init__(self, size: int, encodings: Encodings | None) -> None:
        self._size = size
        self._encodings = encodings

    def tag_and_headers(self, request: Request) -> tuple[str, list[tuple[str, str]]]:
        """Return the entity tag of the plain bytes, and the headers of every form."""
        raise NotImplementedError

    def open(self, request: Request) -> Iterable[bytes]:
        """Return the plain bytes, as the body of a response."""
        raise NotImplementedError

    def response(self, request: Request) -> Response:
        """Send the bytes, a part of them as 206, or 304 to a caller that has them.

        Raises:
            NotFound: They cannot be read.
            RangeNotSatisfiable: The range begins beyond their end.
        """
        try:
            response = self._whole(request)
        except OSError:
            raise NotFound from None
        return conditional(request, response)

    def _whole(self, request: Request) -> Response:
        """The response without the conditions of the request; its body is there if it is needed."""
        environ = request.environ
        tag, headers = self.tag_and_headers(request)
        size, compressed = self._size, None
        if self._encodings is not None:
            compressed = self._encodings.best(environ.get("HTTP_ACCEPT_ENCODING", ""))
        if compressed is not None:
            tag, size = f"{tag}-{compressed.coding}", len(compressed.body)
            headers.append(("Content-Encoding", compressed.coding))
        headers += [("ETag", f'"{tag}"'), ("Content-Length", str(size))]
        body: Iterable[bytes] = []
        is_known = "HTTP_IF_NONE_MATCH" in environ and tag in request.if_none_match
        if request.method != "HEAD" and not is_known:
            body = [compressed.body] if compressed else self.open(request)
        return Response(headerlist=headers, app_iter=body)

"""Conditional requests and ranges (RFC 9110, sections 13 and 14), which WebOb decides."""

import re
from collections.abc import Callable
from hashlib import blake2b

from pyramid.request import Request
from pyramid.response import Response

from houston.core.errors import PreconditionFailed, RangeNotSatisfiable

ONE_RANGE = re.compile(r"bytes=(?:[0-9]{1,18}-[0-9]{0,18}|-0*[1-9][0-9]{0,17})\Z")
"""A first and a last byte, a first byte, or the number of the last bytes."""

CONDITIONS = frozenset({"HTTP_IF_NONE_MATCH", "HTTP_RANGE"})


def etag_of(body: bytes) -> str:
    """Return the strong entity tag of a representation (RFC 9110, section 8.8.3)."""
    return f'"{blake2b(body, digest_size=12).hexdigest()}"'


def check_if_match(request: Request, representation: Callable[[Request], bytes | None]) -> None:
    """Check by `If-Match` that an object has not changed since the caller has read it.

    Args:
        request: The request.
        representation: Returns the current representation; None if it has no entity tag.

    Raises:
        PreconditionFailed: `If-Match` does not have the tag of the current representation.
    """
    if "HTTP_IF_MATCH" not in request.environ:
        return
    body = representation(request)
    tag = "" if body is None else etag_of(body)[1:-1]
    if tag not in request.if_match:
        raise PreconditionFailed


def conditional(request: Request, response: Response) -> Response:
    """Reduce a response to what the headers of the request ask for: a 304, or a part as 206.

    WebOb would do so when the response is sent; the log and the metrics need the status before.

    Args:
        request: Its `If-None-Match`, `If-Range` and `Range` are evaluated.
        response: A 200 with an `ETag`, of which parts are sent if it has `Accept-Ranges: bytes`.

    Raises:
        RangeNotSatisfiable: The range begins beyond the end.
    """
    if CONDITIONS.isdisjoint(request.environ):
        return response
    if request.environ.get("HTTP_IF_NONE_MATCH") == "*":
        request.if_none_match = response.etag  # WebOb ignores the asterisk.
    if not _asks_for_part(request, response):
        request.range = None
    response.conditional_response = True
    answer: Response = request.get_response(response)
    if answer.status_int == 416:
        raise RangeNotSatisfiable(headers={"Content-Range": answer.headers["Content-Range"]})
    return answer


def _asks_for_part(request: Request, response: Response) -> bool:
    """Return whether `Range` is a single valid range; others are ignored, as the RFC allows.

    WebOb fails at some malformed ranges, uses the first of several, refuses a suffix that is longer
    than the file, and applies ranges to HEAD.
    """
    return (
        response.accept_ranges == "bytes"
        and request.method == "GET"
        and ONE_RANGE.match(request.headers.get("Range", "")) is not None
        and request.range is not None
        and request.range.start >= -response.content_length
    )

"""`If-Match` (RFC 9110, 13.1.1): change an object only while it is what the caller has read."""

from collections.abc import Callable

from pyramid.request import Request

from houston.core.api.output import etag_of
from houston.core.errors import PreconditionFailed


def check_if_match(request: Request, representation: Callable[[Request], bytes]) -> None:
    """Raise PreconditionFailed unless the caller's `If-Match` names the present representation."""
    if "HTTP_IF_MATCH" not in request.environ:
        return
    if etag_of(representation(request))[1:-1] not in request.if_match:
        raise PreconditionFailed

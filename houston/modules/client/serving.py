"""The tween that serves the web client at the addresses that are not Houston's."""

import re
from pathlib import Path

from pyramid.request import Request
from pyramid.response import Response

from houston.core.errors import MethodNotAllowed
from houston.core.http.request import Handler
from houston.core.services import services_of
from houston.modules.client.content import Content
from houston.modules.client.folder import INDEX, File, Folder
from houston.modules.client.page import SCRIPT, Page

HOUSTONS = re.compile(
    r"/+(?:api|auth/+oauth2|heartbeat|logout|metrics|readiness|\.well-known)(?:/|\Z)"
)
"""The addresses that are never those of the client, even if Houston has nothing there."""

NAMES_A_FILE = re.compile(r"/\.|\.[^/]*\Z")
"""The addresses that are not those of pages: something is hidden, or the last name has a dot."""
MAILED_CODE = "/auth/code/"
"""The beginning of the addresses of mailed codes, which are pages of the client."""

METHODS = ("GET", "HEAD")


class WebClient:
    """The client in a folder.

    Args:
        path: The folder.
        is_compatible: Whether recent browsers get the script with the page.
    """

    def __init__(self, path: Path, is_compatible: bool) -> None:
        self._folder = Folder(path)
        self._script = SCRIPT if is_compatible else b""
        self._page: tuple[File, Page] | None = None

    def find(self, address: str) -> Content | None:
        """The file or the page at a path, as WSGI passes it; None if Houston has to answer."""
        if HOUSTONS.match(address):
            return None
        if address.startswith(MAILED_CODE) or address == f"/{INDEX}":
            return self._current_page()
        if found := self._folder.find(address):
            return found
        return None if NAMES_A_FILE.search(address) else self._current_page()

    def _current_page(self) -> Page | None:
        file = self._folder.find(f"/{INDEX}")
        if file is None:
            return None
        known = self._page
        if known is None or known[0] is not file:
            try:
                known = self._page = file, Page(file.read(), self._script)
            except OSError:
                return None
        return known[1]


def tween_factory(handler: Handler, registry: object) -> Handler:
    """The tween, whose errors become JSON as those of operations do."""
    client = services_of(registry)[WebClient]

    def serve(request: Request) -> Response:
        content = client.find(request.environ["PATH_INFO"])
        if content is None:
            return handler(request)
        request.matched_route = content
        if request.method not in METHODS:
            raise MethodNotAllowed(headers={"Allow": ", ".join(METHODS)})
        return content.response(request)

    return serve

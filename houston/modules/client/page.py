"""The page of a web client, with the script that recent browsers need."""

import re
from base64 import b64encode
from collections.abc import Iterable
from functools import partial
from hashlib import sha256
from pathlib import Path

from pyramid.request import Request

from houston.core.api.conditions import etag_of
from houston.modules.client.compression import Encodings, compress
from houston.modules.client.content import Content, headers_of
from houston.modules.client.media_types import MEDIA_TYPES
from houston.modules.client.policy import OWN, Sources, policy, site_sources
from houston.modules.site_settings.services import value

SCRIPT = (Path(__file__).parent / "static" / "scroll.js").read_bytes()
BEGINNINGS = tuple(
    re.compile(pattern, re.IGNORECASE) for pattern in (rb"<head(?:\s[^>]*)?>", rb"<!doctype[^>]*>")
)
"""What the script follows: it has to run before the scripts of the client."""


class Page(Content):
    """The page, which a browser that it was sent to may keep as long as its policy is the same.

    Args:
        html: The page as it was built.
        script: A script to be added to it.
    """

    pattern = "page of the web client"

    def __init__(self, html: bytes, script: bytes = b"") -> None:
        self._body = with_script(html, script) if script else html
        self._sources: list[Sources] = [OWN]
        if script:
            self._sources.append({"script-src": [source_of(script)]})
        super().__init__(len(self._body), Encodings(lambda coding: compress(self._body, coding)))

    def tag_and_headers(self, request: Request) -> tuple[str, list[tuple[str, str]]]:
        """Return a tag of the page with its policy, and the headers."""
        setting = partial(value, request.services, request.db)
        allowed = policy(*self._sources, *site_sources(setting))
        # A browser that has the page keeps the policy that it came with.
        tag = etag_of(self._body + allowed.encode()).strip('"')
        return tag, headers_of(MEDIA_TYPES["html"], allowed)

    def open(self, _request: Request) -> Iterable[bytes]:
        """Return the page in one piece."""
        return [self._body]


def with_script(html: bytes, script: bytes) -> bytes:
    """Return a page with a script that runs before all others.

    >>> with_script(b"<!doctype html><head><title>Wildbook", b"run()")
    b'<!doctype html><head><script>run()</script><title>Wildbook'
    """
    found = next(filter(None, (pattern.search(html) for pattern in BEGINNINGS)), None)
    position = found.end() if found else 0
    return b"%s<script>%s</script>%s" % (html[:position], script, html[position:])


def source_of(script: bytes) -> str:
    """The source by which a policy allows an inline script: its hash."""
    return f"'sha256-{b64encode(sha256(script).digest()).decode()}'"

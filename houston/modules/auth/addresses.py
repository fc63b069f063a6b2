"""Addresses in requests: origins, paths of this site, and redirection addresses of clients."""

import re
from collections.abc import Collection, Iterable
from urllib.parse import quote, urlsplit, urlunsplit

PORTS = {"http": 80, "https": 443}
UNESCAPED = "/?#@!$&'()*+,;=:%-._~"
"""The characters that stay as they are in the header of a redirect."""
MAX_PORT = 65535
WEB = re.compile(r"https://(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::[0-9]{1,5})?(?:[/?].*)?\Z")
APP = re.compile(r"(?P<scheme>[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+):/(?:[^/].*)?\Z", re.IGNORECASE)
"""An address of an app, whose scheme is a domain in reverse (RFC 8252, section 7.1)."""
URI = re.compile(r"[!$&-;=?-Z\[\]_a-z~%]+\Z")
"""The characters of an address without a fragment (RFC 3986, appendix A)."""

LOOPBACK = re.compile(
    r"(?P<host>http://(?:127\.0\.0\.1|\[::1\]|localhost))(?::(?P<port>[0-9]{1,5}))?(?P<rest>[/?].*)?\Z"
)
"""An address of the machine of the user (RFC 8252, section 7.3)."""


def origin_of(address: str) -> str | None:
    """The origin of an address, with its port (RFC 6454, section 4); None without one.

    >>> origin_of("https://Codex.example.org/page"), origin_of("null")
    ('https://codex.example.org:443', None)
    """
    try:
        parts = urlsplit(address)
        port = parts.port or PORTS.get(parts.scheme)
    except ValueError:
        return None
    if not parts.hostname or port is None:
        return None
    return f"{parts.scheme}://{parts.hostname}:{port}"


def path_of_site(address: str, origins: Collection[str | None]) -> str | None:
    """The path of an address of this site, escaped for a header; None for any other address.

    Args:
        address: A path, or a whole address.
        origins: The origins of this site.
    """
    if not address.isprintable():
        return None
    origin = origin_of(address)
    if origin is not None:
        if origin not in origins:
            return None
        address = urlunsplit(("", "", *urlsplit(address)[2:]))
    # Browsers take these for the address of another site.
    if not address.startswith("/") or address.startswith(("//", "/\\")):
        return None
    return quote(address, safe=UNESCAPED)


def is_redirect_uri(address: str) -> bool:
    """Return whether a client may register an address for redirection.

    >>> is_redirect_uri("https://codex.example.org/page"), is_redirect_uri("javascript:alert(1)")
    (True, False)
    """
    if not URI.match(address):
        return False
    web = WEB.match(address) or LOOPBACK.match(address)
    return is_of_app(address) or bool(web and origin_of(address))


def is_of_app(address: str) -> bool:
    """Return whether an address has the private-use scheme of an app."""
    return APP.match(address) is not None


def is_registered(address: str, registered: Iterable[str]) -> bool:
    """Return whether a redirection address is registered.

    It must be equal to a registered one (RFC 9700, section 2.1), but for the port of an address of
    the machine of the user, which an app takes at random (RFC 8252, section 7.3).
    """
    wanted = _without_port(address)
    return any(wanted == _without_port(each) for each in registered)


def _without_port(address: str) -> str:
    loopback = LOOPBACK.match(address)
    if loopback is None or int(loopback["port"] or 0) > MAX_PORT:
        return address
    return f"{loopback['host']}{loopback['rest'] or ''}"

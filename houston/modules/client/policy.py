"""The `Content-Security-Policy` of the web client: what its pages may load and run.

The client compiles templates, which needs `unsafe-eval`, and its components write styles. Hosts
other than this one are those of the services that the site settings name.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

Sources = Mapping[str, Iterable[str]]

OWN: Sources = {
    "default-src": ("'self'",),
    "script-src": ("'self'", "'unsafe-eval'"),
    "style-src": ("'self'", "'unsafe-inline'"),
    "img-src": ("'self'", "data:", "blob:"),
    "font-src": ("'self'", "data:"),
    "connect-src": ("'self'",),
    "object-src": ("'none'",),
    "base-uri": ("'self'",),
    "form-action": ("'self'",),
    "frame-ancestors": ("'self'",),
    "frame-src": ("https://portal-2.flatfile.io",),
}
"""What every page may load; spreadsheets are read in a frame of Flatfile."""

MAPS: Sources = {
    "script-src": ("https://*.googleapis.com", "https://*.gstatic.com"),
    "style-src": ("https://fonts.googleapis.com",),
    "font-src": ("https://fonts.gstatic.com",),
    "img-src": (
        "https://*.googleapis.com",
        "https://*.gstatic.com",
        "https://*.google.com",
        "https://*.ggpht.com",
    ),
    "connect-src": (
        "https://*.googleapis.com",
        "https://*.gstatic.com",
        "https://*.google.com",
    ),
    "worker-src": ("'self'", "blob:"),
}
RECAPTCHA: Sources = {
    "script-src": ("https://www.google.com/recaptcha/", "https://www.gstatic.com/recaptcha/"),
    "connect-src": ("https://www.google.com/recaptcha/",),
    "frame-src": ("https://www.google.com/recaptcha/", "https://recaptcha.google.com/recaptcha/"),
}

BY_KEY = {"googleMapsApiKey": MAPS, "recaptchaPublicKey": RECAPTCHA}
"""What a page may load besides if a site setting has a value."""


def policy(*sources: Sources) -> str:
    """The policy of everything that some sources allow.

    >>> policy({"img-src": ["'self'"]}, {"img-src": ["data:"], "base-uri": ["'self'"]})
    "img-src 'self' data:; base-uri 'self'"
    """
    merged: dict[str, list[str]] = defaultdict(list)
    for each in sources:
        for directive, allowed in each.items():
            merged[directive] += allowed
    return "; ".join(f"{directive} {' '.join(allowed)}" for directive, allowed in merged.items())


def site_sources(setting: Callable[[str], Any]) -> Iterable[Sources]:
    """The sources of the services that the site uses, by its settings."""
    yield from (sources for key, sources in BY_KEY.items() if setting(key))
    if origin := _origin_of(setting("sentryDsn") or ""):
        yield {"connect-src": [origin]}


def _origin_of(url: str) -> str:
    """The origin of an address, without the key that it may have before its host."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}" if host else ""

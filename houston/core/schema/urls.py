"""The grammar of URLs in input, for all fields that have one.

Browsers drop tabs and line ends within a URL, and control characters and blanks around it (URL
Standard, section 4.4), so that `java\\tscript:` is a script. A URL with any of them is refused.
"""

import re
import unicodedata
from urllib.parse import urlsplit

WEB_URL = re.compile(r'^https?://[^\s/?#"<>\\]+[^\s"<>\\]*\Z')
SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
MAIL_URL = re.compile(r"mailto:[^\s\"<>\\]+\Z", re.IGNORECASE)
INVISIBLE = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
"""The categories of characters that are not shown, such as U+202E, which reverses what follows."""


def is_web_url(text: str) -> bool:
    """Return whether a text is an absolute http or https URL.

    >>> is_web_url("https://example.org/a?b"), is_web_url("https://[::1"), is_web_url("//a")
    (True, False, False)
    """
    if not WEB_URL.match(text) or has_invisible(text):
        return False
    try:
        parts = urlsplit(text)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def is_link(text: str) -> bool:
    r"""Return whether a text is safe as the target of a link: no script, and nothing invisible.

    It is empty, a URL of the web or of mail, or has no scheme. Blanks around it are removed before.

    >>> is_link("mailto:zebra@example.org"), is_link("java\tscript:alert(1)"), is_link("data:,")
    (True, False, False)
    """
    if has_invisible(text):
        return False
    scheme = SCHEME.match(text)
    return scheme is None or is_web_url(text) or MAIL_URL.match(text) is not None


def has_invisible(text: str) -> bool:
    """Return whether a text has characters that are not shown, such as tabs and line ends."""
    return any(unicodedata.category(character) in INVISIBLE for character in text)

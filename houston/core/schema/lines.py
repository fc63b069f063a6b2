"""Texts of one line, and the addresses of pages: what people read in a row, and follow."""

import re
from typing import Any

from colander import Function, Regex

from houston.core.schema.nodes import String, Text

CONTROLS = r"\x00-\x1f\x7f-\x9f\u2028\u2029"
"""Characters that end a line, that programs interpret, or that browsers leave out of addresses."""
DIRECTIONS = r"\u202a-\u202e\u2066-\u2069"
"""Characters that reorder those after them, so that `gpj.exe` is shown as `exe.jpg`."""
ONE_LINE = rf"^[^{CONTROLS}{DIRECTIONS}]*\Z"
NOT_ONE_LINE = "Must be one line of text, without hidden characters."

OTHER_SCHEME = re.compile(r" *(?!(?:https?|mailto):)[a-z][a-z0-9+.-]*:", re.IGNORECASE)
NOT_A_LINK = "Must be an http or https address."


def is_link(text: str) -> bool:
    """Return whether a page may show a text as a link: it runs no script.

    >>> is_link("https://example.org"), is_link("about"), is_link("java\\tscript:alert(1)")
    (True, True, False)
    """
    return bool(re.match(ONE_LINE, text)) and not OTHER_SCHEME.match(text)


class Line(String):
    """Text of one line, such as a name."""

    def __init__(self, min: int = 0, max: int = 255, **options: Any) -> None:
        super().__init__(min, max, validators=[Regex(ONE_LINE, NOT_ONE_LINE)], **options)


class Link(Text):
    """The address of a page: of the web, of a mailbox, or relative to the site."""

    def __init__(self, max: int = 10_000, **options: Any) -> None:
        super().__init__(0, max, validators=[Function(is_link, NOT_A_LINK)], **options)

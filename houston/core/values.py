"""JSON values: what can be stored, equality, quotation in messages, and enumerations of texts."""

import re
import unicodedata
from collections.abc import Hashable
from enum import Enum
from typing import Any

MIN_INTEGER, MAX_INTEGER = -(2**63), 2**63 - 1
UNSTORABLE = re.compile("[\0\ud800-\udfff]")
"""NUL, which PostgreSQL does not store, and lone surrogates, which UTF-8 does not encode."""
GUID_FORM = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")
MAX_QUOTATION = 100


class TextEnum(str, Enum):
    """Texts, each equal to its value; `__init__` gets the further parts of a member."""

    def __new__(cls, value: str, *_further: Any) -> "TextEnum":
        """Make a member of the first part."""
        member = str.__new__(cls, value)
        member._value_ = value
        return member

    __str__ = str.__str__


def shortened(text: str, longest: int) -> str:
    """A text of at most so many characters, with an ellipsis in place of the others.

    >>> shortened("zebra", 2)
    'ze…'
    """
    return text if len(text) <= longest else f"{text[:longest]}…"


def quoted(value: Any) -> str:
    """The text of a value for messages: at most 100 characters, without unstorable ones."""
    return shortened(storable(str(value)), MAX_QUOTATION)


def storable(text: str) -> str:
    """A text with replacements of the characters that cannot be stored."""
    return UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def composed(text: str) -> str:
    """The text in its composed form (Unicode NFC), in which texts are compared.

    >>> composed("n\u0303") == "\u00f1"
    True
    """
    return unicodedata.normalize("NFC", text)


def spellings(text: str) -> set[str]:
    """The forms in which a database may have a text that is compared normalised."""
    return {text, composed(text), unicodedata.normalize("NFD", text)}


def can_be_stored(value: Any) -> bool:
    """Return whether both databases can store a JSON value."""
    if isinstance(value, str):
        return not UNSTORABLE.search(value)
    if isinstance(value, int):
        return MIN_INTEGER <= value <= MAX_INTEGER
    if isinstance(value, dict):
        return all(can_be_stored(part) for item in value.items() for part in item)
    if isinstance(value, list):
        return all(map(can_be_stored, value))
    return True


def equal(one: Any, other: Any) -> bool:
    """Return whether two JSON values are equal (RFC 6902, section 4.6).

    It takes no longer than the smaller one is large.

    >>> equal([1], [1.0]), equal(True, 1)
    (True, False)
    """
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(equal, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        same_names = one.keys() == other.keys()
        return same_names and all(equal(value, other[name]) for name, value in one.items())
    return bool(one == other)


def comparable(value: Any) -> Hashable:
    """A hashable value that is equal for equal JSON values and for no others."""
    if isinstance(value, bool):
        return "boolean", value
    if isinstance(value, list):
        return tuple(map(comparable, value))
    if isinstance(value, dict):
        return frozenset((name, comparable(member)) for name, member in value.items())
    hashable: Hashable = value
    return hashable

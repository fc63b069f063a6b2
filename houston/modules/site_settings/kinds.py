"""What the value of a key may be: each kind says so, reads it, and documents it."""

import re
from collections.abc import Iterable
from typing import Any, ClassVar

from houston.core.rest.schema.types.texts import EMAIL
from houston.modules.site_settings.draft import Draft, shown

LONGEST_TEXT = 10_000
MOST_TEXTS = 100
SCHEME = re.compile(r"\s*([a-z][a-z0-9+.-]*):", re.IGNORECASE)
HARMLESS_SCHEMES = frozenset({"http", "https", "mailto"})
COLOR = re.compile(r"#[0-9a-fA-F]{6}\Z")


class Kind:
    """A kind of values.

    `expected` is the Python type, whose name is in the contract's sentence about others. `empty` is
    what a key without value and default has.
    """

    expected: ClassVar[type]
    empty: Any = None

    def read(self, key: str, value: Any, draft: Draft) -> Any:
        """The value as it is stored; what is wrong with it is noted in the draft."""
        if not isinstance(value, self.expected) or isinstance(value, bool) is not (
            self.expected is bool
        ):
            draft.refuse(
                key,
                f"Houston Setting key={key}, value incorrect type value={self.quote(value)},"
                f"needs to be {self.expected}",
            )
            return self.empty
        return self.check(key, value, draft)

    def check(self, key: str, value: Any, draft: Draft) -> Any:
        """The value, which is of the type; what else is wrong with it is noted."""
        return value

    def quote(self, value: Any) -> str:
        """A value as a sentence may repeat it."""
        return shown(value)

    def json_schema(self) -> dict[str, Any]:
        """What the API document says of a value."""
        raise NotImplementedError


class Text(Kind):
    """A text of bounded length; an empty one is a value, too."""

    expected = str

    def check(self, key: str, value: Any, draft: Draft) -> Any:
        """The text."""
        if len(value) > LONGEST_TEXT:
            draft.refuse(key, f"{key} is longer than {LONGEST_TEXT} characters")
        elif value and (fault := self.fault(value)):
            draft.refuse(key, f"{key} {fault}")
        return value

    def fault(self, text: str) -> str | None:
        """What is wrong with a text that is not empty, to be said after its key."""
        return None

    def json_schema(self) -> dict[str, Any]:
        """A string."""
        return {"type": "string", "maxLength": LONGEST_TEXT}


class Secret(Text):
    """A text that never leaves the server again, not even in an error."""

    def quote(self, value: Any) -> str:
        """Nothing of it."""
        return "(hidden)"


class Link(Text):
    """Where a link of the site leads: a page shows it, so it must not be a script."""

    def fault(self, text: str) -> str | None:
        """A scheme that is not of the web."""
        found = SCHEME.match(text)
        if found is None or found[1].lower() in HARMLESS_SCHEMES:
            return None
        return "must be an http or https address"


class Color(Text):
    """A colour as style sheets write it."""

    def fault(self, text: str) -> str | None:
        """Anything but six hexadecimal digits after #."""
        return None if COLOR.match(text) else "must be a colour such as #8176B1"


class Address(Text):
    """An e-mail address."""

    def fault(self, text: str) -> str | None:
        """Anything without an @."""
        return None if EMAIL.match(text) else "must be an email address"


class Choice(Text):
    """One of some texts, or none of them."""

    def __init__(self, *choices: str) -> None:
        self._choices = choices

    def fault(self, text: str) -> str | None:
        """A text that is none of the choices."""
        return None if text in self._choices else f"must be one of {', '.join(self._choices)}"


class Truth(Kind):
    """True or false."""

    expected = bool
    empty = False

    def json_schema(self) -> dict[str, Any]:
        """A boolean."""
        return {"type": "boolean"}


class Number(Kind):
    """A whole number between bounds that are included."""

    expected = int

    def __init__(self, least: int, most: int) -> None:
        self._least, self._most = least, most

    def check(self, key: str, value: Any, draft: Draft) -> Any:
        """The number."""
        if not self._least <= value <= self._most:
            draft.refuse(key, f"{key} must be between {self._least} and {self._most}")
        return value

    def json_schema(self) -> dict[str, Any]:
        """An integer with its bounds."""
        return {"type": "integer", "minimum": self._least, "maximum": self._most}


class Texts(Kind):
    """A list of texts."""

    expected = list
    empty: list[Any] = []

    def check(self, key: str, value: Any, draft: Draft) -> Any:
        """The list."""
        if len(value) > MOST_TEXTS:
            draft.refuse(key, f"{key} has more than {MOST_TEXTS} entries")
            return value
        text = Text()
        return [text.read(key, each, draft) for each in value]

    def json_schema(self) -> dict[str, Any]:
        """An array of strings."""
        return {"type": "array", "maxItems": MOST_TEXTS, "items": Text().json_schema()}


class File(Kind):
    """A picture or film that was uploaded: a value goes in by its transaction, and is a guid."""

    expected = dict

    def json_schema(self) -> dict[str, Any]:
        """A guid."""
        return {"type": "string", "format": "uuid"}


def choices(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The schema that tells clients what to choose from: labels and values."""
    return {"choices": [{"label": label, "value": value} for label, value in pairs]}

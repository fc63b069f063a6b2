"""What the value of a key may be: each kind says so, reads it, and documents it."""

import re
from collections.abc import Iterable
from typing import Any, ClassVar
from uuid import UUID

from houston.core.errors import Unprocessable, shown
from houston.core.mail import is_address
from houston.core.schema.nodes import EMAIL
from houston.core.values import GUID_FORM
from houston.modules.fileuploads.services import import_upload
from houston.modules.site_settings.draft import Draft

LONGEST_TEXT = 10_000
MOST_TEXTS = 100
SCHEME = re.compile(r"\s*([a-z][a-z0-9+.-]*):", re.IGNORECASE)
BY_TRANSACTION = "The File API should only be used for manipulating files via a transactionId"
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
    """A text; an empty one is a value, too."""

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


class Line(Text):
    """A text of one line, as the headers of a mail have them."""

    def fault(self, text: str) -> str | None:
        """A text with line breaks, or with what cannot be printed."""
        return None if text.isprintable() else "must be one line"


class EmailAddress(Text):
    """An e-mail address that mail can be from; there is no empty one."""

    def check(self, key: str, value: Any, draft: Draft) -> Any:
        """The address."""
        if not EMAIL.match(value) or not is_address(value):
            draft.refuse(key, f"{key} must be an email address")
        return super().check(key, value, draft)


class Choice(Text):
    """One of some texts, or none of them."""

    def __init__(self, *choices: str) -> None:
        self._choices = choices

    def fault(self, text: str) -> str | None:
        """A text that is none of the choices."""
        return None if text in self._choices else f"must be one of {', '.join(self._choices)}"

    def json_schema(self) -> dict[str, Any]:
        """A string with its choices."""
        return {"type": "string", "enum": ["", *self._choices]}


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


class Structure(Kind):
    """A list or an object with rules of its own, and with ids that objects may use."""

    def reset(self, key: str, draft: Draft) -> Any:
        """Nothing at all, which must not take away what is in use."""
        return self.read(key, self.empty, draft)


class File(Kind):
    """A file that was uploaded: it goes in by its transaction, and its value is a guid."""

    expected = dict

    def __init__(self, *mime_types: str) -> None:
        self._mime_types = mime_types

    def read(self, key: str, value: Any, draft: Draft) -> Any:
        """The guid of the file upload that is made of the upload."""
        transaction, path = _named(value)
        if transaction is None:
            draft.refuse(key, BY_TRANSACTION)
            return None
        try:
            file = import_upload(draft.services, draft.db, draft.caller, transaction, path)
        except Unprocessable as error:
            draft.refuse(key, error.message)
            return None
        if file.mime_type not in self._mime_types:
            expected = ", ".join(self._mime_types)
            draft.refuse(key, f"{key} must be one of {expected}, not {shown(file.mime_type)}")
        return file.guid

    def json_schema(self) -> dict[str, Any]:
        """The names of an upload."""
        return {
            "type": "object",
            "required": ["transactionId"],
            "properties": {
                "transactionId": {"type": "string", "format": "uuid"},
                "transactionPath": {"type": "string", "x-nullable": True},
            },
        }


def _named(value: Any) -> tuple[UUID | None, str | None]:
    """The transaction and the name of an upload; without the first, the value names none."""
    if not isinstance(value, dict):
        return None, None
    transaction, path = value.get("transactionId"), value.get("transactionPath")
    if not isinstance(transaction, str) or not GUID_FORM.match(transaction):
        return None, None
    return UUID(transaction), path if isinstance(path, str) and path else None


def choices(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The schema that tells clients what to choose from: labels and values."""
    return {"choices": [{"label": label, "value": value} for label, value in pairs]}

"""The nodes of values without rules of their own kind: texts, addresses and uploaded files."""

import re
from collections.abc import Iterable
from typing import Any

from colander import Invalid, Length, Regex, SchemaNode, drop

from houston.core.mail import is_address
from houston.core.schema.nodes import EMAIL, Choice, Guid, ListOf, Schema, String, Text, Validator
from houston.core.values import GUID_FORM, comparable
from houston.modules.site_settings.messages import NO_ENTRY, NOT_A_GUID, REPEATED

MAX_TEXT = 10_000
MAX_ITEMS = 10_000
MAX_TEXTS = 100
SCHEME = re.compile(r"\s*([a-z][a-z0-9+.-]*):", re.IGNORECASE)
HARMLESS_SCHEMES = frozenset({"http", "https", "mailto"})
COLOR = re.compile(r"^(?:#[0-9a-fA-F]{6})?\Z")


class Secret(Text):
    """A text that is never shown again, not even in an error."""

    format = "password"


class Link(Text):
    """The address that a link leads to; pages show it, so it must not be a script."""

    def __init__(self) -> None:
        super().__init__(validators=[check_scheme])


class Color(Text):
    """A colour, in six hexadecimal digits after `#`."""

    def __init__(self) -> None:
        super().__init__(validators=[Regex(COLOR, "Must be a colour such as #8176B1.")])


class Line(Text):
    """A text of one line, for the header of a mail."""

    def __init__(self) -> None:
        super().__init__(validators=[check_printable])


class SenderAddress(Text):
    """An e-mail address that mail can be sent from."""

    format = "email"

    def __init__(self) -> None:
        super().__init__(validators=[check_sender])


class OptionalChoice(Choice):
    """One of some texts, or an empty text for none of them."""

    def __init__(self, *choices: str) -> None:
        super().__init__(["", *choices])


class Texts(ListOf):
    """A list of texts."""

    def __init__(self) -> None:
        super().__init__(Text(), max_items=MAX_TEXTS)


class UploadedFileSchema(Schema):
    """An uploaded file, by its transaction and its name; the value of the key is its guid."""

    transactionId = Guid()  # noqa: N815 - the client's name
    transactionPath = String(  # noqa: N815 - the client's name
        0,
        MAX_TEXT,
        nullable=True,
        missing=None,
        description="The name of the file, where the transaction has several.",
    )

    def __init__(self, *mime_types: str) -> None:
        super().__init__()
        self.mime_types = mime_types


class GuidText(String):
    """A guid that stays text."""

    format = "uuid"

    def __init__(self, *, validators: Iterable[Validator] = (), **options: Any) -> None:
        super().__init__(1, 36, validators=[check_guid, *validators], **options)


class UniqueBy:
    """The validator of lists whose objects differ in one field.

    Args:
        field: The name of the field; objects without it do not count.
    """

    def __init__(self, field: str) -> None:
        self._field = field

    def __call__(self, node: SchemaNode, items: list[dict[str, Any]]) -> None:
        """Check a list.

        Raises:
            colander.Invalid: Some values occur more than once; the first object of each is named.
        """
        first: dict[Any, int] = {}
        repeated: dict[int, None] = {}
        for position, item in enumerate(items):
            if self._field in item:
                before = first.setdefault(comparable(item[self._field]), position)
                if before != position:
                    repeated[before] = None
        error = Invalid(node)
        for position in repeated:
            error.add(Invalid(node.children[0], REPEATED), position)
        if repeated:
            raise error


FILLED = Length(min=1, min_err=NO_ENTRY)
"""The validator of lists that must not be empty."""


def filled(**options: Any) -> String:
    """The node of a text that must not be empty."""
    return String(1, MAX_TEXT, **options)


def optional_text() -> String:
    """The node of a text that may be absent."""
    return String(0, MAX_TEXT, missing=drop)


def lowered(text: Any) -> Any:
    """A text in lower case."""
    return text.lower() if isinstance(text, str) else text


def check_scheme(node: SchemaNode, text: str) -> None:
    """Raise colander.Invalid for an address with a scheme that is not of the web."""
    found = SCHEME.match(text)
    if found is not None and found[1].lower() not in HARMLESS_SCHEMES:
        raise Invalid(node, "Must be an http or https address.")


def check_printable(node: SchemaNode, text: str) -> None:
    """Raise colander.Invalid for a text with line breaks or other control characters."""
    if not text.isprintable():
        raise Invalid(node, "Must be one line.")


def check_sender(node: SchemaNode, text: str) -> None:
    """Raise colander.Invalid for a text that is not one e-mail address."""
    if not EMAIL.match(text) or not is_address(text):
        raise Invalid(node, "Must be an email address.")


def check_guid(node: SchemaNode, text: str) -> None:
    """Raise colander.Invalid for a text that is no guid; an empty one is too short already."""
    if text and not GUID_FORM.match(text):
        raise Invalid(node, NOT_A_GUID)

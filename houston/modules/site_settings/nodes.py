"""The nodes of values without fields of their own, and the validators that several values share."""

from collections.abc import Iterable
from typing import Any

from colander import Function, Invalid, Length, Regex, SchemaNode

from houston.core.mail import is_address
from houston.core.schema.lines import Link
from houston.core.schema.nodes import (
    EMAIL,
    Guid,
    ListOf,
    Password,
    Schema,
    String,
    Text,
    Validator,
)
from houston.core.values import GUID_FORM, comparable
from houston.modules.site_settings.messages import NO_ENTRY, NOT_A_GUID, REPEATED

MAX_TEXT = 10_000
MAX_ITEMS = 10_000
COLOR = Regex(r"^(?:#[0-9a-fA-F]{6})?\Z", "Must be a colour such as #8176B1.")
FILLED = Length(min=1, min_err=NO_ENTRY)
"""The validator of lists that must not be empty."""

TEXT = Text(description="Text.")
TEXTS = ListOf(Text(), max_items=100, description="A list of texts.")
SECRET = Password(0, MAX_TEXT, description="A secret text.")
COLOR_TEXT = Text(validators=[COLOR], description="A colour: # and six hexadecimal digits.")
LINE = Text(
    validators=[Function(str.isprintable, "Must be one line.")], description="A line of text."
)
LINK = Link(description="The address of a web page.")
SENDER = Text(
    validators=[
        Function(lambda text: EMAIL.match(text) and is_address(text), "Must be an email address.")
    ],
    description="An e-mail address.",
)


class UploadedFileSchema(Schema):
    """An uploaded file, by its transaction and its name; the value of the key is its guid."""

    transactionId = Guid()
    transactionPath = String(0, MAX_TEXT, nullable=True, missing=None)

    def __init__(self, *mime_types: str) -> None:
        super().__init__()
        self.mime_types = mime_types


class GuidText(String):
    """A guid that stays text; `lower` turns it to lower case."""

    format = "uuid"

    def __init__(
        self, *, lower: bool = False, validators: Iterable[Validator] = (), **options: Any
    ) -> None:
        if lower:
            options["preparer"] = lambda text: text.lower() if isinstance(text, str) else text
        # An empty text is too short already.
        form = Function(lambda text: not text or GUID_FORM.match(text), NOT_A_GUID)
        super().__init__(1, 36, validators=[form, *validators], **options)


class UniqueBy:
    """The validator of lists whose objects differ in a field; those without it do not count."""

    def __init__(self, field: str) -> None:
        self._field = field

    def __call__(self, node: SchemaNode, items: list[dict[str, Any]]) -> None:
        """Raise colander.Invalid that names the first object of each repeated value."""
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


def filled(**options: Any) -> String:
    """The node of a text that must not be empty."""
    return String(1, MAX_TEXT, **options)

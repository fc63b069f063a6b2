"""The messages about values that a schema refuses, in the sentences of the API contract.

The schemas have the texts of all schemas. Clients of site settings know sentences such as
`commonNames field missing from site.species` instead (contract A-05, section 4). A template turns a
text into such a sentence; it is looked up by the place of the fault and the text, then by the text
alone.
"""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple

from colander import Invalid, interpolate

from houston.core.errors import shown
from houston.core.schema import types
from houston.core.schema.nodes import Field, Schema

Templates = Mapping[str | tuple[str, str], str]
"""Templates by text, or by place and text. A place is the dotted names of the fields to it, without
positions and keys; that of the value itself is `ROOT`. Templates quote in the manner of
`%(name)s`: `key`; `context`, the name of the value and of the object in it (`root` without that);
`name` and dotted `path` of the field; its `type`; the wrong `value`; the `item` of the list around
it; members of `item` and of named objects (`item.id`, `schema.category`); the `text`
itself, and the text as the end of a `sentence`."""

MAX_MESSAGES = 1000
ROOT = "."
DEFAULT = "any other text"
MISSING = Field.missing_msg
NULL = "Field may not be null."
TOO_SHORT = "Shorter than minimum length ${min}."
TOO_LONG = "Longer than maximum length ${max}."
NOT_A_CHOICE = "Not a valid choice."
NOT_A_STRING = "Not a valid string."
NOT_A_LIST = "Not a valid list."
NOT_A_MAPPING = "Not a valid mapping."
NOT_A_GUID = "Not a valid UUID."
NO_ENTRY = "Must have at least one entry."
REPEATED = "Occurs more than once."
UNKNOWN = types.UNKNOWN
NOT_STORABLE = "Contains text or numbers that cannot be stored."
WRONG_TYPES = frozenset(
    {NULL, NOT_A_STRING, NOT_A_LIST, NOT_A_MAPPING, "Not a valid boolean.", "Not a valid integer."}
)
ITEM, REQUIRED, OPTIONAL = "wrong type of an item", "of a required field", "of an optional field"
"""The keys of the templates of wrong types."""
CLASSES = {
    types.String: str,
    types.Boolean: bool,
    types.Integer: int,
    types.Sequence: list,
}
"""The Python classes that sentences name; that of an object is `dict`."""

STORABLE: Templates = dict.fromkeys(
    NOT_STORABLE, "%(key)s contains text or numbers that cannot be stored"
)
WRONG_TYPE: Templates = {
    (ROOT, text): "Houston Setting key=%(key)s, value incorrect type value=%(value)s,"
    "needs to be <class '%(type)s'>"
    for text in WRONG_TYPES
}
SCALAR: Templates = {
    **STORABLE,
    **WRONG_TYPE,
    TOO_LONG: "%(key)s is longer than %(max)s characters",
    DEFAULT: "%(key)s %(sentence)s",
}
"""Of values without fields."""
STRUCTURED: Templates = {
    **STORABLE,
    **WRONG_TYPE,
    MISSING: "%(name)s field missing from %(context)s",
    TOO_SHORT: "%(name)s cannot be empty string in %(context)s",
    TOO_LONG: "%(name)s is longer than %(max)s characters in %(context)s",
    NO_ENTRY: "%(name)s in %(context)s must have at least one entry",
    NOT_A_GUID: "%(name)s %(value)s is not a valid UUID in %(context)s",
    ITEM: "%(context)s items need to be a dict",
    REQUIRED: "%(name)s field had incorrect type, expected %(type)s in %(context)s",
    OPTIONAL: "%(name)s incorrect type in %(context)s",
}
"""Of values with fields."""


class Wording(NamedTuple):
    """The sentences about the value of one key.

    Attributes:
        key: The name of the key.
        context: The name of the value in sentences.
        templates: The templates.
    """

    key: str
    context: str
    templates: Templates


class Quotations(dict[str, str]):
    """What a template may quote; what is not there is empty."""

    def __missing__(self, name: str) -> str:
        return ""


def messages_of(error: Invalid, wording: Wording, value: Any) -> list[str]:
    """The sentences about a refused value, each once."""
    about = Quotations(key=wording.key, name=wording.key)
    about["root"] = about["context"] = wording.context
    sentences = _sentences(error, value, wording.templates, ROOT, about)
    return list(dict.fromkeys(islice(sentences, MAX_MESSAGES)))


def _sentences(
    error: Invalid, value: Any, templates: Templates, place: str, about: Quotations
) -> Iterator[str]:
    about = Quotations(about, value=shown(value), type=_class_of(error.node).__name__)
    for text in error.messages():
        yield _sentence(error, text, templates, place, about)
    if isinstance(error.node, Schema) and error.node.name and place != ROOT:
        about["context"] += f".{error.node.name}"
    for child in error.children:
        part = _part(value, child)
        below, quotations = _descend(child, part, place, about)
        yield from _sentences(child, part, templates, below, quotations)


def _sentence(
    error: Invalid, text: str, templates: Templates, place: str, about: Quotations
) -> str:
    template = templates.get((place, text)) or templates.get(text)
    if template is None and text in WRONG_TYPES:
        template = templates.get(_kind_of(error))
    quotations = Quotations(about, **(getattr(text, "mapping", None) or {}))
    (quotations["text"],) = interpolate([text])
    quotations["sentence"] = f"{text[0].lower()}{text[1:].rstrip('.')}"
    return (template or templates.get(DEFAULT, "%(text)s")) % quotations


def _kind_of(error: Invalid) -> str:
    if error.positional:
        return ITEM if isinstance(error.node.typ, types.Mapping) else OPTIONAL
    return REQUIRED if error.node.required else OPTIONAL


def _descend(child: Invalid, part: Any, place: str, about: Quotations) -> tuple[str, Quotations]:
    """The place of a part of a value, and what can be quoted there."""
    name = child.node.name
    about = Quotations(about, name=name or about["name"])
    place = "" if place == ROOT else place
    step = ""
    if child.positional:
        step = str(child.pos)
        about["item"] = shown(part)
    elif isinstance(child.node, Field):
        step = name
        place = f"{place}.{name}".lstrip(".")
    about["path"] = f"{about['path']}.{step}" if about["path"] and step else about["path"] or step
    if isinstance(child.node, Schema) and isinstance(part, dict):
        owner = "item" if child.positional else name
        for field in child.node.children:
            about[f"{owner}.{field.name}"] = shown(part.get(field.name))
    return place, about


def _part(value: Any, child: Invalid) -> Any:
    """The part of a value that the error of a child is about."""
    if isinstance(value, list) and child.positional:
        return value[child.pos]
    return value.get(child.node.name) if isinstance(value, dict) else None


def _class_of(node: Any) -> type:
    return CLASSES.get(type(node.typ), dict)

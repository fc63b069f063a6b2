"""The messages about values that a schema refuses, in the sentences of the API contract.

Clients of site settings know sentences such as `commonNames field missing from site.species`
(contract A-05, section 4) instead of the texts of schemas. Templates make the one of the other.
"""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from colander import Invalid, interpolate

from houston.core.schema import nodes, types
from houston.core.schema.nodes import Field, Schema
from houston.core.values import quoted

Templates = Mapping[str | tuple[str, str], str]
"""Templates by the text, or by the place and the text. A place is the dotted names of the fields to
it, without positions and keys; that of the whole value is `ROOT`. A template quotes, such as
`%(name)s`: the `key`; the `context`, which is the `root` of the key and the names of objects in it;
the `name` of the field, its dotted `path` and its `type`; the wrong `value`; the `item` of the list
around it; members of `item` and of named objects, such as `item.id`; the `text`, and the `sentence`
that has the text after its subject."""

MAX_MESSAGES = 1000
ROOT = "."
DEFAULT = "any other text"
MISSING = Field.missing_msg
TOO_SHORT = "Shorter than minimum length ${min}."
TOO_LONG = "Longer than maximum length ${max}."
NOT_A_CHOICE = nodes.NOT_A_CHOICE
NOT_A_STRING = "Not a valid string."
NOT_A_LIST = "Not a valid list."
NOT_A_MAPPING = "Not a valid mapping."
NOT_A_GUID = "Not a valid UUID."
NO_ENTRY = "Must have at least one entry."
REPEATED = "Occurs more than once."
CLASSES: Mapping[type, str] = {
    types.String: "str",
    types.Boolean: "bool",
    types.Integer: "int",
    types.Sequence: "list",
}
"""The names of types in sentences; that of an object is `dict`."""
WRONG_TYPES = frozenset(
    {NOT_A_STRING, NOT_A_LIST, NOT_A_MAPPING, "Not a valid boolean.", "Not a valid integer."}
    | {"Field may not be null."}
)
OF_ITEM, OF_REQUIRED, OF_OPTIONAL = "type of item", "type of required", "type of optional"
"""The keys of the templates of wrong types."""

WRONG_VALUE: Templates = {
    (ROOT, text): "Houston Setting key=%(key)s, value incorrect type value=%(value)s,"
    "needs to be <class '%(type)s'>"
    for text in WRONG_TYPES
}
SCALAR: Templates = {
    **WRONG_VALUE,
    TOO_LONG: "%(key)s is longer than %(max)s characters",
    types.NOT_STORABLE: "%(key)s contains text or numbers that cannot be stored",
    DEFAULT: "%(key)s %(sentence)s",
}
"""Of values without fields."""
STRUCTURED: Templates = {
    **WRONG_VALUE,
    MISSING: "%(name)s field missing from %(context)s",
    TOO_SHORT: "%(name)s cannot be empty string in %(context)s",
    TOO_LONG: "%(name)s is longer than %(max)s characters in %(context)s",
    NO_ENTRY: "%(name)s in %(context)s must have at least one entry",
    NOT_A_GUID: "%(name)s %(value)s is not a valid UUID in %(context)s",
    OF_ITEM: "%(context)s items need to be a dict",
    OF_REQUIRED: "%(name)s field had incorrect type, expected %(type)s in %(context)s",
    OF_OPTIONAL: "%(name)s incorrect type in %(context)s",
    DEFAULT: "%(name)s in %(context)s: %(text)s",
}
"""Of values with fields."""


class Quotations(dict[str, str]):
    """The texts that a template may quote; others are empty."""

    def __missing__(self, name: str) -> str:
        return ""


def messages_of(
    error: Invalid, key: str, context: str, templates: Templates, value: Any
) -> list[str]:
    """The sentences about the refused value of a key, each once."""
    about = Quotations(key=key, name=key, root=context, context=context)
    return list(
        dict.fromkeys(islice(_sentences(error, templates, value, ROOT, about), MAX_MESSAGES))
    )


def _sentences(
    error: Invalid, templates: Templates, value: Any, place: str, about: Quotations
) -> Iterator[str]:
    node = error.node
    about = Quotations(about, value=quoted(value), type=CLASSES.get(type(node.typ), "dict"))
    for text in error.messages():
        yield _sentence(error, text, templates, place, about)
    if isinstance(node, Schema) and node.name and place != ROOT:
        about["context"] += f".{node.name}"
    for child in error.children:
        part = _part_of(value, child)
        yield from _sentences(child, templates, part, *_descend(child, part, place, about))


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
        return OF_ITEM if isinstance(error.node.typ, types.Mapping) else OF_OPTIONAL
    return OF_REQUIRED if error.node.required else OF_OPTIONAL


def _descend(child: Invalid, part: Any, place: str, about: Quotations) -> tuple[str, Quotations]:
    """The place of a part of a value, and what can be quoted there."""
    name = child.node.name
    about = Quotations(about, name=name or about["name"])
    place, step, owner = place.strip("."), "", name
    if child.positional:
        step, owner, about["item"] = str(child.pos), "item", quoted(part)
    elif isinstance(child.node, Field):
        step, place = name, f"{place}.{name}".strip(".")
    about["path"] = f"{about['path']}.{step}".strip(".")
    if isinstance(child.node, Schema) and isinstance(part, dict):
        for field in child.node:
            about[f"{owner}.{field.name}"] = quoted(part.get(field.name))
    return place, about


def _part_of(value: Any, child: Invalid) -> Any:
    if isinstance(value, list) and child.positional:
        return value[child.pos]
    return value.get(child.node.name) if isinstance(value, dict) else None

"""Reading input by a schema: all that is wrong is told at once, by field."""

from typing import Any

import colander

from houston.core.errors import Unprocessable
from houston.core.schema.nodes import Schema
from houston.core.schema.types import Items, Type

WHOLE = "_schema"
FILE = "Not a file, but text is expected here."


class Invalid(Unprocessable):
    """Input that a schema refuses: `messages` has the texts by field, dotted below the top."""

    messages: dict[str, list[str]]


def load(schema: Schema, value: Any) -> dict[str, Any]:
    """The Python values of a JSON object; raises Invalid with every fault in it."""
    try:
        loaded: dict[str, Any] = schema.deserialize(value)
        return loaded
    except colander.Invalid as error:
        raise Invalid(messages=messages_of(error)) from None


def from_text(schema: Schema, fields: Any) -> dict[str, Any]:
    """The Python values of a form or a query string (a MultiDict); raises Invalid.

    All is text there: it is first taken for the JSON value that it means.
    """
    children = {child.name: child for child in schema.children}
    value: dict[str, Any] = {}
    wrong: dict[str, list[str]] = {}
    for name in dict.fromkeys(fields):
        texts, child = fields.getall(name), children.get(name)
        several = child is not None and isinstance(child.typ, Items)
        if child is None:
            value[name] = texts[0]
        elif not all(isinstance(text, str) for text in texts):
            wrong[name] = [FILE]
        elif several:
            value[name] = [_parse(child.children[0].typ, text) for text in texts]
        elif len(texts) > 1:
            wrong[name] = ["Given more than once."]
        else:
            value[name] = _parse(child.typ, texts[0])
    return _loaded(schema, value, wrong)


def _loaded(schema: Schema, value: dict[str, Any], wrong: dict[str, list[str]]) -> dict[str, Any]:
    """The loaded values; raises Invalid with what is wrong already, and with what else is."""
    try:
        loaded = load(schema, value)
    except Invalid as invalid:
        raise Invalid(messages={**invalid.messages, **wrong}) from None
    if wrong:
        raise Invalid(messages=wrong)
    return loaded


def messages_of(error: colander.Invalid) -> dict[str, list[str]]:
    """The texts of an error by dotted field; those about the whole are under `_schema`."""
    messages: dict[str, list[str]] = {}
    _collect(error, (), messages)
    return messages


def _collect(
    error: colander.Invalid, path: tuple[str, ...], messages: dict[str, list[str]]
) -> None:
    for text in error.messages():
        messages.setdefault(".".join(path) or WHOLE, []).append(str(text))
    for child in error.children:
        _collect(child, (*path, child.node.name), messages)


def _parse(type: Any, text: str) -> Any:
    """The JSON value that `text` means."""
    return type.parse(text) if isinstance(type, Type) else text

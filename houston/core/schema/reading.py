"""Reading input by a schema: all faults are told at once, by field."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import colander

from houston.core.errors import Unprocessable
from houston.core.schema import types
from houston.core.schema.nodes import Field, Schema

WHOLE = "_schema"
"""The name of faults that are about an object as a whole."""
INTEGER = re.compile(r"[+-]?[0-9]{1,30}\Z", re.ASCII)
NUMBER = re.compile(
    r"[+-]?([0-9]{1,100}(\.[0-9]{0,100})?|\.[0-9]{1,100})([eE][+-]?[0-9]{1,3})?\Z", re.ASCII
)
BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


class InvalidInput(Unprocessable):
    """Input that a schema refuses: `messages` has the texts by field, dotted below the top."""

    messages: dict[str, list[str]]


def load(schema: Schema, value: Any) -> dict[str, Any]:
    """The Python values of a JSON object.

    Raises:
        InvalidInput: With all faults.
    """
    try:
        loaded: dict[str, Any] = schema.deserialize(value)
        return loaded
    except colander.Invalid as error:
        raise InvalidInput(messages=messages_of(error)) from None


def messages_of(error: colander.Invalid) -> dict[str, list[str]]:
    """The texts of an error by dotted field; those about the whole are under `_schema`."""
    found: dict[str, list[str]] = error.asdict(separator=None)
    return {name or WHOLE: texts for name, texts in found.items()}


def lenient(node: Field, value: Any) -> Any:
    """The JSON value that input of texts means, for a node to validate.

    Texts of forms, query strings, settings and spreadsheets are taken for what the node expects; a
    list may be a single value. What cannot be taken so stays as it is, for the node to refuse.

    >>> from houston.core.schema.nodes import Boolean, Integer, ListOf
    >>> query = Schema(Boolean(name="all"), ListOf(Integer(), name="ids"))
    >>> lenient(query, {"all": "true", "ids": "7"})
    {'all': True, 'ids': [7]}
    """
    if isinstance(node.typ, types.Mapping) and isinstance(value, dict):
        known = {child.name: child for child in node.children}
        return {
            name: lenient(known[name], member) if name in known else member
            for name, member in value.items()
        }
    if isinstance(node.typ, types.Sequence):
        members = value if isinstance(value, list) else [value]
        return [lenient(node.children[0], member) for member in members]
    prepare = PREPARERS.get(type(node.typ))
    return prepare(value) if prepare and isinstance(value, str) else value


def boolean_of(text: str) -> Any:
    """The truth that a text means: `true`, `1`, `false` or `0`."""
    return BOOLEANS.get(text.lower(), text)


def integer_of(text: str) -> Any:
    """The integer that a text means: decimal digits with an optional sign."""
    return int(text) if INTEGER.match(text) else text


def number_of(text: str) -> Any:
    """The decimal number that a text means."""
    return float(text) if NUMBER.match(text) else text


PREPARERS: Mapping[type, Callable[[str], Any]] = {
    types.Boolean: boolean_of,
    types.Integer: integer_of,
    types.Number: number_of,
}

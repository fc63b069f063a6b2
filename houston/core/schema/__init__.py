"""Schemas of input and output: declared once for validation, rendering and documents.

They are Colander's. Input is strict: values have the types of JSON, unknown names are refused, and
texts, lists and maps have bounds. Input of texts only (forms, query strings, settings,
spreadsheets) is prepared by `lenient` for the same schemas.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

import colander

from houston.core.errors import Unprocessable
from houston.core.schema import types
from houston.core.schema.nodes import Field, Schema

WHOLE = "_schema"
"""The name of faults of an object as a whole."""
INTEGER = re.compile(r"[+-]?[0-9]{1,30}\Z", re.ASCII)
NUMBER = re.compile(
    r"[+-]?([0-9]{1,100}(\.[0-9]{0,100})?|\.[0-9]{1,100})([eE][+-]?[0-9]{1,3})?\Z", re.ASCII
)
BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


class InvalidInput(Unprocessable):
    """Input that a schema refuses: `messages` has texts by field, with dots between the levels."""

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


def load_members(schema: Schema, values: Mapping[str, Any]) -> dict[str, Any]:
    """The Python values of some members of a JSON object; others are not required.

    Raises:
        InvalidInput: With all faults.
    """
    loaded, faults = {}, colander.Invalid(schema)
    for position, node in enumerate(schema.children):
        if node.name in values:
            try:
                loaded[node.name] = node.deserialize(values[node.name])
            except colander.Invalid as invalid:
                faults.add(invalid, position)
    if faults.children:
        raise InvalidInput(messages=messages_of(faults))
    return loaded


def messages_of(error: colander.Invalid) -> dict[str, list[str]]:
    """The texts of an error by dotted field; those of the whole are under `_schema`."""
    found: dict[str, list[str]] = error.asdict(separator=None)
    return {name or WHOLE: texts for name, texts in found.items()}


def lenient(node: Field, value: Any) -> Any:
    """The JSON value of texts, such as those of forms, query strings, settings and spreadsheets.

    Texts are converted to the types of the node, and a single value to a list. Other values are not
    changed, so that the node refuses them.

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


def integer_of(text: str) -> Any:
    """The integer of decimal digits with an optional sign; any other text itself."""
    return int(text) if INTEGER.match(text) else text


def number_of(text: str) -> Any:
    """The number of a decimal text; any other text itself."""
    return float(text) if NUMBER.match(text) else text


PREPARERS: Mapping[type, Callable[[str], Any]] = {
    types.Boolean: lambda text: BOOLEANS.get(text.lower(), text),
    types.Integer: integer_of,
    types.Number: number_of,
}

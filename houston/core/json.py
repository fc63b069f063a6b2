"""Strict JSON: texts that parsers read differently are refused."""

import json
import re
from math import isfinite
from typing import Any

import orjson

MAX_DEPTH = 32
MAX_DIGITS = 100
MAX_VALUES = 500_000
TEXT = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)', re.DOTALL)
"""A text, or the rest of the data after a quotation mark without its partner."""


class JsonError(ValueError):
    """The bytes are not valid, unambiguous JSON; the text says why."""


def dumps(value: Any) -> bytes:
    """The JSON text of a value: times in ISO 8601 with their offset, guids as text."""
    return orjson.dumps(value)


def copied(value: Any) -> Any:
    """A deep copy of a value, as JSON represents it."""
    return orjson.loads(orjson.dumps(value))


def loads(data: bytes, *, max_depth: int = MAX_DEPTH) -> Any:
    """The value of a JSON text in UTF-8 (RFC 8259).

    Raises:
        JsonError: It is none, or something that the RFC leaves open: repeated names, numbers beyond
            a double, lone surrogates in names, more than `max_depth` levels, more than 500,000
            values.
    """
    _check_number(data)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise JsonError("it is not UTF-8") from error
    try:
        value = _DECODER.decode(text)
    except RecursionError as error:
        raise JsonError("it is nested too deeply") from error
    except json.JSONDecodeError as error:
        raise JsonError(f"{error.msg} at line {error.lineno}, column {error.colno}") from error
    _check_depth(value, max_depth)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, value in pairs:
        if name in members:
            raise JsonError(f"the name {ascii(name)[:100]} is repeated")
        if not name.isascii() and any("\ud800" <= letter <= "\udfff" for letter in name):
            raise JsonError("a name contains half a character")
        members[name] = value
    return members


def _float(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise JsonError(f"the number {text[:20]} is too large")
    return number


def _integer(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise JsonError("a number has too many digits")
    return int(text)


def _constant(text: str) -> Any:
    raise JsonError(f"{text} is not a JSON value")


def _check_number(data: bytes) -> None:
    """Check the number of values, by the marks that begin them, before memory is used for them."""
    if _marks(data) > MAX_VALUES and _marks(TEXT.sub(b"", data)) > MAX_VALUES:
        raise JsonError(f"it has more than {MAX_VALUES} values")


def _marks(data: bytes) -> int:
    return sum(map(data.count, (b",", b"[", b"{")))


def _check_depth(value: Any, levels: int) -> None:
    """Check the depth of a value, level by level."""
    level = [value]
    while level := [each for each in level if isinstance(each, dict | list)]:
        if levels == 0:
            raise JsonError("it is nested too deeply")
        level = [
            member
            for each in level
            for member in (each.values() if isinstance(each, dict) else each)
        ]
        levels -= 1


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_float=_float,
    parse_int=_integer,
    parse_constant=_constant,
)


def merged(target: Any, patch: Any) -> Any:
    """The JSON value that a merge patch makes of another one (RFC 7396, section 2)."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result

"""Values that a database refuses, such as a text with NUL: one error for both, with the field."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DataError

from houston.core.db.models import Base
from houston.core.errors import Unprocessable
from houston.core.values import can_be_stored

WRITES = re.compile(r'\s*(?:INSERT INTO|UPDATE) "?(\w+)')
NUMBERED = re.compile(r"_+\d+\Z")
"""The end of the name of a parameter, such as `title_1`, which is not a part of the field's."""

UNSTORABLE = "Contains text or numbers that cannot be stored."
TOO_LONG = "Longer than maximum length {}."


def listen(engine: Engine) -> None:
    """Let the engine raise `DataError` with the parameters by name, whatever the driver raises."""
    event.listen(engine, "handle_error", _with_names)


def describe_refusal(error: DataError) -> Unprocessable:
    """The error of a value that the database refuses, with the field if it can be told."""
    return Unprocessable(messages=dict(_faults(error)) or {"_schema": [UNSTORABLE]})


def _with_names(context: ExceptionContext) -> DataError | None:
    """The error of a refused value; sqlite3 raises those of Python."""
    refused = (DataError, UnicodeEncodeError, OverflowError)
    error, running = context.sqlalchemy_exception, context.execution_context
    if not isinstance(error or context.original_exception, refused) or running is None:
        return None
    compiled = getattr(running, "compiled_parameters", None)
    parameters = compiled or context.parameters
    original = context.original_exception
    return DataError(context.statement, parameters, original, hide_parameters=True)


def _faults(error: DataError) -> Iterator[tuple[str, list[str]]]:
    found = WRITES.match(error.statement or "")
    table = Base.metadata.tables.get(found[1]) if found else None
    for name, value in _parameters(error.params):
        field = NUMBERED.sub("", name)
        longest = None if table is None else _longest(table, field)
        if not can_be_stored(value):
            yield field, [UNSTORABLE]
        elif longest is not None and isinstance(value, str) and len(value) > longest:
            yield field, [TOO_LONG.format(longest)]


def _longest(table: Any, field: str) -> int | None:
    column = table.columns.get(field)
    return None if column is None else getattr(column.type, "length", None)


def _parameters(given: Any) -> Iterator[tuple[str, Any]]:
    """The parameters of all executions of a statement by name."""
    for each in given if isinstance(given, list | tuple) else [given]:
        if isinstance(each, Mapping):
            yield from each.items()

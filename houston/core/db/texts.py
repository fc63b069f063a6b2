"""Conditions of the characters that occur in a text, which an index finds.

A column with `info=SEARCHED` has an index of its trigrams, which `text_indexes` makes. The index
names the rows that may have the characters, and each condition compares them: without an index, it
finds the same rows by reading all of them.
"""

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Boolean, Column, ColumnElement, and_, func, literal, literal_column, true
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.visitors import iterate, replacement_traverse

SEARCHED = {"searched": True}
"""The `info` of a text column that searches look in; the key of its table is a guid."""
INDEX = "text_index_"
"""The beginning of the names of the indexes, and of all that belongs to them."""
ESCAPED = {ord(character): f"\\{character}" for character in "\\%_"}
WILDCARDS = {ord("*"): "%", ord("?"): "_"}
RUN = re.compile(r"[^\W_]{3,}")
"""Letters and digits that have trigrams on both databases."""
ROW_OF_INDEX = (
    "{0} IN (SELECT guid FROM {1}_key WHERE id IN (SELECT rowid FROM {1} WHERE {1} MATCH {2}))"
)


def contains(column: Any, characters: str) -> ColumnElement[bool]:
    """The condition that a text has some characters, without regard to case."""
    return _like(column, f"%{characters.translate(ESCAPED)}%")


def like(column: Any, pattern: str) -> ColumnElement[bool]:
    """The condition that a text has a pattern, without regard to case.

    Args:
        column: The column or expression.
        pattern: The pattern: `*` is any characters, `?` is one character.
    """
    return _like(column, pattern.translate(ESCAPED | WILDCARDS))


def _like(column: Any, pattern: str) -> ColumnElement[bool]:
    runs = RUN.findall(pattern)
    if runs and is_searched(column):
        return and_(_MayHave(column, runs), column.ilike(pattern, escape="\\"))
    # PostgreSQL would read a whole index for ILIKE with a pattern that has no trigrams.
    return func.lower(column).like(func.lower(pattern), escape="\\")


def is_searched(column: Any) -> bool:
    """Whether an expression is a column with an index."""
    return isinstance(column, Column) and bool(column.info.get("searched"))


def is_indexed(condition: ColumnElement[bool]) -> bool:
    """Whether an index of texts finds the rows of a condition."""
    return any(isinstance(element, _MayHave) for element in iterate(condition))


def without_index(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """The same condition for a database that reads the rows in their order."""

    def replaced(element: Any, **_: Any) -> Any:
        return true() if isinstance(element, Hint) else None

    return replacement_traverse(condition, {}, replaced)


def find_indexes(dialect: Any, connection: Any, _record: Any) -> None:
    """Tell a dialect of SQLite which indexes there are, when its engine connects."""
    found = connection.execute("SELECT name FROM sqlite_master WHERE name GLOB ?", (f"{INDEX}*",))
    dialect.text_indexes = {name for (name,) in found}


class Hint(FunctionElement[bool]):
    """A condition that another one implies, by which the rows of that are found."""

    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> Any:
        """The condition as it is: SQLite uses no index for one that is compared with 1."""
        return self


class _MayHave(Hint):
    """Whether a row may have some runs of characters, by its index on SQLite.

    PostgreSQL uses its index for ILIKE.
    """

    inherit_cache = True

    def __init__(self, column: Column[str], runs: Sequence[str]) -> None:
        (key,) = column.table.primary_key
        trigrams = {run[start : start + 3] for run in runs for start in range(len(run) - 2)}
        every = " AND ".join(f'"{trigram}"' for trigram in sorted(trigrams))
        index: Any = literal_column(f"{INDEX}{column.table.name}")
        super().__init__(key, index, literal(f"{column.name} : ({every})"))


@compiles(Hint)
def _hint(element: Hint, compiler: Any, **options: Any) -> str:
    return f"({compiler.process(element.clauses, **options)})"


@compiles(_MayHave)
def _any_row(*_: Any, **_options: Any) -> str:
    return "true"


@compiles(_MayHave, "sqlite")
def _row_of_index(element: _MayHave, compiler: Any, **options: Any) -> str:
    _, index, _ = element.clauses
    if index.name not in getattr(compiler.dialect, "text_indexes", ()):
        return "true"
    return ROW_OF_INDEX.format(*(compiler.process(each, **options) for each in element.clauses))

"""Conflicts in the words of the constraint that was violated.

A model describes its constraints by `describe_constraint`. The error of PostgreSQL has the name of
the constraint; that of SQLite has the columns, or the name of a unique index.
"""

import re

from sqlalchemy.exc import IntegrityError

from houston.core.errors import Conflict

_described: dict[str, tuple[str, str]] = {}


def describe_constraint(name: str, field: str, sentence: str) -> str:
    """Describe a violation of the constraint `name` by a field and a sentence; returns the name."""
    _described[name] = (field, sentence)
    return name


def describe_conflict(error: IntegrityError) -> Conflict:
    """The conflict of an integrity error, with the field if the constraint is described."""
    name = _constraint_name(error)
    if name not in _described:
        return Conflict()
    field, sentence = _described[name]
    return Conflict(sentence, messages={field: [sentence]})


def _constraint_name(error: IntegrityError) -> str:
    diagnostics = getattr(error.orig, "diag", None)
    if diagnostics is not None:
        return diagnostics.constraint_name or ""
    text = str(error.orig)
    if found := re.search(r"failed: index '(\w+)'", text):
        return found[1]
    if found := re.search(r"UNIQUE constraint failed: ([\w., ]+)", text):
        columns = [column.split(".") for column in found[1].split(", ")]
        return "_".join(["uq", columns[0][0], *(column[1] for column in columns)])
    return ""

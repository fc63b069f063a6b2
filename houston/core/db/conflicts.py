"""Conflicts told by the constraint that refused the row.

A model names its own: `CONFLICTS[constraint name] = (field, sentence)` through
`describe_constraint`. PostgreSQL gives the constraint's name; SQLite gives the columns, or the
name of a unique index.
"""

import re

from sqlalchemy.exc import IntegrityError

from houston.core.errors import Conflict

_described: dict[str, tuple[str, str]] = {}


def describe_constraint(name: str, field: str, sentence: str) -> str:
    """Say in words what a violation of the constraint `name` means; returns the name."""
    _described[name] = (field, sentence)
    return name


def describe_conflict(error: IntegrityError) -> Conflict:
    """The conflict behind an integrity error, naming the field where its constraint is known."""
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

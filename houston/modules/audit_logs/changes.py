"""What has changed of a row, in values that JSON can say, without secrets and of bounded length."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from enum import Enum
from functools import cache
from typing import Any

from sqlalchemy import Column, inspect
from sqlalchemy.orm import InstanceState, Mapper
from sqlalchemy.orm.base import LoaderCallableStatus

from houston.core.audit import Changes
from houston.core.db.columns import Audited
from houston.core.json import dumps

MASK = "***"
SECRET = re.compile("password|secret|token|digest|credential|api_?key", re.IGNORECASE)
LONGEST_TEXT = 2500
KEPT = 1000
CUT = ".....Text Removed....."
UNKNOWN = (LoaderCallableStatus.NO_VALUE, LoaderCallableStatus.NEVER_SET)


def changes_of(row: Audited) -> Changes:
    """What a flush is changing of a row, by field; a value that was never read has no `before`."""
    state: InstanceState[Any] = inspect(row)
    names = _remembered(state.mapper)
    changes = {}
    for name, before in state.committed_state.items():
        after = state.dict.get(name)
        if name in names and before != after:
            change = {"after": after} if before in UNKNOWN else {"before": before, "after": after}
            changes[name] = _told(state.mapper, name, change)
    return changes


def values_of(row: Audited, moment: str) -> Changes:
    """What is known of a row that comes or goes, by field: what it was `before`, or is `after`."""
    state: InstanceState[Any] = inspect(row)
    names = [name for name in state.dict if name in _remembered(state.mapper)]
    return {name: _told(state.mapper, name, {moment: state.dict[name]}) for name in names}


def message_about(changes: Changes) -> str:
    """The changes in a line: `title: "Seals" -> "Whales"`."""
    return "; ".join(f"{name}: {_in_a_line(change)}" for name, change in changes.items())


def shortened(text: str) -> str:
    """The text; of one that is too long, its beginning and its end."""
    return text if len(text) <= LONGEST_TEXT else f"{text[:KEPT]}{CUT}{text[-KEPT:]}"


@cache
def _remembered(mapper: Mapper[Any]) -> frozenset[str]:
    """The names of a model's columns, and of lists of others that are linked by a table alone."""
    columns = {each.key for each in mapper.column_attrs if isinstance(each.columns[0], Column)}
    lists = {each.key for each in mapper.relationships if each.secondary is not None}
    bookkeeping: frozenset[str] = mapper.class_.__unaudited__
    return frozenset(columns | lists) - bookkeeping


@cache
def _is_secret(mapper: Mapper[Any], name: str) -> bool:
    return name in mapper.class_.__masked__ or SECRET.search(name) is not None


def _told(mapper: Mapper[Any], name: str, change: Mapping[str, Any]) -> dict[str, Any]:
    if _is_secret(mapper, name):
        return dict.fromkeys(change, MASK)
    return {moment: _bounded(_plain(value)) for moment, value in change.items()}


def _plain(value: Any) -> Any:
    """The value as JSON can say it; what is called a secret in it is masked."""
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {
            str(name): MASK if SECRET.search(str(name)) else _plain(member)
            for name, member in value.items()
        }
    if isinstance(value, Iterable):
        return [_plain(member) for member in value]
    return str(getattr(value, "guid", value))


def _bounded(value: Any) -> Any:
    """The value, or its text where that is too long."""
    if value is None or isinstance(value, bool | int | float):
        return value
    text = value if isinstance(value, str) else dumps(value).decode()
    return value if len(text) <= LONGEST_TEXT else shortened(text)


def _in_a_line(change: Mapping[str, Any]) -> str:
    return " -> ".join(dumps(value).decode() for value in change.values())

"""What has changed of a row, in values that JSON can say, without secrets and of bounded length."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from enum import Enum
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import InstanceState, Mapper
from sqlalchemy.orm.base import LoaderCallableStatus

from houston.core.audit import Changes
from houston.core.rest.json import dumps

MASK = "***"
SECRET = re.compile("password|secret|token|digest|credential|api_?key", re.IGNORECASE)
LONGEST_TEXT = 2500
KEPT = 1000
CUT = ".....Text Removed....."
UNKNOWN = (LoaderCallableStatus.NO_VALUE, LoaderCallableStatus.NEVER_SET)


def changes_of(row: Any) -> Changes:
    """What a flush is changing of a row, by field; a value that was never read has no `before`."""
    state: InstanceState[Any] = inspect(row)
    changes = {}
    for name, before in state.committed_state.items():
        if name in row.__unaudited__ or not _belongs(state.mapper, name):
            continue
        change = {"before": before, "after": state.dict.get(name)}
        if before in UNKNOWN:
            del change["before"]
        if change.get("before", UNKNOWN) != change["after"]:
            changes[name] = _told(row, name, change)
    return changes


def values_of(row: Any, moment: str) -> Changes:
    """What is known of a row that comes or goes, by field: what it was `before`, or is `after`."""
    state: InstanceState[Any] = inspect(row)
    known = (column.key for column in state.mapper.column_attrs if column.key in state.dict)
    return {
        name: _told(row, name, {moment: state.dict[name]})
        for name in known
        if name not in row.__unaudited__
    }


def message_about(changes: Changes) -> str:
    """The changes in a line: `title: "Seals" -> "Whales"`."""
    return "; ".join(f"{name}: {_in_a_line(change)}" for name, change in changes.items())


def shortened(text: str) -> str:
    """The text; of one that is too long, its beginning and its end."""
    return text if len(text) <= LONGEST_TEXT else f"{text[:KEPT]}{CUT}{text[-KEPT:]}"


def _belongs(mapper: Mapper[Any], name: str) -> bool:
    """Whether it is a column, or a list of others that are linked by a table alone."""
    if name in mapper.column_attrs:
        return True
    relationship = mapper.relationships.get(name)
    return relationship is not None and relationship.secondary is not None


def _told(row: Any, name: str, change: Mapping[str, Any]) -> dict[str, Any]:
    if name in row.__masked__ or SECRET.search(name):
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

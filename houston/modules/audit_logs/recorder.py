"""The recorder: enters the changes of audited rows into the audit log, in their transaction.

Several changes of an object in one transaction are one entry. Changes within a savepoint are
dropped with it. Values are recorded as JSON, without secrets and in bounded length.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from enum import Enum
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Column, event, insert, update
from sqlalchemy.orm import InstanceState, Mapper, SessionTransaction, UOWTransaction, sessionmaker
from sqlalchemy.orm.base import LoaderCallableStatus

from houston.core.actors import Actor
from houston.core.audit import Action, Changes, Entry, Note, note
from houston.core.db.models import Audited
from houston.core.db.session import Session
from houston.core.events import is_within
from houston.core.json import dumps
from houston.modules.audit_logs.models import AuditLog, AuditType

FORGOTTEN = "inactivated user"
INSERT = insert(AuditLog.__table__)  # type: ignore[arg-type]  # typed as FromClause, is a Table
TYPES = {
    Action.UPDATE: AuditType.UPDATE,
    Action.DELETE: AuditType.DELETE,
    Action.ACCESS: AuditType.ACCESS,
}
MASK = "***"
SECRET = re.compile("password|secret|token|digest|credential|api_?key", re.IGNORECASE)
MAX_TEXT = 2500
KEPT_AT_EACH_END = 1000
CUT = ".....Text Removed....."
UNKNOWN = (LoaderCallableStatus.NO_VALUE, LoaderCallableStatus.NEVER_SET)


def record(sessions: sessionmaker[Session]) -> None:
    """Record the changes in all sessions of a factory."""
    event.listen(sessions, "after_flush", _note_flush)
    event.listen(sessions, "before_commit", _write)
    event.listen(sessions, "after_soft_rollback", _drop)


def columns_of(actor: Actor) -> dict[str, Any]:
    """Return the columns of a log that are about its actor."""
    return {
        "user_email": actor.email,
        "user_guid": actor.guid,
        "address": actor.address,
        "request_id": actor.request_id,
        "job_guid": actor.job_guid,
        "duration": actor.duration,
    }


def shortened(text: str) -> str:
    """Return a text of at most 2500 characters; a longer one loses its middle."""
    if len(text) <= MAX_TEXT:
        return text
    return f"{text[:KEPT_AT_EACH_END]}{CUT}{text[-KEPT_AT_EACH_END:]}"


def _note_flush(session: Session, flush: UOWTransaction) -> None:
    note(session, _flushed(session, flush))


def _flushed(session: Session, flush: UOWTransaction) -> Iterator[tuple[InstanceState[Any], Entry]]:
    """Yield the entry of each audited row; `session.deleted` would not have the orphans."""
    for state, (is_deleted, is_only_listed) in flush.states.items():
        row = state.obj()
        if not isinstance(row, Audited) or is_only_listed:
            continue
        if is_deleted:
            yield state, _entry(session, Action.DELETE, row, _values(state, "before"))
        elif state.key is None:
            # A row with a guid can be read; a part without one is known by its values only.
            values = {} if hasattr(row, "guid") else _values(state, "after")
            yield state, _entry(session, Action.CREATE, row, values)
        elif changes := _changes(state):
            yield state, _entry(session, Action.UPDATE, row, changes)


def _entry(session: Session, action: Action, row: Audited, changes: Changes) -> Entry:
    return Entry(action, type(row).__name__, row.audited_guid(session), "", changes)


def _drop(session: Session, rolled_back: SessionTransaction) -> None:
    if session.audit_notes:
        session.audit_notes = [
            note for note in session.audit_notes if not is_within(note.transaction, rolled_back)
        ]


def _write(session: Session) -> None:
    """Write the notes at the commit; SQLAlchemy sends the event for savepoints, too."""
    if session.get_nested_transaction() is not None:
        return
    session.flush()
    notes, session.audit_notes = session.audit_notes, []
    entries = _merged(notes)
    forgotten = {entry.item_guid for entry in entries if entry.action is Action.FORGET}
    for guid in forgotten:
        _forget(session, guid)
    rows = [
        _row(entry, session.actor, forgotten)
        for entry in entries
        if entry.action is not Action.FORGET
    ]
    if rows:
        session.connection().execute(INSERT, rows)


def _forget(session: Session, guid: UUID) -> None:
    """Delete the address of an account from its actions, and the changes of its own data."""
    actions = update(AuditLog).where(AuditLog.user_guid == guid)
    session.execute(actions.values(user_email=FORGOTTEN))
    own_data = update(AuditLog).where(AuditLog.item_guid == guid)
    session.execute(own_data.values(changes={}, message=""))


def _merged(notes: Iterable[Note]) -> list[Entry]:
    """Return one entry for each row, and each entry without a row."""
    entries: dict[Any, Entry | None] = {}
    for noted in notes:
        key = noted.row or object()
        earlier = entries.get(key)
        entries[key] = _joined(earlier, noted.entry) if earlier else noted.entry
    return [entry for entry in entries.values() if entry is not None]


def _joined(earlier: Entry, later: Entry) -> Entry | None:
    """Return the entry of two changes of a row; None if it is created and deleted."""
    if earlier.action is Action.CREATE:
        return None if later.action is Action.DELETE else earlier
    if later.action is Action.DELETE:
        return later
    changes = dict(earlier.changes)
    for name, change in later.changes.items():
        # The value before the earlier change, if that is known.
        before = {key: value for key, value in changes.get(name, {}).items() if key == "before"}
        changes[name] = {**change, **before}
    return later._replace(changes=changes)


def _row(entry: Entry, actor: Actor, forgotten: Collection[UUID]) -> dict[str, Any]:
    created = AuditType.SYSTEM_CREATE if actor.is_system else AuditType.USER_CREATE
    changes = {} if entry.item_guid in forgotten else entry.changes
    return {
        "audit_type": TYPES.get(entry.action, created),
        "module_name": entry.module_name,
        "item_guid": entry.item_guid,
        "message": shortened(entry.message or _message(changes)),
        "changes": changes,
        **columns_of(actor),
        **({"user_email": FORGOTTEN} if actor.guid in forgotten else {}),
    }


def _message(changes: Changes) -> str:
    """Return the changes in one line: `title: "Seals" -> "Whales"`."""
    return "; ".join(
        f"{name}: {' -> '.join(dumps(value).decode() for value in change.values())}"
        for name, change in changes.items()
    )


def _changes(state: InstanceState[Any]) -> Changes:
    """Return the changes of a flush by field; a value that was never loaded has no `before`."""
    names = _audited_names(state.mapper)
    changes = {}
    for name, before in state.committed_state.items():
        after = state.dict.get(name)
        if name in names and before != after:
            change = {"after": after} if before in UNKNOWN else {"before": before, "after": after}
            changes[name] = _recorded(state.mapper, name, change)
    return changes


def _values(state: InstanceState[Any], moment: str) -> Changes:
    """Return the loaded values of a row by field, each as that `before` or `after`."""
    names = [name for name in state.dict if name in _audited_names(state.mapper)]
    return {name: _recorded(state.mapper, name, {moment: state.dict[name]}) for name in names}


@cache
def _audited_names(mapper: Mapper[Any]) -> frozenset[str]:
    """Return the names of the columns, and of the lists that an association table holds."""
    columns = {each.key for each in mapper.column_attrs if isinstance(each.columns[0], Column)}
    lists = {each.key for each in mapper.relationships if each.secondary is not None}
    unaudited: frozenset[str] = mapper.class_.__unaudited__
    return frozenset(columns | lists) - unaudited


@cache
def _is_secret(mapper: Mapper[Any], name: str) -> bool:
    return name in mapper.class_.__masked__ or SECRET.search(name) is not None


def _recorded(mapper: Mapper[Any], name: str, change: Mapping[str, Any]) -> dict[str, Any]:
    if _is_secret(mapper, name):
        return dict.fromkeys(change, MASK)
    return {moment: _bounded(_json(value)) for moment, value in change.items()}


def _json(value: Any) -> Any:
    """Return a value as JSON; members with the name of a secret are masked."""
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {
            str(name): MASK if SECRET.search(str(name)) else _json(member)
            for name, member in value.items()
        }
    if isinstance(value, Iterable):
        return [_json(member) for member in value]
    return str(getattr(value, "guid", value))


def _bounded(value: Any) -> Any:
    """Return a JSON value, or its shortened text if that is too long."""
    if value is None or isinstance(value, bool | int | float):
        return value
    text = value if isinstance(value, str) else dumps(value).decode()
    return value if len(text) <= MAX_TEXT else shortened(text)

"""The recorder: notes what a transaction does to audited rows, and writes it when it commits.

An object that changes several times in one transaction has one entry in the end. What is noted
within a savepoint shares its fate.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import event, insert, update
from sqlalchemy.orm import InstanceState, SessionTransaction, UOWTransaction, sessionmaker

from houston.core.actors import Actor
from houston.core.audit import Action, Changes, Entry, Note, note
from houston.core.db.columns import Audited
from houston.core.db.session import Session
from houston.core.events import is_within
from houston.modules.audit_logs.changes import (
    changes_of,
    message_about,
    shortened,
    values_of,
)
from houston.modules.audit_logs.models import AuditLog, AuditType

FORGOTTEN = "inactivated user"
INSERT = insert(AuditLog.__table__)  # type: ignore[arg-type]
TYPES = {
    Action.UPDATE: AuditType.UPDATE,
    Action.DELETE: AuditType.DELETE,
    Action.ACCESS: AuditType.ACCESS,
}


def record(sessions: sessionmaker[Session]) -> None:
    """Record what the sessions of this factory do."""
    event.listen(sessions, "after_flush", _note_flush)
    event.listen(sessions, "before_commit", _write)
    event.listen(sessions, "after_soft_rollback", _drop)


def _note_flush(session: Session, flush: UOWTransaction) -> None:
    note(session, _flushed(session, flush))


def _flushed(session: Session, flush: UOWTransaction) -> Iterator[tuple[InstanceState[Any], Entry]]:
    """What a flush does to audited rows; `session.deleted` would leave out the orphans."""
    for state, (is_deleted, is_only_listed) in flush.states.items():
        row = state.obj()
        if not isinstance(row, Audited) or is_only_listed:
            continue
        if is_deleted:
            yield state, _entry(session, Action.DELETE, row, values_of(row, "before"))
        elif state.key is None:
            # What has a guid can be asked for its values; a part has nothing else to be known by.
            values = {} if hasattr(row, "guid") else values_of(row, "after")
            yield state, _entry(session, Action.CREATE, row, values)
        elif changes := changes_of(row):
            yield state, _entry(session, Action.UPDATE, row, changes)


def _entry(session: Session, action: Action, row: Audited, changes: Changes) -> Entry:
    return Entry(action, type(row).__name__, row.audited_guid(session), "", changes)


def _drop(session: Session, rolled_back: SessionTransaction) -> None:
    if session.audit_notes:
        session.audit_notes = [
            note for note in session.audit_notes if not is_within(note.transaction, rolled_back)
        ]


def _write(session: Session) -> None:
    """Write the notes: once, though SQLAlchemy tells of the ends of savepoints, too."""
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
    """Remove a person's address from what they did, and what was changed of their account."""
    by_them = update(AuditLog).where(AuditLog.user_guid == guid)
    session.execute(by_them.values(user_email=FORGOTTEN))
    about_them = update(AuditLog).where(AuditLog.item_guid == guid)
    session.execute(about_them.values(changes={}, message=""))


def _merged(notes: Iterable[Note]) -> list[Entry]:
    """One entry for all that was done to a row; what was told without a row stands alone."""
    entries: dict[Any, Entry | None] = {}
    for noted in notes:
        key = noted.row or object()
        earlier = entries.get(key)
        entries[key] = _joined(earlier, noted.entry) if earlier else noted.entry
    return [entry for entry in entries.values() if entry is not None]


def _joined(earlier: Entry, later: Entry) -> Entry | None:
    """What two changes in one transaction amount to: none, for what was made to be deleted."""
    if earlier.action is Action.CREATE:
        return None if later.action is Action.DELETE else earlier
    if later.action is Action.DELETE:
        return later
    changes = {name: {**change, **_before(earlier, name)} for name, change in later.changes.items()}
    return later._replace(changes={**earlier.changes, **changes})


def _before(earlier: Entry, name: str) -> Mapping[str, Any]:
    """What a field was before the earlier of two changes, if it was changed then."""
    return {
        moment: was for moment, was in earlier.changes.get(name, {}).items() if moment != "after"
    }


def _row(entry: Entry, actor: Actor, forgotten: Collection[UUID]) -> dict[str, Any]:
    created = AuditType.SYSTEM_CREATE if actor.is_system else AuditType.USER_CREATE
    changes = {} if entry.item_guid in forgotten else entry.changes
    return {
        "audit_type": TYPES.get(entry.action, created),
        "module_name": entry.module_name,
        "item_guid": entry.item_guid,
        "user_email": FORGOTTEN if actor.guid in forgotten else actor.email,
        "user_guid": actor.guid,
        "address": actor.address,
        "request_id": actor.request_id,
        "job_guid": actor.job_guid,
        "message": shortened(entry.message or message_about(changes)),
        "changes": changes,
        "duration": actor.duration,
    }

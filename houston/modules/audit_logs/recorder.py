"""The ledger: what a transaction has done, kept while it goes on and written when it commits.

Flushes are listened to, and each of them notes what happens to rows of `Audited` models. An object
that changes several times in one transaction has one entry in the end. What is noted within
a savepoint shares its fate.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import event, insert, update
from sqlalchemy.orm import InstanceState, Session, SessionTransaction, UOWTransaction

from houston.core.audit import KEY, Action, Changes, Entry
from houston.core.db.columns import Audited
from houston.core.events import is_within
from houston.modules.audit_logs.actors import Actor, actor_of
from houston.modules.audit_logs.changes import (
    changes_of,
    message_about,
    shortened,
    values_of,
)
from houston.modules.audit_logs.models import AuditLog, AuditType

NOTED = "houston.audit.noted"
FORGOTTEN = "houston.audit.forgotten"
NOBODY = "inactivated user"
INSERT = insert(AuditLog.__table__)  # type: ignore[arg-type]
TYPES = {
    Action.UPDATE: AuditType.UPDATE,
    Action.DELETE: AuditType.DELETE,
    Action.ACCESS: AuditType.ACCESS,
}


class Note(NamedTuple):
    """An entry, the innermost transaction that it belongs to, and the row that it is about."""

    transaction: SessionTransaction | None
    row: InstanceState[Any] | None
    entry: Entry


class Ledger:
    """The ledger of an application; what is noted is in the `info` of its sessions."""

    def enter(self, db: Session, entries: Iterable[Entry]) -> None:
        """Note these for the end of the transaction."""
        db.connection()  # what never begins is never committed
        _note(db, ((None, entry) for entry in entries))

    def forget_person(self, db: Session, guid: UUID) -> None:
        """Take somebody's address from what he did, and what was changed of his account."""
        db.execute(update(AuditLog).where(AuditLog.user_guid == guid).values(user_email=NOBODY))
        about = update(AuditLog).where(AuditLog.item_guid == guid)
        db.execute(about.values(changes={}, message=""))
        db.info.setdefault(FORGOTTEN, set()).add(guid)


def install(session_class: type[Session]) -> None:
    """Make the sessions of this class note what they do; doing it twice is doing it once."""
    if event.contains(session_class, "after_flush", _note_flush):
        return
    event.listen(session_class, "after_flush", _note_flush)
    event.listen(session_class, "before_commit", _write)
    event.listen(session_class, "after_soft_rollback", _drop)


def _note_flush(session: Session, flush: UOWTransaction) -> None:
    if KEY in session.info:
        _note(session, _flushed(session, flush))


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


def _note(session: Session, entries: Iterable[tuple[InstanceState[Any] | None, Entry]]) -> None:
    transaction = session.get_nested_transaction() or session.get_transaction()
    notes = [Note(transaction, row, entry) for row, entry in entries]
    if notes:
        session.info.setdefault(NOTED, []).extend(notes)


def _drop(session: Session, rolled_back: SessionTransaction) -> None:
    if notes := session.info.get(NOTED):
        session.info[NOTED] = [
            note for note in notes if not is_within(note.transaction, rolled_back)
        ]


def _write(session: Session) -> None:
    """Write what was noted: once, though SQLAlchemy tells of the ends of savepoints, too."""
    if KEY not in session.info or session.get_nested_transaction() is not None:
        return
    session.flush()
    notes = session.info.pop(NOTED, ())
    forgotten = session.info.pop(FORGOTTEN, ())
    if entries := _merged(notes):
        actor = actor_of(session)
        rows = [_row(entry, actor, forgotten) for entry in entries]
        session.connection().execute(INSERT, rows)


def _merged(notes: Iterable[Note]) -> list[Entry]:
    """One entry for all that was done to a row; what was told without a row stands alone."""
    entries: dict[Any, Entry | None] = {}
    for note in notes:
        key = note.row or object()
        earlier = entries.get(key)
        entries[key] = _joined(earlier, note.entry) if earlier else note.entry
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
        "user_email": NOBODY if actor.guid in forgotten else actor.email,
        "user_guid": actor.guid,
        "address": actor.address,
        "request_id": actor.request_id,
        "job_guid": actor.job_guid,
        "message": shortened(entry.message or message_about(changes)),
        "changes": changes,
        "duration": actor.duration,
    }

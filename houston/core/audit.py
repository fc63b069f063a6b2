"""Entries for the audit log.

The audit log itself listens to sessions for the changes of rows of `Audited` models. Other events
(statements on many rows, the reading of private data) are noted by the functions of this module.
The session keeps the notes until its commit; without a module that writes them, they are dropped.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.orm import InstanceState, SessionTransaction

from houston.core.db.session import Session
from houston.core.values import TextEnum

Changes = Mapping[str, Mapping[str, Any]]
"""The values `before` and `after`, as far as they are known, by field."""


class Action(TextEnum):
    """An action on an object."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    ACCESS = "access"
    FORGET = "forget"
    """The removal of personal data of a deactivated account."""


class Entry(NamedTuple):
    """An action on one object; the default of `message` describes the `changes`."""

    action: Action
    module_name: str
    item_guid: UUID
    message: str = ""
    changes: Changes = {}


class Note(NamedTuple):
    """An entry with its innermost transaction, and its row if it has one."""

    transaction: SessionTransaction | None
    row: InstanceState[Any] | None
    entry: Entry


def audit(
    db: Session,
    action: Action,
    module_name: str,
    item_guid: UUID,
    *,
    message: str = "",
    changes: Changes | None = None,
) -> None:
    """Note an action on an object of the class `module_name`; secrets must not be passed."""
    audit_many(db, [Entry(action, module_name, item_guid, message, changes or {})])


def audit_many(db: Session, entries: Iterable[Entry]) -> None:
    """Note actions on many objects, which are written by one statement."""
    db.connection()  # otherwise the transaction would not begin
    note(db, ((None, entry) for entry in entries))


def note(db: Session, entries: Iterable[tuple[InstanceState[Any] | None, Entry]]) -> None:
    """Keep entries, each with its row, until the end of the transaction."""
    transaction = db.get_nested_transaction() or db.get_transaction()
    db.audit_notes.extend(Note(transaction, row, entry) for row, entry in entries)


def forget_person(db: Session, guid: UUID) -> None:
    """Remove the address of a deactivated account from the entries about its actions."""
    audit(db, Action.FORGET, "", guid)

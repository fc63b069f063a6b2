"""What the audit log is told of who did what.

Changes of rows of `Audited` models are noted by the audit log itself, which listens to sessions.
What no session sees (statements for many rows at once, reading what is private) is noted here.
Notes are kept by the session and written at its commit; where no module writes them, they are
dropped with the session.
"""

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.orm import InstanceState, SessionTransaction

from houston.core.db.session import Session

Changes = Mapping[str, Mapping[str, Any]]
"""The value of a field `before` and `after`, as far as it is known, by the field's name."""


class Action(str, Enum):
    """What was done to an object."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    ACCESS = "access"
    FORGET = "forget"
    """The person behind an account is no longer to be named."""

    __str__ = str.__str__


class Entry(NamedTuple):
    """What was done to one object; without a `message` there is one about the `changes`."""

    action: Action
    module_name: str
    item_guid: UUID
    message: str = ""
    changes: Changes = {}


class Note(NamedTuple):
    """An entry, the innermost transaction that it belongs to, and the row that it is about."""

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
    """Note what was done to an object of the class `module_name`, without secrets."""
    audit_many(db, [Entry(action, module_name, item_guid, message, changes or {})])


def audit_many(db: Session, entries: Iterable[Entry]) -> None:
    """Note what was done to many objects, at the price of one statement."""
    db.connection()  # what never begins is never committed
    note(db, ((None, entry) for entry in entries))


def note(db: Session, entries: Iterable[tuple[InstanceState[Any] | None, Entry]]) -> None:
    """Keep entries, each with the row that it is about, until the end of the transaction."""
    transaction = db.get_nested_transaction() or db.get_transaction()
    db.audit_notes.extend(Note(transaction, row, entry) for row, entry in entries)


def forget_person(db: Session, guid: UUID) -> None:
    """Keep what the owner of a deactivated account did, without their address."""
    audit(db, Action.FORGET, "User", guid)

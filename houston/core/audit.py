"""What is to be remembered of who did what, for whoever keeps the memory.

Changes of rows of `Audited` models that go through a session are remembered by themselves. What
does not (statements for many rows at once, reading what is private) is told here. Where no module
keeps the memory, nothing happens.
"""

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from sqlalchemy.orm import Session

KEY = "audit"
"""Where sessions have the ledger, in their `info`."""


Changes = Mapping[str, Mapping[str, Any]]
"""The value of a field `before` and `after`, as far as it is known, by the field's name."""


class Action(str, Enum):
    """What was done to an object."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    ACCESS = "access"

    __str__ = str.__str__


class Entry(NamedTuple):
    """What was done to one object; without a `message` there is one about the `changes`."""

    action: Action
    module_name: str
    item_guid: UUID
    message: str = ""
    changes: Changes = {}


class Ledger(Protocol):
    """Keeps entries: they are committed, or lost, together with what they tell of."""

    def enter(self, db: Session, entries: Iterable[Entry]) -> None:
        """Remember these."""

    def forget_person(self, db: Session, guid: UUID) -> None:
        """Keep what somebody did, and forget what he was called."""


def audit(
    db: Session,
    action: Action,
    module_name: str,
    item_guid: UUID,
    *,
    message: str = "",
    changes: Changes | None = None,
) -> None:
    """Remember what was done to an object, which no session saw: by the name of its class.

    What is secret must not be in it.
    """
    audit_many(db, [Entry(action, module_name, item_guid, message, changes or {})])


def audit_many(db: Session, entries: Iterable[Entry]) -> None:
    """Remember what was done to many objects, at the price of one statement."""
    ledger: Ledger | None = db.info.get(KEY)
    if ledger is not None:
        ledger.enter(db, entries)


def forget_person(db: Session, guid: UUID) -> None:
    """Keep what the owner of a deactivated account did, and forget what he was called."""
    ledger: Ledger | None = db.info.get(KEY)
    if ledger is not None:
        ledger.forget_person(db, guid)

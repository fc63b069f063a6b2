"""Mixins of models: keys, times, and what is audited."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID, uuid4

from sqlalchemy.orm import Mapped, mapped_column

from houston.core.db.session import Session
from houston.core.db.types import Guid, UtcDateTime, utc_now


class Identified:
    """A row with a guid as its key."""

    guid: Mapped[UUID] = mapped_column(Guid(), primary_key=True, default=uuid4)


class Numbered:
    """A row with a number as its key, and a guid that does not show how many rows there are."""

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    guid: Mapped[UUID] = mapped_column(Guid(), unique=True, default=uuid4)


class Timestamped:
    """A row with the times of its creation and of its last change."""

    created: Mapped[datetime] = mapped_column(UtcDateTime(), default=utc_now, index=True)
    updated: Mapped[datetime] = mapped_column(UtcDateTime(), default=utc_now, onupdate=utc_now)


class Audited:
    """A row whose creation, changes and deletion are entered into the audit log.

    The values of `__masked__` columns are left out, and changes of `__unaudited__` ones.
    """

    __masked__: ClassVar[frozenset[str]] = frozenset()
    __unaudited__: ClassVar[frozenset[str]] = frozenset({"updated"})

    def audited_guid(self, db: Session) -> UUID:
        """The guid of the object in the audit log; a part of an object has that of the whole."""
        guid: UUID = self.guid  # type: ignore[attr-defined]  # each model has one
        return guid

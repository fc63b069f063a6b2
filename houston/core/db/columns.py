"""The columns and traits that most tables share."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID, uuid4

from sqlalchemy.orm import Mapped, mapped_column

from houston.core.db.session import Session
from houston.core.db.types import Guid, UtcDateTime, utc_now


class Identified:
    """A row with a public name of its own."""

    guid: Mapped[UUID] = mapped_column(Guid(), primary_key=True, default=uuid4)


class Numbered:
    """A row with a number as its key, and a guid beside it that never tells how many there are."""

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    guid: Mapped[UUID] = mapped_column(Guid(), unique=True, default=uuid4)


class Timestamped:
    """A row that tells when it was made and when it was last changed."""

    created: Mapped[datetime] = mapped_column(UtcDateTime(), default=utc_now, index=True)
    updated: Mapped[datetime] = mapped_column(UtcDateTime(), default=utc_now, onupdate=utc_now)


class Audited:
    """A row whose making, changes and removal are remembered, by whom and from where.

    The values of `__masked__` columns never are, and a change of `__unaudited__` ones is none.
    """

    __masked__: ClassVar[frozenset[str]] = frozenset()
    __unaudited__: ClassVar[frozenset[str]] = frozenset({"updated"})

    def audited_guid(self, db: Session) -> UUID:
        """The guid of the object whose history this belongs to; parts of another have its guid."""
        guid: UUID = self.guid  # type: ignore[attr-defined]  # each model has one
        return guid

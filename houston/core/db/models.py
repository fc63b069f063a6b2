"""The base, the mixins and the association tables of models, and the words of their constraints.

All constraints have names, by which migrations alter them on both databases, and by which conflicts
are described.
"""

import re
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID, uuid4

from sqlalchemy import Column, ForeignKey, MetaData, Table, func, inspect, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from houston.core.db.session import Session
from houston.core.db.types import Guid, UtcDateTime, utc_now
from houston.core.errors import Conflict, NotFound

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

FEW = {"few": True}
"""The `info` of a relation to few rows: they are read with their owner, by a join."""

_described: dict[str, tuple[str, str]] = {}


class Base(DeclarativeBase):
    """The base of all models."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)


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


def association(
    name: str,
    of: str,
    to: str,
    *columns: Column[Any],
    at_most_one: bool = False,
    named: str | None = None,
) -> Table:
    """A table of the rows of `of` and `to` that belong together; its rows are deleted with those.

    Args:
        columns: Further columns.
        at_most_one: Whether a row of `of` belongs to one row of `to` at most.
        named: The name of the column of `to` without `_guid`, if it is not the table's.
    """
    return Table(
        name,
        Base.metadata,
        Column(f"{of}_guid", ForeignKey(f"{of}.guid", ondelete="CASCADE"), primary_key=True),
        Column(
            f"{named or to}_guid",
            ForeignKey(f"{to}.guid", ondelete="CASCADE"),
            primary_key=not at_most_one,
            nullable=False,
            index=True,
        ),
        *columns,
    )


def lock(db: Session, row: Any) -> None:
    """Lock a row until the commit, and forget what was read before.

    Raises:
        NotFound: The row was deleted meanwhile.
    """
    # An attribute of a row that is deleted and forgotten would be an error.
    (key,), (value,) = inspect(type(row)).primary_key, inspect(row).identity
    if db.scalar(select(key).where(key == value).with_for_update()) is None:
        raise NotFound
    db.expire_all()


def next_position(db: Session, column: Any, *conditions: Any) -> int:
    """Return the position behind the last one of the rows of some conditions; the first is 0."""
    last = db.scalar(select(func.max(column)).where(*conditions))
    return 0 if last is None else int(last) + 1


def describe_constraint(name: str, field: str, sentence: str) -> str:
    """Describe a violation of the constraint `name` by a field and a sentence; returns the name."""
    _described[name] = (field, sentence)
    return name


def describe_conflict(error: IntegrityError) -> Conflict:
    """The conflict of an integrity error, with the field if the constraint is described."""
    name = _constraint_name(error)
    if name not in _described:
        return Conflict()
    field, sentence = _described[name]
    return Conflict.about(field, sentence)


def _constraint_name(error: IntegrityError) -> str:
    """The name by PostgreSQL; SQLite has the columns instead, or the name of a unique index."""
    diagnostics = getattr(error.orig, "diag", None)
    if diagnostics is not None:
        return diagnostics.constraint_name or ""
    text = str(error.orig)
    if found := re.search(r"failed: index '(\w+)'", text):
        return found[1]
    if found := re.search(r"UNIQUE constraint failed: ([\w., ]+)", text):
        columns = [column.split(".") for column in found[1].split(", ")]
        return "_".join(["uq", columns[0][0], *(column[1] for column in columns)])
    return ""

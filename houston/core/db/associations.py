"""Association tables: which rows of two tables belong together."""

from typing import Any

from sqlalchemy import Column, ForeignKey, Table

from houston.core.db.meta import Base


def association(
    name: str,
    of: str,
    to: str,
    *columns: Column[Any],
    at_most_one: bool = False,
    named: str | None = None,
) -> Table:
    """An association table; its rows are deleted together with those that they refer to.

    Args:
        name: The name of the table.
        of: The table on one side.
        to: The table on the other side.
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

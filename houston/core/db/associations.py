"""Tables that only say which rows of two others belong together."""

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
    """The table of which rows of `of` belong to which of `to`; each ends with either of them.

    With `at_most_one` a row of `of` belongs to one of `to` alone. The column of `to` has its name,
    or the one that it is `named` by.
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

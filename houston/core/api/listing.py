"""Lists of rows, each declared once: its order, its words, and what a search may ask for."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Enum, Select, String, Uuid, and_, cast, false, func, or_, true

from houston.core.api.paging import Page
from houston.core.api.search.fields import Condition
from houston.core.api.search.query import condition_of
from houston.core.db.session import Session
from houston.core.values import GUID_FORM


class Listing:
    """The rows of `statement`, which selects columns and not entities: a list is only read.

    It neither groups nor drops duplicates, since its rows are counted without being made. `key`,
    `sort` and `words` name some of its columns: `key` breaks the ties of every order, by those of
    `sort` the list can be sorted, and in those of `words` it finds what is searched for. `fields`
    are what a query may name besides those of `sort`.
    """

    def __init__(
        self,
        statement: Select[Any],
        *,
        sort: Sequence[str],
        key: str = "guid",
        words: Sequence[str] = (),
        fields: Mapping[str, Any] | None = None,
    ) -> None:
        columns = statement.selected_columns
        self.sort = tuple(sort)
        self._rows = statement
        self._total = statement.with_only_columns(func.count(), maintain_column_froms=True)
        self._key = columns[key]
        self._order = {name: columns[name] for name in sort}
        self._words = [columns[name] for name in words]
        self._fields = {**self._order, **(fields or {})}

    def page(
        self,
        db: Session,
        query: Mapping[str, Any],
        wanted: Mapping[str, Any] | None = None,
        *,
        where: Condition | None = None,
    ) -> Page:
        """The page that `query` asks for, of the rows that the search `wanted` finds.

        `where` bounds the list itself. Raises BadRequest for a search that cannot be understood.
        """
        conditions = [] if where is None else [where]
        if wanted:
            conditions.append(condition_of(wanted, self._fields))
        if words := query.get("search"):
            conditions.append(_matches(words, self._words))
        total = db.scalar(self._total.where(*conditions))
        statement = self._rows.where(*conditions).order_by(*self._ordered(query))
        rows = db.execute(statement.limit(query["limit"]).offset(query["offset"])).all()
        return Page(rows[::-1] if query.get("reverse_after") else rows, total or 0)

    def _ordered(self, query: Mapping[str, Any]) -> list[Any]:
        name = query["sort"]
        order = [self._order[name], self._key] if name in self._order else [self._key]
        return [column.desc() for column in order] if query["reverse"] else order


def _matches(words: str, columns: Sequence[Any]) -> Condition:
    return and_(
        true(),
        *(
            or_(*(_has(column, word) for column in columns))
            for word in words.replace(",", " ").split()
        ),
    )


def _has(column: Any, word: str) -> Condition:
    """Whether a text contains the word, or a guid is the word."""
    if isinstance(column.type, Uuid):
        return column == UUID(word) if GUID_FORM.match(word) else false()
    text = cast(column, String) if isinstance(column.type, Enum) else column
    return text.icontains(word, autoescape=True)

"""Lists of rows, each declared once: its order, its words, and what a search may ask for."""

from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any
from uuid import UUID

from sqlalchemy import Enum, Select, String, Uuid, and_, cast, false, func, or_, true

from houston.core.api.paging import Page
from houston.core.api.search.fields import Condition
from houston.core.api.search.query import condition_of
from houston.core.db.session import Session
from houston.core.security.grants import Grant, parameters_of, permitted
from houston.core.security.identity import Identity
from houston.core.security.permissions import Permission
from houston.core.values import GUID_FORM


class Listing:
    """The rows of a select of columns: a list is only read, so it needs no entities.

    The select neither groups nor drops duplicates, since its rows are counted without being made.
    It may mention the caller (`Caller.guid`, `Caller.id`).

    Args:
        statement: The select. Its columns are the fields of the rows.
        sort: The names of the columns by which the list can be sorted.
        key: The name of the column that breaks the ties of every order.
        words: The names of the columns that are searched for words.
        fields: What a query may name besides the columns of `sort`, by name.
        grants: The grants of the objects; the list shows those that the caller may read.
        rights: The names of columns that say whether the caller has a permission for the object.
    """

    def __init__(
        self,
        statement: Select[Any],
        *,
        sort: Sequence[str],
        key: str = "guid",
        words: Sequence[str] = (),
        fields: Mapping[str, Any] | None = None,
        grants: Sequence[Grant] = (),
        rights: Mapping[str, Permission] | None = None,
    ) -> None:
        columns = statement.selected_columns
        self.sort = tuple(sort)
        self._rows = statement
        self._total = statement.with_only_columns(func.count(), maintain_column_froms=True)
        self._key = columns[key]
        self._order = {name: columns[name] for name in sort}
        self._words = [columns[name] for name in words]
        self._fields = {**self._order, **(fields or {})}
        self._grants, self._rights = grants, dict(rights or {})

    def where(self, *conditions: Condition) -> "Listing":
        """The list of those of the rows that fulfil some conditions."""
        narrowed = copy(self)
        narrowed._rows = self._rows.where(*conditions)
        narrowed._total = self._total.where(*conditions)
        return narrowed

    def page(
        self,
        db: Session,
        identity: Identity | None,
        query: Mapping[str, Any],
        wanted: Mapping[str, Any] | None = None,
        *,
        where: Condition | None = None,
    ) -> Page:
        """A page of the list.

        Args:
            db: The session.
            identity: The caller.
            query: The values of the query string, as `page_query` declares them.
            wanted: The query of a search.
            where: A further condition.

        Raises:
            BadRequest: The query of the search cannot be understood.
        """
        conditions = [] if where is None else [where]
        if self._grants:
            conditions.append(permitted(self._grants, Permission.READ, identity))
        if wanted:
            conditions.append(condition_of(wanted, self._fields))
        if words := query.get("search"):
            conditions.append(_matches(words, self._words))
        caller = parameters_of(identity)
        total = db.scalar(self._total.where(*conditions), caller)
        statement = self._with_rights(identity).where(*conditions).order_by(*self._ordered(query))
        limited = statement.limit(query["limit"]).offset(query["offset"])
        rows = db.execute(limited, caller).all()
        return Page(rows[::-1] if query.get("reverse_after") else rows, total or 0)

    def _with_rights(self, identity: Identity | None) -> Select[Any]:
        return self._rows.add_columns(
            *(
                permitted(self._grants, permission, identity).label(name)
                for name, permission in self._rights.items()
            )
        )

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

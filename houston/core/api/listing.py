"""Lists and searches: their input, and bounded pages of declared rows in a stable order."""

from collections.abc import Mapping, Sequence
from copy import copy
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from colander import drop, null
from sqlalchemy import BigInteger, Enum, Select, Uuid, and_, bindparam, cast, false, func, or_, true
from sqlalchemy import String as StringType

from houston.core.api.search import condition_of
from houston.core.api.search.fields import Condition
from houston.core.db.session import Session
from houston.core.errors import BadRequest
from houston.core.schema.nodes import Boolean, Integer, Json, MapOf, Schema, String
from houston.core.security.grants import (
    Grant,
    Identity,
    Permission,
    parameters_of,
    permitted,
    principals_of,
)
from houston.core.services import Services
from houston.core.values import GUID_FORM, spellings

MAX_LIMIT = 100
LIMIT = "The largest number of rows."
REVERSE_AFTER = "Whether the rows within the page are reversed."
SEARCH = "Words that must all occur, without regard to case."
PREPARED = 256
"""The number of statements that a list caches, for sets of roles and sort orders.

Building a statement and its key in the cache of compiled statements is slower than running it.
"""


class Page(NamedTuple):
    """Some rows of a list, and the number of all rows."""

    rows: Sequence[Any]
    total: int


def page_query(
    sort: Sequence[str],
    *,
    search: bool = True,
    max_limit: int = MAX_LIMIT,
    default: str = "primary",
    reverse: bool = False,
    reverse_after: bool | None = None,
) -> Schema:
    """The schema of the query string of a list.

    Args:
        sort: The names of the columns by which the list can be sorted; any other name stands for
            the order by key, as clients send names of columns that the list does not have.
        search: Whether the list can be searched for words.
        max_limit: The largest number of rows in a page, and the default.
        default: The default of `sort`.
        reverse: The default of `reverse`.
        reverse_after: The default of `reverse_after`, by which the rows of the page are reversed;
            without one, the list has no such parameter.
    """
    order = f"The order of the rows: {', '.join((*sort, 'primary'))}, or any other for primary."
    schema = Schema(
        Integer(1, max_limit, name="limit", missing=max_limit, description=LIMIT),
        Integer(0, name="offset", missing=0, description="The number of rows to skip."),
        String(max=100, name="sort", missing=default, description=order),
        Boolean(name="reverse", missing=reverse, description="Whether the order is descending."),
    )
    if reverse_after is not None:
        schema["reverse_after"] = Boolean(missing=reverse_after, description=REVERSE_AFTER)
    if search:
        schema["search"] = String(max=200, missing=drop, description=SEARCH)
    return schema


class Query(MapOf):
    """The body of a search, which the listing validates further; null finds all, like `{}`."""

    def __init__(self) -> None:
        super().__init__(Json(nullable=True), nullable=True, missing={})

    def deserialize(self, cstruct: Any = null) -> Any:
        """The query; raises `BadRequest` if it is not an object."""
        if cstruct is None or cstruct is null:
            return {}
        if not isinstance(cstruct, dict):
            raise BadRequest("A query is a JSON object.")
        return super().deserialize(cstruct)


class Listing:
    """A list of the rows of a select of columns.

    The select must not group rows or remove duplicates, as the rows are counted by a copy of it
    without its columns. It may refer to the caller (`Caller.guid`, `Caller.id`).

    Args:
        statement: The select. Its columns are the fields of the rows.
        sort: The names of the columns by which the list can be sorted.
        key: The name of the unique column by which rows are sorted last.
        words: The names of the columns that `search` looks in.
        fields: The fields of the search query besides the columns of `sort`, by name.
        grants: The grants of the objects; the list has those that the caller may read.
        rights: The permissions of the caller for each row, by the name of their column.
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
        self._select = statement
        self._key = columns[key]
        self._order = {name: columns[name] for name in sort}
        self._words = [columns[name] for name in words]
        self._fields = {**self._order, **(fields or {})}
        self._grants, self._rights = grants, dict(rights or {})
        self._prepared = lru_cache(PREPARED)(self._prepare)

    def where(self, *conditions: Condition) -> "Listing":
        """The listing with further conditions."""
        narrowed = copy(self)
        narrowed._select = self._select.where(*conditions)
        narrowed._prepared = lru_cache(PREPARED)(narrowed._prepare)
        return narrowed

    def keys(self, services: Services, db: Session, search: Mapping[str, Any]) -> Select[Any]:
        """The select of the keys of all rows that a search finds, whatever the caller may do.

        Raises:
            BadRequest: The query of the search is not valid.
        """
        rows = self._select.with_only_columns(self._key, maintain_column_froms=True)
        if search:
            rows = rows.where(condition_of(search, self._fields, services, db))
        return rows.correlate(None)

    def page(
        self,
        db: Session,
        identity: Identity | None,
        query: Mapping[str, Any],
        search: Mapping[str, Any] | None = None,
        *,
        services: Services | None = None,
        where: Condition | None = None,
    ) -> Page:
        """A page of the list.

        Args:
            db: The session.
            identity: The caller.
            query: The values of the query string, as `page_query` declares them.
            search: The query of a search.
            services: The parts of the application, for dynamic fields.
            where: A further condition.

        Raises:
            BadRequest: The query of the search is not valid.
        """
        conditions = [] if where is None else [where]
        if search:
            conditions.append(condition_of(search, self._fields, services, db))
        if words := query.get("search"):
            conditions.append(_matches(words, self._words))
        # Clients send the names of columns by which no list can be sorted.
        sort = query["sort"].lower().removeprefix("elasticsearch.")
        rows, total = self._prepared(
            principals_of(identity), sort if sort in self._order else "", query["reverse"]
        )
        if conditions:
            rows, total = rows.where(*conditions), total.where(*conditions)
        caller = parameters_of(identity)
        part = {"page_limit": query["limit"], "page_offset": query["offset"]}
        number = db.scalar(total, caller)
        found = db.execute(rows, caller | part).all()
        return Page(found[::-1] if query.get("reverse_after") else found, number or 0)

    def _prepare(
        self, principals: frozenset[str], sort: str, reverse: bool
    ) -> tuple[Select[Any], Select[Any]]:
        """The statements of a page and of the number of all rows, for callers with principals."""
        rows = self._select
        if self._grants:
            rows = rows.where(permitted(self._grants, Permission.READ, principals))
        total = rows.with_only_columns(func.count(), maintain_column_froms=True)
        rights = [
            permitted(self._grants, permission, principals).label(name)
            for name, permission in self._rights.items()
        ]
        order = [self._order[sort], self._key] if sort else [self._key]
        rows = (
            rows.add_columns(*rights)
            .order_by(*(column.desc() if reverse else column for column in order))
            .limit(bindparam("page_limit", type_=BigInteger()))
            .offset(bindparam("page_offset", type_=BigInteger()))
        )
        return rows, total


def _matches(words: str, columns: Sequence[Any]) -> Condition:
    return and_(
        true(),
        *(
            or_(*(_has(column, word) for column in columns))
            for word in words.replace(",", " ").split()
        ),
    )


def _has(column: Any, word: str) -> Condition:
    """The condition that a text contains the word in any form of Unicode, or a guid is the word."""
    if isinstance(column.type, Uuid):
        return column == UUID(word) if GUID_FORM.match(word) else false()
    text = cast(column, StringType) if isinstance(column.type, Enum) else column
    return or_(*(text.icontains(form, autoescape=True) for form in sorted(spellings(word))))

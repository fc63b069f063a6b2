"""Lists and searches: bounded pages of declared rows in a stable order."""

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from functools import lru_cache, partial
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnClause,
    ColumnElement,
    Enum,
    Select,
    Uuid,
    and_,
    bindparam,
    case,
    cast,
    false,
    func,
    or_,
    select,
    true,
)
from sqlalchemy import String as StringType
from sqlalchemy.sql.elements import True_

from houston.core.api.search import condition_of
from houston.core.api.search.fields import Condition
from houston.core.api.search.mappings import ORDER, mappings_of
from houston.core.api.search.names import Dynamic, RelatedRows, guarded
from houston.core.db.session import Session
from houston.core.db.texts import contains, is_indexed, without_index
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

PREPARED = 256
"""The number of statements that a list caches, for sets of roles and sort orders.

Building a statement and its key in the cache of compiled statements is slower than running it.
"""
MANY = 2000
"""The number of rows found by words above which those of a page are found sooner one by one."""


class Page(NamedTuple):
    """Some rows of a list, and the number of all rows.

    Attributes:
        exportable: The number of all rows that the caller may export; -1 if they are not counted.
    """

    rows: Sequence[Any]
    total: int
    exportable: int = -1


class _Statements(NamedTuple):
    """The parts of the statements of a list, for callers with the same principals.

    Attributes:
        rows: The select of the rows of a page, or of their keys, without further conditions.
        total: The select of the number of all rows.
        totals: The select of that number, and of the number of rows that the caller may export.
        show: The function that makes the select of the page of `rows`.
        page: The select of the page without further conditions.
        fields: The fields of the search query.
        words: The columns that `search` looks in.
    """

    rows: Select[Any]
    total: Select[Any]
    totals: Select[Any]
    show: Callable[[Select[Any]], Select[Any]]
    page: Select[Any]
    fields: Mapping[str, Any]
    words: Sequence[Any]


class Inherited(NamedTuple):
    """Values that rows may have from an object above, which not everybody reads who lists the rows.

    Attributes:
        names: The names of their columns, search fields and orders.
        own: The condition of the rows that have values of their own.
        grants: The grants of the object above, whose table is in the select.
    """

    names: Sequence[str]
    own: Condition
    grants: Sequence[Grant]


class Listing:
    """A list of the rows of a select of columns.

    The select must not group rows or remove duplicates, as the rows are counted by a copy of it
    without its columns. It may refer to the caller (`Caller.guid`, `Caller.id`).

    Where columns are expressions, the keys of a page are found first: a database may compute the
    columns of all rows that it sorts. Rows without a value are the last ones of either direction.

    Args:
        statement: The select. Its columns are the fields of the rows.
        sort: The names of the columns by which the list can be sorted.
        key: The name of the unique column by which rows are sorted last.
        words: The names of the columns that `search` looks in.
        fields: The fields of the search query besides the columns of `sort`, by name.
        order_by: Further columns and expressions by which the list can be sorted, by the names that
            clients send, such as `time.datetime`; without `elasticsearch.` before them. A
            `Dynamic` one is made for each request.
        grants: The grants of the objects; the list has those that the caller may read.
        rights: The permissions of the caller for each row, by the name of their column.
        restricts: Whether the list has only the rows that the caller may read.
        private: The names of the columns, search fields and orders that have no value in the other
            rows, so that a search does not find these by them.
        inherited: Values that are private as well, where they are those of another object.
    """

    def __init__(
        self,
        statement: Select[Any],
        *,
        sort: Sequence[str],
        key: str = "guid",
        words: Sequence[str] = (),
        fields: Mapping[str, Any] | None = None,
        order_by: Mapping[str, Any] | None = None,
        grants: Sequence[Grant] = (),
        rights: Mapping[str, Permission] | None = None,
        restricts: bool = True,
        private: Sequence[str] = (),
        inherited: Inherited | None = None,
    ) -> None:
        self._columns = dict(statement.selected_columns.items())
        self._select, self._key = statement, self._columns[key]
        self._keys = self._select_keys()
        sortable = {name: self._columns[name] for name in sort}
        self._order = sortable | dict(order_by or {})
        self.sort = tuple(self._order)
        self._sort_names = {name.lower(): name for name in self._order}
        self.words = words
        self._fields = sortable | dict(fields or {})
        self._grants, self._rights = grants, dict(rights or {})
        self._restricts, self._private = restricts, frozenset(private)
        self._inherited = inherited or Inherited((), true(), ())
        hidden = self._private.union(self._inherited.names)
        if unknown := hidden.difference(self._columns, self._fields, self._order):
            raise ValueError(f"there are no columns or fields {', '.join(sorted(unknown))}")
        self.is_exportable = any(Permission.EXPORT in grant.permissions for grant in grants)
        self._is_plain = not (rights or hidden) and all(map(_is_column, self._columns.values()))
        self._prepared = lru_cache(PREPARED)(self._prepare)

    def add_fields(self, fields: Mapping[str, Any], *, private: bool = False) -> None:
        """Add search fields of a module above, in all applications of the process.

        Private ones have no value in rows that the caller may not read.
        """
        self._fields |= fields
        if private:
            self._private |= fields.keys()
        self._prepared.cache_clear()

    def mappings(self, services: Services, db: Session) -> dict[str, Any]:
        """The mappings of the fields of a search, and of the names that only order its rows."""
        return dict.fromkeys(self._order, ORDER) | mappings_of(self._fields, services, db)

    def where(self, *conditions: Condition) -> "Listing":
        """The listing with further conditions."""
        narrowed = copy(self)
        narrowed._select = self._select.where(*conditions)
        narrowed._keys = narrowed._select_keys()
        narrowed._prepared = lru_cache(PREPARED)(narrowed._prepare)
        return narrowed

    def keys(
        self,
        services: Services,
        db: Session,
        identity: Identity | None,
        search: Mapping[str, Any],
    ) -> Select[Any]:
        """The select of the keys of all rows that a search finds, whether private or not.

        Raises:
            BadRequest: The query of the search is not valid.
        """
        if not search:
            return self._keys
        fields = self._fields_for(principals_of(identity))
        return self._keys.where(condition_of(search, fields, services, db, keys=self._keys))

    def _select_keys(self) -> Select[Any]:
        """The select of the keys of all rows."""
        keys = self._select.with_only_columns(self._key, maintain_column_froms=True)
        return keys.correlate(None)

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
        # Clients send the names of columns by which no list can be sorted.
        sort = self._sort_names.get(query["sort"].lower().removeprefix("elasticsearch."), "")
        ordered = self._order.get(sort)
        if isinstance(ordered, Dynamic):
            ordered = ordered.make(services, db, "")
            prepared = self._prepare(principals_of(identity), sort, query["reverse"], ordered)
        else:
            prepared = self._prepared(principals_of(identity), sort, query["reverse"])
        counts_exportable = self.is_exportable and bool(search)
        page, totals = prepared.page, prepared.totals if counts_exportable else prepared.total

        def find(lists: bool) -> list[Condition]:
            conditions = [] if where is None else [where]
            if search:
                keys = self._keys if lists else None
                conditions.append(condition_of(search, prepared.fields, services, db, keys=keys))
            if words := query.get("search"):
                conditions.append(_matches(words, prepared.words))
            return conditions

        if conditions := find(lists=True):
            page = prepared.show(prepared.rows.where(*conditions))
            totals = totals.where(*conditions)
        caller = parameters_of(identity)
        part = {"page_limit": query["limit"], "page_offset": query["offset"]}
        numbers = db.execute(totals, caller).one()
        if numbers[0] > MANY and any(map(is_indexed, conditions)):
            page = prepared.show(prepared.rows.where(*map(without_index, find(lists=False))))
        found = db.execute(page, caller | part).all()
        return Page(found[::-1] if query.get("reverse_after") else found, *numbers)

    def page_of(
        self,
        model: Any,
        db: Session,
        identity: Identity | None,
        query: Mapping[str, Any],
        *,
        where: Condition | None = None,
    ) -> Page:
        """A page of the list, with the whole rows of its model instead of the columns."""
        rows, total, _ = self.page(db, identity, query, where=where)
        guids = [row.guid for row in rows]
        found = {each.guid: each for each in db.scalars(select(model).where(model.guid.in_(guids)))}
        # Another transaction may delete a row between the two statements.
        return Page([found[guid] for guid in guids if guid in found], total)

    def _prepare(
        self, principals: frozenset[str], sort: str, reverse: bool, ordered: Any = None
    ) -> _Statements:
        """The statements for callers with principals, in the order of a column or of the key.

        The expression of a dynamic order is given as `ordered`.
        """
        readable = permitted(self._grants, Permission.READ, principals)
        exportable = permitted(self._grants, Permission.EXPORT, principals)
        visible = self._visible(principals)

        def shown(name: str, column: Any) -> Any:
            return case((visible[name], column)).label(name) if name in visible else column

        listed = self._select.where(readable) if self._grants and self._restricts else self._select
        rights = [
            permitted(self._grants, permission, principals).label(name)
            for name, permission in self._rights.items()
        ]
        columns = [*(shown(name, column) for name, column in self._columns.items()), *rights]
        ordered = self._order.get(sort) if ordered is None else ordered
        order = [shown(sort, ordered), self._key] if sort else [self._key]
        rows = (
            listed.order_by(*(_directed(column, reverse, self._key) for column in order))
            .limit(bindparam("page_limit", type_=BigInteger()))
            .offset(bindparam("page_offset", type_=BigInteger()))
        )
        show: Callable[[Select[Any]], Select[Any]] = _itself
        if not self._is_plain:
            keys = [column.label(f"order_{number}") for number, column in enumerate(order)]
            rows = rows.with_only_columns(*keys, maintain_column_froms=True)
            show = partial(self._show, columns, reverse)
        numbers: tuple[Any, ...] = func.count(), func.count().filter(exportable)
        totals = listed.with_only_columns(*numbers, maintain_column_froms=True)
        return _Statements(
            rows,
            total=listed.with_only_columns(func.count(), maintain_column_froms=True),
            totals=totals,
            show=show,
            page=show(rows),
            fields={
                name: guarded(field, visible[name]) if name in visible else field
                for name, field in self._fields_for(principals).items()
            },
            words=[shown(name, self._columns[name]) for name in self.words],
        )

    def _fields_for(self, principals: frozenset[str]) -> dict[str, Any]:
        """The search fields, with the related rows that callers with some principals may read."""
        return {
            name: field.readable_by(principals) if isinstance(field, RelatedRows) else field
            for name, field in self._fields.items()
        }

    def _visible(self, principals: frozenset[str]) -> dict[str, ColumnElement[bool]]:
        """The conditions under which private values are shown, by their names."""
        _, own, grants = self._inherited
        inherited = or_(own, permitted(grants, Permission.READ, principals))
        conditions = dict.fromkeys(self._inherited.names, inherited)
        private = permitted(self._grants, Permission.READ, principals)
        conditions |= dict.fromkeys(self._private, private)
        return {name: each for name, each in conditions.items() if not isinstance(each, True_)}

    def _show(self, columns: Sequence[Any], reverse: bool, keys: Select[Any]) -> Select[Any]:
        """The select of some columns of the rows of these keys, in the order of them."""
        order = list(keys.subquery("page").c)
        return (
            self._select.with_only_columns(*columns, maintain_column_froms=True)
            .where(self._key == order[-1])
            .order_by(*(_directed(column, reverse) for column in order))
        )


def _itself(rows: Select[Any]) -> Select[Any]:
    return rows


def _directed(column: Any, reverse: bool, key: Any = None) -> Any:
    """A column of an order in its direction, with nulls last on both databases.

    A column of the table of the key that has no nulls is left in the order of its index.
    """
    by = column.desc() if reverse else column.asc()
    is_of_key = key is not None and getattr(column, "table", None) == key.table
    return by if is_of_key and not getattr(column, "nullable", True) else by.nulls_last()


def _is_column(selected: Any) -> bool:
    """Whether a column of a select is one of a table, maybe by another name."""
    return isinstance(getattr(selected, "element", selected), ColumnClause)


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
    return or_(*(contains(text, form) for form in sorted(spellings(word))))

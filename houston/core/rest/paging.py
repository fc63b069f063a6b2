"""Lists: bounded pages in a stable order, with the total in `X-Total-Count`."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import colander
from sqlalchemy import Select, Uuid, and_, false, func, or_, select
from sqlalchemy.orm import Session

from houston.core.rest.schema import Boolean, Choice, Field, Integer, Schema, String
from houston.core.rest.schema.types.values import GUID_FORM

MAX_LIMIT = 100


class Page(NamedTuple):
    """Some rows of a list, and how many there are in all."""

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
    """The schema of a list's query string, with the columns that it may be sorted by.

    `primary` and `default`, which clients send for the natural order, are always known. Without a
    `limit` a page is as long as it may be. `default` and `reverse` are the order where none is
    asked for. A list with a `reverse_after` can turn the rows of its page, and does so by default
    if it is true.
    """
    schema = Schema(
        Field(
            Integer(1, max_limit),
            name="limit",
            missing=max_limit,
            description="The number of rows at most.",
        ),
        Field(Integer(0), name="offset", missing=0, description="The number of rows to skip."),
        Field(
            Choice(["primary", "default", *sort]),
            name="sort",
            missing=default,
            description="The order of the rows.",
        ),
        Field(
            Boolean(), name="reverse", missing=reverse, description="Whether the order is turned."
        ),
    )
    if reverse_after is not None:
        schema.add(
            Field(
                Boolean(),
                name="reverse_after",
                missing=reverse_after,
                description="Whether the rows of the page, and they alone, are turned once more.",
            )
        )
    if search:
        schema.add(
            Field(
                String(max=200),
                name="search",
                missing=colander.drop,
                description="Words, each of which must occur, without regard to case.",
            )
        )
    return schema


def paginate(
    db: Session,
    statement: Select[Any],
    query: Mapping[str, Any],
    *,
    key: Any,
    sort: Mapping[str, Any],
    search: Sequence[Any] = (),
) -> Page:
    """One page of `statement`: searched, counted, sorted with `key` as the tie-break.

    `statement` selects columns, not entities: rows of a list are only read.
    """
    if words := query.get("search"):
        statement = statement.where(_matches(words, search))
    total = db.scalar(select(func.count()).select_from(statement.order_by(None).subquery()))
    order = [sort[query["sort"]], key] if query["sort"] in sort else [key]
    if query["reverse"]:
        order = [column.desc() for column in order]
    statement = statement.order_by(*order).limit(query["limit"]).offset(query["offset"])
    rows = db.execute(statement).all()
    return Page(rows[::-1] if query.get("reverse_after") else rows, total or 0)


def _matches(words: str, columns: Sequence[Any]) -> Any:
    return and_(
        *(
            or_(*(_has(column, word) for column in columns))
            for word in words.replace(",", " ").split()
        )
    )


def _has(column: Any, word: str) -> Any:
    """Whether a text contains the word, or a guid is the word."""
    if not isinstance(column.type, Uuid):
        return column.icontains(word, autoescape=True)
    return column == UUID(word) if GUID_FORM.match(word) else false()

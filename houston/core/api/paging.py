"""Lists: bounded pages in a stable order, with the total in `X-Total-Count`."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import colander

from houston.core.schema.nodes import Boolean, Choice, Integer, Schema, String

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
        Integer(
            1,
            max_limit,
            name="limit",
            missing=max_limit,
            description="The number of rows at most.",
        ),
        Integer(0, name="offset", missing=0, description="The number of rows to skip."),
        Choice(
            ["primary", "default", *sort],
            name="sort",
            missing=default,
            description="The order of the rows.",
        ),
        Boolean(name="reverse", missing=reverse, description="Whether the order is turned."),
    )
    if reverse_after is not None:
        schema.add(
            Boolean(
                name="reverse_after",
                missing=reverse_after,
                description="Whether the rows of the page, and they alone, are turned once more.",
            )
        )
    if search:
        schema.add(
            String(
                max=200,
                name="search",
                missing=colander.drop,
                description="Words, each of which must occur, without regard to case.",
            )
        )
    return schema

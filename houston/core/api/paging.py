"""Lists: bounded pages in a stable order, with the total in `X-Total-Count`."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import colander

from houston.core.schema.nodes import Boolean, Choice, Integer, Schema, String

MAX_LIMIT = 100


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
        sort: The names of the columns by which the list can be sorted, besides `primary` and
            `default`, which clients send for the order by key.
        search: Whether the list can be searched for words.
        max_limit: The largest number of rows in a page, and the default.
        default: The default of `sort`.
        reverse: The default of `reverse`.
        reverse_after: The default of `reverse_after`, by which the rows of the page are reversed;
            without one, the list has no such parameter.
    """
    schema = Schema(
        Integer(
            1,
            max_limit,
            name="limit",
            missing=max_limit,
            description="The largest number of rows.",
        ),
        Integer(0, name="offset", missing=0, description="The number of rows to skip."),
        Choice(
            ["primary", "default", *sort],
            name="sort",
            missing=default,
            description="The order of the rows.",
        ),
        Boolean(name="reverse", missing=reverse, description="Whether the order is descending."),
    )
    if reverse_after is not None:
        schema.add(
            Boolean(
                name="reverse_after",
                missing=reverse_after,
                description="Whether the rows within the page are reversed.",
            )
        )
    if search:
        schema.add(
            String(
                max=200,
                name="search",
                missing=colander.drop,
                description="Words that must all occur, without regard to case.",
            )
        )
    return schema

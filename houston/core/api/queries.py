"""The input of lists and searches: the query string of a page, and the query of a search."""

from collections.abc import Sequence
from typing import Any

from colander import drop, null

from houston.core.errors import BadRequest
from houston.core.schema.nodes import Boolean, Integer, Json, MapOf, Schema, String

MAX_LIMIT = 100
LIMIT = "The largest number of rows."
REVERSE_AFTER = "Whether the rows within the page are reversed."
SEARCH = "Words that must all occur, without regard to case."


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

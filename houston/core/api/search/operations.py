"""The body and the query string of a search."""

from collections.abc import Sequence
from typing import Any

from colander import null

from houston.core.api.paging import page_query
from houston.core.errors import BadRequest
from houston.core.schema.nodes import Json, MapOf, Schema, String

PREFIX = "elasticsearch."
ABOUT_QUERY = (
    "`{}` finds all rows; otherwise one clause of Elasticsearch: `bool` with `must`, "
    "`filter`, `should` (`minimum_should_match`) and `must_not`; `match`, `term`, `terms`, "
    "`wildcard`, `range`, `exists`, `query_string`, `match_all`."
)


class Query(MapOf):
    """A query, which the listing validates further; null finds all rows, like `{}`."""

    def __init__(self) -> None:
        super().__init__(Json(nullable=True), nullable=True, missing={}, description=ABOUT_QUERY)

    def deserialize(self, cstruct: Any = null) -> Any:
        """The query.

        Raises:
            BadRequest: It is not an object.
        """
        if cstruct is None or cstruct is null:
            return {}
        if not isinstance(cstruct, dict):
            raise BadRequest("A query is a JSON object.")
        return super().deserialize(cstruct)


def search_query(sort: Sequence[str]) -> Schema:
    """The schema of the query string of a search that can be sorted by some columns."""
    schema = page_query(sort=sort, search=False)
    schema["sort"] = String(
        max=100,
        missing="primary",
        description=f"The order of the rows: {', '.join(('primary', *sort))}.",
    )
    return schema


def sort_key(name: str, known: Sequence[str]) -> str:
    """The sort column of a search, given with or without `elasticsearch.`; `primary` if unknown.

    Clients send the names of columns by which no list can be sorted.
    """
    name = name.removeprefix(PREFIX)
    return name if name in known else "primary"

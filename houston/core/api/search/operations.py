"""The two operations of an address that searches: POST takes a query, GET finds everything."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from colander import null

from houston.core.api.operation import JSON, View
from houston.core.api.paging import page_query
from houston.core.api.service import Service
from houston.core.errors import BadRequest
from houston.core.http.request import Request
from houston.core.schema.nodes import Json, MapOf, Schema, String
from houston.core.security.permissions import Permission

PREFIX = "elasticsearch."
ABOUT_QUERY = (
    "`{}` finds everything. Else one clause of Elasticsearch's language: `bool` of `must`, "
    "`filter`, `should` (`minimum_should_match`) and `must_not`; `match`, `term`, `terms`, "
    "`wildcard`, `range`, `exists`, `query_string`, `match_all`."
)


class Query(MapOf):
    """A JSON object, which becomes a condition later; null finds everything, as `{}` does."""

    def __init__(self) -> None:
        super().__init__(Json(nullable=True), nullable=True, missing={}, description=ABOUT_QUERY)

    def deserialize(self, cstruct: Any = null) -> Any:
        """The query.

        Raises:
            BadRequest: It is no object.
        """
        if cstruct is None or cstruct is null:
            return {}
        if not isinstance(cstruct, dict):
            raise BadRequest("A query is a JSON object.")
        return super().deserialize(cstruct)


def search_query(sort: Sequence[str]) -> Schema:
    """The schema of a search's query string, with the columns that it may be sorted by."""
    schema = page_query(sort=sort, search=False)
    schema["sort"] = String(
        max=100,
        missing="primary",
        preparer=lambda name: _sort_key(name, sort),
        description=f"The order of the rows: {', '.join(('primary', *sort))}.",
    )
    return schema


def _sort_key(name: Any, known: Sequence[str]) -> Any:
    """The name of an order, with or without `elasticsearch.`; an unknown one is `primary`.

    Clients send the names of columns that nothing can be sorted by.
    """
    if name is null:
        return null
    name = name.removeprefix(PREFIX)
    return name if name in known else "primary"


def searching(
    service: Service, permission: Permission, *, sort: Sequence[str], **declared: Any
) -> Callable[[View], View]:
    """Declare POST and GET of a service that searches by one view, whose name begins with `search`.

    The view finds the query in `request.validated["body"]`, empty for GET, and the page that is
    wanted in `request.validated["querystring"]`; `declared` is as for any operation.
    """
    service.only_reads = True
    shared = {"query": search_query(sort), "paged": True, **declared}

    def register(view: View) -> View:
        service.post(permission, body=Query(), consumes=(JSON,), **shared)(view)
        service.get(permission, **shared)(_of_everything(view))
        return view

    return register


def _of_everything(view: View) -> View:
    @wraps(view)
    def find(request: Request) -> Any:
        request.validated["body"] = {}
        return view(request)

    find.__name__ = view.__name__.replace("search", "find", 1)
    find.__doc__ = "Find what a search by an empty query finds: everything."
    return find

"""The two operations of an address that searches: POST takes a query, GET finds everything."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from colander import SchemaNode, null

from houston.core.api.operation import JSON, View
from houston.core.api.paging import page_query
from houston.core.api.service import Service
from houston.core.errors import BadRequest
from houston.core.http.request import Request
from houston.core.schema import Field, Schema, String, Type
from houston.core.security.permissions import Permission

PREFIX = "elasticsearch."


class QueryType(Type):
    """A JSON object; what is in it is read when it becomes a condition."""

    def deserialize(self, node: SchemaNode, value: Any) -> Any:
        """The object; no body at all is an empty one."""
        if value is null:
            return {}
        if not isinstance(value, dict):
            raise BadRequest("A query is a JSON object.")
        return value

    def json_schema(self) -> dict[str, Any]:
        """An object with any members."""
        return {"type": "object", "title": "Query"}


class QuerySchema(Schema):
    """A query; null finds everything, as an empty one does."""

    schema_type = QueryType
    description = (
        "`{}` finds everything. Else one clause of Elasticsearch's language: `bool` of `must`, "
        "`filter`, `should` (`minimum_should_match`) and `must_not`; `match`, `term`, `terms`, "
        "`wildcard`, `range`, `exists`, `query_string`, `match_all`."
    )

    def deserialize(self, cstruct: Any = null) -> Any:
        """The query."""
        return {} if cstruct is None else super().deserialize(cstruct)


class SortKey(String):
    """The name of an order, with or without `elasticsearch.`; one that is not known is `primary`.

    Clients send the names of columns that nothing can be sorted by.
    """

    def __init__(self, known: Sequence[str]) -> None:
        super().__init__(max=100)
        self._known = known

    def read(self, node: SchemaNode, value: Any) -> str:
        """The name of an order that there is."""
        name = super().read(node, value).removeprefix(PREFIX)
        return name if name in self._known else "primary"


def search_query(sort: Sequence[str]) -> Schema:
    """The schema of a search's query string, with the columns that it may be sorted by."""
    schema = page_query(sort=sort, search=False)
    schema["sort"] = Field(
        SortKey(sort),
        missing="primary",
        description=f"The order of the rows: {', '.join(('primary', *sort))}.",
    )
    return schema


def searching(
    service: Service, permission: Permission, *, sort: Sequence[str], **declared: Any
) -> Callable[[View], View]:
    """Declare POST and GET of a service that searches by one view, whose name begins with `search`.

    The view finds the query in `request.validated["body"]`, empty for GET, and the page that is
    wanted in `request.validated["query"]`; `declared` is as for any operation.
    """
    service.only_reads = True
    shared = {"query": search_query(sort), "paged": True, **declared}

    def register(view: View) -> View:
        service.post(permission, body=QuerySchema(), consumes=(JSON,), **shared)(view)
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

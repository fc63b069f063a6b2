"""The one place that knows Cornice.

A `Service` is an address with its verbs. Its path is also the path that is traversed in the
resource tree, so the view's `request.context` is the resource whose grants decide. A view without
a permission does not register; what it takes and gives is declared once and used to validate, to
render and to document.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from typing import Any

import cornice
from cornice.pyramidhook import register_service_views
from cornice.util import ContentTypePredicate
from pyramid.interfaces import PHASE1_CONFIG, PHASE3_CONFIG
from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED

from houston.core.api.conditions import check_if_match
from houston.core.api.contributions import Contributions
from houston.core.api.input import PatchReader, PatchReaders, raise_errors, validation
from houston.core.api.listing import Listing
from houston.core.api.loading import options_for, relations_of
from houston.core.api.operation import BULK_PATCH_TYPES, JSON, PATCH_TYPES, Operation, View
from houston.core.api.output import Writer, writer
from houston.core.api.paging import Page, page_query
from houston.core.api.search.fields import Condition
from houston.core.api.search.operations import Query, search_query, sort_key
from houston.core.api.serializer import Compiler
from houston.core.http.forms import FORM_TYPES
from houston.core.http.request import ReadingAddresses
from houston.core.schema.nodes import Schema
from houston.core.security.permissions import Permission
from houston.core.services import services_of
from houston.core.tree import Graph, Graphs, Root

API = "/api/v1"


class Writers(dict[Operation, Writer]):
    """The functions that write the responses of an application, with its contributed fields."""


class Service(cornice.Service):
    """An address below `prefix`, and the verbs it knows.

    `options(registry)` are headers with which OPTIONS tells of a protocol's own abilities.
    """

    renderer = "json"
    default_validators: tuple[()] = ()
    default_filters: tuple[()] = ()
    only_reads = False

    def __init__(
        self,
        name: str,
        path: str,
        *,
        prefix: str = API,
        tag: str = "",
        options: Callable[[Any], Mapping[str, str]] | None = None,
    ) -> None:
        super().__init__(
            name, prefix + path, depth=2, factory=Root, traverse=path, description=None
        )
        self.tree_path = path
        self._module: str = sys._getframe(1).f_globals["__name__"]
        self.tag = tag or path.split("/")[1]
        self.operations: dict[str, Operation] = {}
        self.options = options or (lambda _registry: {})
        super().add_view("OPTIONS", _allowed_methods(self), permission=NO_PERMISSION_REQUIRED)

    def get(self, permission: Permission, **declared: Any) -> Callable[[View], View]:
        """Declare reading."""
        return self._declare("GET", permission, declared)

    def head(self, permission: Permission, **declared: Any) -> Callable[[View], View]:
        """Declare what HEAD tells where there is no GET."""
        return self._declare("HEAD", permission, declared)

    def post(self, permission: Permission, **declared: Any) -> Callable[[View], View]:
        """Declare creation or an action; its body comes as JSON or as a form."""
        declared.setdefault("consumes", (JSON, *FORM_TYPES))
        return self._declare("POST", permission, declared)

    def patch(self, permission: Permission, **declared: Any) -> Callable[[View], View]:
        """Declare a partial change by RFC 6902 or RFC 7396; with `many`, by RFC 6902 alone."""
        declared.setdefault("consumes", BULK_PATCH_TYPES if declared.get("many") else PATCH_TYPES)
        return self._declare("PATCH", permission, declared)

    def delete(self, permission: Permission, **declared: Any) -> Callable[[View], View]:
        """Declare removal."""
        declared.setdefault("status", 204)
        return self._declare("DELETE", permission, declared)

    def list(
        self,
        name: str,
        listing: Listing,
        returns: Schema,
        text: str,
        *,
        permission: Permission = Permission.LIST,
        query: Schema | None = None,
        where: Callable[[Request], Condition | None] | None = None,
    ) -> None:
        """Declare a list in pages, by GET.

        Args:
            name: The name of the operation.
            listing: The rows.
            returns: The schema of a row.
            text: The words on the operation, whose first sentence is its summary.
            permission: The permission at the address.
            query: The schema of the query string, where it is not the usual one.
            where: The further condition of a request.
        """

        def page(request: Request) -> Page:
            values = request.validated["querystring"]
            condition = where(request) if where else None
            return listing.page(request.db, request.identity, values, where=condition)

        query = query or page_query(sort=listing.sort)
        declare = self.get(permission, query=query, returns=returns, paged=True)
        declare(self._named(page, name, text))

    def search(
        self,
        name: str,
        listing: Listing,
        returns: Schema,
        text: str,
        *,
        permission: Permission = Permission.LIST,
    ) -> None:
        """Declare a search: POST takes a query, GET finds everything.

        Args:
            name: The name of the operation, which begins with `search`; that of GET with `find`.
            listing: The rows.
            returns: The schema of a row.
            text: The words on the operation.
            permission: The permission at the address.
        """
        self.only_reads = True
        shared: dict[str, Any] = {
            "query": search_query(listing.sort),
            "returns": returns,
            "paged": True,
        }

        def search(request: Request) -> Page:
            values = request.validated["querystring"]
            values["sort"] = sort_key(values["sort"], listing.sort)
            wanted = request.validated.get("body")
            return listing.page(request.db, request.identity, values, wanted)

        everything = "Find what a search by an empty query finds: everything."
        declare = self.post(permission, body=Query(), consumes=(JSON,), **shared)
        declare(self._named(search, name, text))
        found = name.replace("search", "find", 1)
        self.get(permission, **shared)(self._named(search, found, everything))

    def read(
        self,
        name: str,
        returns: Schema,
        text: str,
        *,
        permission: Permission = Permission.READ,
    ) -> None:
        """Declare the reading of the object at the address, by GET.

        Args:
            name: The name of the operation.
            returns: The schema of the object.
            text: The words on the operation.
            permission: The permission at the address.
        """
        self.get(permission, returns=returns)(self._named(_row, name, text))

    def _named(self, view: View, name: str, text: str) -> View:
        """A view with a name and words of its own, as if it stood where the service does."""

        @wraps(view)
        def named(request: Request) -> Any:
            return view(request)

        named.__name__, named.__doc__, named.__module__ = name, text, self._module
        return named

    def _declare(
        self, method: str, permission: Permission, declared: dict[str, Any]
    ) -> Callable[[View], View]:
        def register(view: View) -> View:
            operation = Operation(method=method, view=view, permission=permission, **declared)
            self.operations[method] = operation
            self._register(operation)
            return view

        return register

    def _register(self, operation: Operation) -> None:
        public = operation.permission is Permission.PUBLIC
        arguments = validation(operation)
        if operation.produces and "*" not in operation.produces:
            arguments["accept"] = operation.produces
        self.add_view(
            operation.method,
            self._view_of(operation),
            permission=NO_PERMISSION_REQUIRED if public else operation.permission,
            **arguments,
        )

    def default_error_handler(self, request: Request) -> None:
        """Raise what Cornice and the validators have found, as one error."""
        raise_errors(request)

    def _view_of(self, operation: Operation) -> View:
        view = operation.view
        conditional = operation.method in ("PATCH", "DELETE") and not (
            operation.bulk or operation.raw
        )

        @wraps(view)
        def run(request: Request) -> Response:
            if conditional:
                check_if_match(request, self._representation)
            result = view(request)
            if "change" in request.validated:
                request.services[PatchReaders][operation].apply_contributed(request)
            return request.services[Writers][operation](request, result)

        return run

    def _representation(self, request: Request) -> bytes:
        """What GET on this address would send now."""
        operation = self.operations["GET"]
        write = request.services[Writers][operation]
        body: bytes = write(request, operation.view(request)).body
        return body


def _row(request: Request) -> Any:
    """The row of the object at the address."""
    return request.context.row


def _allowed_methods(service: Service) -> View:
    def options(request: Request) -> Response:
        """List the methods that the caller may use here."""
        allowed = [
            operation.method
            for operation in service.operations.values()
            if operation.permission is Permission.PUBLIC
            or request.has_permission(operation.permission)
        ]
        headers = {"Allow": ", ".join([*allowed, "OPTIONS"]), **service.options(request.registry)}
        return Response(status=204, headers=headers)

    return options


def services(registry: Any) -> Iterator[Service]:
    """The services of this application, in the order of their registration."""
    yield from registry.cornice_services.values()


def includeme(config: Any) -> None:
    """Register services, but not what else Cornice does to every request.

    Its event subscriber and its exception views are left out: the request class has the
    attributes it asks for, our tweens set the headers, and errors are ours to render.
    """
    config.registry.cornice_services = {}
    config.include("houston.core.api.contributions")
    services_of(config).add(ReadingAddresses())
    services_of(config).add(Writers())
    services_of(config).add(PatchReaders())
    pending: list[Service] = []
    config.add_directive("add_cornice_service", lambda _config, service: pending.append(service))
    config.add_view_predicate("content_type", ContentTypePredicate)
    config.action(None, _register_all, args=(config, pending), order=PHASE1_CONFIG)
    # After all modules have contributed their fields.
    config.action(None, _compile, args=(config, pending), order=PHASE3_CONFIG + 1)


def _register_all(config: Any, pending: list[Service]) -> None:
    """Register services with fixed words before those with variable parts.

    `/users/me` is then not taken for the key of a user: Pyramid tries routes in their order, which
    is otherwise that of the modules, with those first that the most requests are for.
    """
    for service in sorted(pending, key=_generality):
        # Views of one route are tried in turn, and OPTIONS is asked for least.
        service.definitions.sort(key=lambda definition: definition[0] == "OPTIONS")
        if service.only_reads:
            services_of(config)[ReadingAddresses].add(service.path)
        register_service_views(config, service)


def _compile(config: Any, registered: list[Service]) -> None:
    """Make what reads the patches and what writes the responses of all operations."""
    parts = services_of(config)
    contributions = parts[Contributions]
    compiler = Compiler(contributions)
    for service in registered:
        for operation in service.operations.values():
            parts[Writers][operation] = writer(operation, compiler)
            if operation.patch is not None and not operation.bulk:
                parts[PatchReaders][operation] = PatchReader(operation.patch, contributions)
            if operation.method == "GET" and operation.returns and operation.renders_one:
                relations = relations_of(operation.returns)
                depth = len(service.tree_path.strip("/").split("/"))
                graph = Graph(depth, options_for(relations))
                parts[Graphs][service.path, operation.method] = graph


def _generality(service: Service) -> list[int]:
    """How much each part of a path leaves open, up to the last that leaves anything open."""
    parts = [_openness(part) for part in service.path.strip("/").split("/")]
    while parts and not parts[-1]:
        parts.pop()
    return parts


def _openness(part: str) -> int:
    """How much a part leaves open: nothing, some of it, all of it, or all the rest."""
    if part.startswith("*"):
        return 3
    if "{" not in part:
        return 0
    return 2 if part.endswith("}") else 1

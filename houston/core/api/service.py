"""Services: addresses with their operations, as Cornice registers them.

The path of a service is also the path in the resource tree: `request.context` of its views is the
resource whose grants decide. Each view has a permission. Its input and its output are declared
once, for validation, for rendering and for the documents.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from typing import Any

import cornice
from cornice.pyramidhook import register_service_views
from pyramid.interfaces import PHASE1_CONFIG, PHASE3_CONFIG
from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED

from houston.core.api.conditions import check_if_match
from houston.core.api.contributions import Contributions
from houston.core.api.input import PatchReader, PatchReaders, raise_errors, validation
from houston.core.api.listing import Listing, Page
from houston.core.api.loading import options_for, relations_of
from houston.core.api.operation import BULK_PATCH_TYPES, JSON, PATCH_TYPES, Operation, View
from houston.core.api.output import Writer, writer
from houston.core.api.queries import Query, page_query
from houston.core.api.search.fields import Condition
from houston.core.api.serializer import Compiler
from houston.core.http.request import FORM_TYPES, ReadingAddresses
from houston.core.http.tweens import BodyLimits
from houston.core.schema.nodes import Schema
from houston.core.security.grants import Permission
from houston.core.services import services_of
from houston.core.settings import Settings
from houston.core.tree import Graph, Graphs, Root

API = "/api/v1"


class Writers(dict[Operation, Writer]):
    """The functions that write the responses of an application, with its contributed fields."""


class Service(cornice.Service):
    """An address and its operations.

    Args:
        name: The name of the service, and of its route.
        path: The address below `prefix`; its parts in braces are keys in the resource tree.
        prefix: The address of the API.
        tag: The tag of the operations in the documents; by default the first part of the path.
        options: `options(registry)` returns further headers of the response to OPTIONS.
    """

    renderer = "json"
    default_validators: tuple[()] = ()
    default_filters: tuple[()] = ()
    default_error_handler = staticmethod(raise_errors)
    only_reads = False
    searched: Listing | None = None

    def __init__(
        self,
        name: str,
        path: str,
        *,
        prefix: str = API,
        tag: str = "",
        options: Callable[[Any], Mapping[str, str]] | None = None,
    ) -> None:
        super().__init__(name, prefix + path, depth=2, factory=Root, traverse=path)
        self.tree_path = path
        self._module: str = sys._getframe(1).f_globals["__name__"]
        self.tag = tag or path.split("/")[1]
        self.operations: dict[str, Operation] = {}
        self.options = options or (lambda _registry: {})
        super().add_view("OPTIONS", self._allowed_methods, permission=NO_PERMISSION_REQUIRED)

    def get(self, permission: Permission, **declared: Any) -> Callable[[View], View]:
        """Declare an operation by GET."""
        return self._declare("GET", permission, declared)

    def head(self, permission: Permission, **declared: Any) -> Callable[[View], View]:
        """Declare an operation by HEAD, for an address without GET."""
        return self._declare("HEAD", permission, declared)

    def post(self, permission: Permission, **declared: Any) -> Callable[[View], View]:
        """Declare an operation by POST; its body is JSON or a form."""
        declared.setdefault("consumes", (JSON, *FORM_TYPES))
        return self._declare("POST", permission, declared)

    def patch(self, permission: Permission, **declared: Any) -> Callable[[View], View]:
        """Declare a patch by RFC 6902 or RFC 7396; with `many`, by RFC 6902 only."""
        declared.setdefault("consumes", BULK_PATCH_TYPES if declared.get("many") else PATCH_TYPES)
        return self._declare("PATCH", permission, declared)

    def delete(self, permission: Permission, **declared: Any) -> Callable[[View], View]:
        """Declare an operation by DELETE."""
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
            text: The description, whose first paragraph is the summary.
            permission: The permission at the address.
            query: The schema of the query string, if it is not `page_query(sort=listing.sort)`.
            where: The function of the request that returns a further condition.
        """

        def page(request: Request) -> Page:
            values = request.validated["querystring"]
            condition = where(request) if where else None
            return listing.page(request.db, request.identity, values, where=condition)

        query = query or page_query(listing.sort, search=bool(listing.words))
        declare = self.get(permission, query=query, returns=returns, paged=True)
        declare(self._named(page, name, text))

    def search(self, name: str, listing: Listing, returns: Schema, text: str) -> None:
        """Declare a search: POST reads a query, GET finds all rows.

        Args:
            name: The name of the operation by POST, which begins with `search`; the name of GET
                begins with `find` instead.
            listing: The rows.
            returns: The schema of a row.
            text: The description.
        """
        self.only_reads, self.searched = True, listing
        query = page_query(listing.sort, search=False)
        shared: dict[str, Any] = {"query": query, "returns": returns, "paged": True}

        def search(request: Request) -> Page:
            values, query = request.validated["querystring"], request.validated.get("body")
            return listing.page(
                request.db, request.identity, values, query, services=request.services
            )

        everything = "Find all rows, as a search by an empty query does."
        posted = {"body": Query(), "consumes": (JSON,), "exportable": listing.is_exportable}
        self.post(Permission.LIST, **posted, **shared)(self._named(search, name, text))
        find = name.replace("search", "find", 1)
        self.get(Permission.LIST, **shared)(self._named(search, find, everything))

    def read(self, name: str, returns: Schema, text: str) -> None:
        """Declare the reading of the row at the address, by GET, with its name and description."""
        view = self._named(lambda request: request.context.row, name, text)
        self.get(Permission.READ, returns=returns)(view)

    def remove(self, name: str, text: str) -> None:
        """Declare the deletion of the row at the address, by DELETE."""
        self.delete(Permission.DELETE)(self._named(_delete_row, name, text))

    def _named(self, view: View, name: str, text: str) -> View:
        """The view with a name, a docstring, and the module of the service."""

        def named(request: Request) -> Any:
            return view(request)

        named.__name__ = named.__qualname__ = name
        named.__doc__, named.__module__ = text, self._module
        return named

    def _declare(
        self, method: str, permission: Permission, declared: dict[str, Any]
    ) -> Callable[[View], View]:
        def register(view: View) -> View:
            operation = Operation(method=method, view=view, permission=permission, **declared)
            self.operations[method] = operation
            arguments = validation(operation)
            arguments["permission"] = (
                NO_PERMISSION_REQUIRED if permission is Permission.PUBLIC else permission
            )
            self.add_view(method, self._view_of(operation), **arguments)
            return view

        return register

    def _view_of(self, operation: Operation) -> View:
        view, conditional = operation.view, operation.conditional
        public = operation.permission is Permission.PUBLIC

        @wraps(view)
        def run(request: Request) -> Response:
            request.is_public = public
            if conditional:
                check_if_match(request, self._current_tag)
            result = view(request)
            if "change" in request.validated:
                request.services[PatchReaders][operation].apply_contributed(request)
            return request.services[Writers][operation](request, result)

        return run

    def is_tagged(self, operation: Operation) -> bool:
        """Return whether responses have the entity tag of the address: they are what GET returns.

        The tag of another representation would fail as `If-Match` (RFC 9110, section 13.1.1).
        """
        reading = self.operations.get("GET")
        if reading is None or not reading.represents:
            return False
        same = type(operation.returns) is type(reading.returns)
        return operation is reading or (operation.method == "PATCH" and same)

    def _allowed_methods(self, request: Request) -> Response:
        """List the methods that the caller may use here."""
        allowed = [
            operation.method
            for operation in self.operations.values()
            if operation.permission is Permission.PUBLIC
            or request.has_permission(operation.permission)
        ]
        headers = {"Allow": ", ".join([*allowed, "OPTIONS"]), **self.options(request.registry)}
        return Response(status=204, headers=headers)

    def _current_tag(self, request: Request) -> str | None:
        """The entity tag of the current response to GET, if it has one."""
        operation = self.operations.get("GET")
        if operation is None or not operation.represents:
            return None
        write = request.services[Writers][operation]
        tag: str | None = write(request, operation.view(request)).etag
        return tag


def _delete_row(request: Request) -> None:
    request.db.delete(request.context.row)
    request.db.flush()


def services(registry: Any) -> Iterator[Service]:
    """The services of an application in the order of their registration."""
    yield from registry.cornice_services.values()


def includeme(config: Any) -> None:
    """Let modules register services.

    Cornice's `includeme` is not used: the request class has the attributes that its subscriber adds
    to each request, tweens set its headers, and core renders errors.
    """
    config.registry.cornice_services = {}
    config.include("houston.core.api.contributions")
    services_of(config).add(ReadingAddresses())
    services_of(config).add(Writers())
    services_of(config).add(PatchReaders())
    pending: list[Service] = []
    config.add_directive("add_cornice_service", lambda _config, service: pending.append(service))
    config.action(None, _register_all, args=(config, pending), order=PHASE1_CONFIG)
    # After all modules have contributed their fields.
    config.action(None, _compile, args=(config, pending), order=PHASE3_CONFIG + 1)


def _register_all(config: Any, pending: list[Service]) -> None:
    """Register services by branches of the tree, and fixed paths there before variable ones.

    Pyramid tries routes in their order, so that `me` in `/users/me` is not the key of a user.
    Otherwise the order is that of the modules.
    """
    branches = list(dict.fromkeys(_branch(service) for service in pending))
    for service in sorted(
        pending, key=lambda each: (branches.index(_branch(each)), _generality(each))
    ):
        service.definitions = _needed(service)
        if service.only_reads:
            services_of(config)[ReadingAddresses].add(service.path)
        register_service_views(config, service)


def _needed(service: Service) -> list[tuple[str, View, dict[str, Any]]]:
    """The views of a service without those of HEAD, for which Pyramid takes the view of GET.

    They are tried in turn, and OPTIONS is the rarest.
    """
    return sorted(
        (each for each in service.definitions if each[0] in (*service.operations, "OPTIONS")),
        key=lambda definition: definition[0] == "OPTIONS",
    )


def _compile(config: Any, registered: list[Service]) -> None:
    """Make what reads the patches and what writes the responses of all operations."""
    parts = services_of(config)
    contributions = parts[Contributions]
    compiler = Compiler(contributions)
    for service in registered:
        for operation in service.operations.values():
            tagged = service.is_tagged(operation)
            parts[Writers][operation] = writer(operation, compiler, tagged=tagged)
            for content_type in operation.consumes:
                parts[BodyLimits].allow(content_type, operation.body_limits(parts[Settings])[0])
            if operation.patch is not None and not operation.bulk:
                parts[PatchReaders][operation] = PatchReader(operation.patch, contributions)
            if operation.represents and operation.returns:
                relations = relations_of(operation.returns)
                depth = len(service.tree_path.strip("/").split("/"))
                graph = Graph(depth, options_for(relations))
                parts[Graphs][service.path, operation.method] = graph


def _branch(service: Service) -> str:
    """The first part of a path: routes with different ones do not match the same addresses."""
    return service.tree_path.split("/")[1]


def _generality(service: Service) -> str:
    """The openness of each part of a path, up to the last variable one.

    It is 0 if the part is fixed, 1 if only its end is, and 2 for a variable.
    """
    parts = service.path.strip("/").split("/")
    return "".join(str(("{" in part) + part.endswith("}")) for part in parts).rstrip("0")

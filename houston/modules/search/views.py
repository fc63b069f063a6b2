"""The operations on searches, and the branch `search` of the resource tree with its grants."""

from collections.abc import Mapping, Sequence
from typing import Any

from houston.core.api.listing import Listing
from houston.core.api.service import Service, services
from houston.core.http.request import Request
from houston.core.schema.nodes import Integer, Json, ListOf, MapOf, String
from houston.core.security.grants import Grant, Permission
from houston.core.tree import Collection, Found, Part, Resource
from houston.domain.roles import Role

indices = Service("search_indices", "/search")
mappings = Service("search_mappings", "/search/{index}/mappings")
status = Service("search_status", "/search/status")
synchronization = Service("search_synchronization", "/search/sync")

NAMES = ListOf(String(), description="The names of the searches.")
MAPPINGS = MapOf(Json(), description="The type of each field by name, as Elasticsearch has them.")
STATUS = MapOf(
    Integer(0),
    description="The number of outdated documents; always empty, as searches read the tables.",
)


class Synchronization(Resource):
    """The synchronization of the searches with the tables."""

    closed = True
    grants = (Grant(Role.ADMIN, (Permission.READ, Permission.WRITE)),)


class IndexResource(Part):
    """One search, whose listing is the row."""

    children = {"mappings": Resource}


class IndexCollection(Collection):
    """All searches, by their names."""

    noun = "search"
    item = IndexResource
    children = {"status": Resource, "sync": Synchronization}
    grants = (Grant(Role.SIGNED_IN, (Permission.LIST, Permission.READ)),)

    def find(self, key: str) -> Found | None:
        """Return the listing of a search."""
        listing = searches_of(self.request.registry).get(key)
        return None if listing is None else Found(listing)


def searches_of(registry: Any) -> Mapping[str, Listing]:
    """Return the listings that an application searches, by their names."""
    return {
        service.tree_path.removesuffix("/search").strip("/").replace("/", "."): service.searched
        for service in services(registry)
        if service.searched is not None
    }


@indices.get(Permission.LIST, returns=NAMES)
def list_search_indices(request: Request) -> Sequence[str]:
    """List the names of the searches.

    `sightings` is the search at `/sightings/search`; a dot stands for a slash.
    """
    return sorted(searches_of(request.registry))


@mappings.get(Permission.READ, returns=MAPPINGS)
def get_search_mappings(request: Request) -> Mapping[str, Any]:
    """Read the fields of a search.

    A `dynamic` object has fields by name, such as `customFields.<guid>`. The fields without an
    `index` only order the rows.
    """
    listing: Listing = request.context.__parent__.row
    return listing.mappings(request.services, request.db)


@status.get(Permission.READ, returns=STATUS)
def get_search_status(request: Request) -> Mapping[str, int]:
    """Read what is out of step with the tables: nothing, as searches read these."""
    return {}


@synchronization.get(Permission.READ, returns=STATUS)
def get_search_synchronization(request: Request) -> Mapping[str, int]:
    """Read what a synchronization would change: nothing, as searches read the tables."""
    return {}


@synchronization.post(Permission.WRITE, returns=STATUS)
def synchronize_searches(request: Request) -> Mapping[str, int]:
    """Synchronize the searches with the tables, which has nothing to do."""
    return {}

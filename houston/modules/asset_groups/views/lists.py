"""The addresses of lists of reported sightings."""

from houston.core.api.paging import Page, page_query
from houston.core.api.search import searching
from houston.core.api.service import Service
from houston.core.http.request import Request
from houston.core.security.permissions import Permission
from houston.modules.asset_groups import schemas, services

SORT = services.SIGHTINGS.sort
QUERY = page_query(sort=SORT, search=False)
NEWEST_FIRST = page_query(sort=SORT, search=False, default="created", reverse=True)
ROW = schemas.AssetGroupSightingListSchema()

sightings = Service("asset_group_sightings", "/asset_groups/sighting")
search = Service("asset_group_sighting_search", "/asset_groups/sighting/search")
public = Service("public_sightings", "/asset_groups/sighting/pending/public")
contributed = Service("contributed_sightings", "/asset_groups/sighting/pending/contributor")
of_user = Service("sightings_of_user", "/users/{user}/asset_group_sightings", tag="asset_groups")


@sightings.get(Permission.LIST, query=QUERY, returns=ROW, paged=True)
def list_asset_group_sightings(request: Request) -> Page:
    """List the reported sightings."""
    return services.SIGHTINGS.page(request.db, request.validated["querystring"])


@searching(search, Permission.LIST, sort=SORT, returns=ROW)
def search_asset_group_sightings(request: Request) -> Page:
    """Search the reported sightings."""
    validated = request.validated
    return services.SIGHTINGS.page(request.db, validated["querystring"], validated["body"])


@public.get(Permission.LIST, query=QUERY, returns=ROW, paged=True)
def list_public_sightings(request: Request) -> Page:
    """List the unprocessed sightings that the public has reported."""
    return services.list_public_sightings(request.db, request.validated["querystring"])


@contributed.get(Permission.LIST, query=QUERY, returns=ROW, paged=True)
def list_contributed_sightings(request: Request) -> Page:
    """List the unprocessed sightings of contributors who are no researchers."""
    return services.list_contributed_sightings(request.db, request.validated["querystring"])


@of_user.get(Permission.READ, query=NEWEST_FIRST, returns=ROW, paged=True)
def list_sightings_of_user(request: Request) -> Page:
    """List the unprocessed sightings that a user has reported, the newest first."""
    owner = request.context.__parent__.row
    return services.list_sightings_of(request.db, owner.guid, request.validated["querystring"])

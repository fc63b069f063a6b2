"""The addresses of lists of reported sightings."""

from houston.core.api.paging import page_query
from houston.core.api.service import Service
from houston.core.security.permissions import Permission
from houston.modules.asset_groups import schemas, services
from houston.modules.users.models import User

SORT = services.SIGHTINGS.sort
QUERY = page_query(sort=SORT, search=False)
NEWEST_FIRST = page_query(sort=SORT, search=False, default="created", reverse=True)
ROW = schemas.AssetGroupSightingListSchema()

sightings = Service("asset_group_sightings", "/asset_groups/sighting")
search = Service("asset_group_sighting_search", "/asset_groups/sighting/search")
public = Service("public_sightings", "/asset_groups/sighting/pending/public")
contributed = Service("contributed_sightings", "/asset_groups/sighting/pending/contributor")
of_user = Service("sightings_of_user", "/users/{user}/asset_group_sightings", tag="asset_groups")


sightings.list(
    "list_asset_group_sightings",
    services.SIGHTINGS,
    ROW,
    "List the asset group sightings.",
    query=QUERY,
)
search.search(
    "search_asset_group_sightings",
    services.SIGHTINGS,
    ROW,
    "Search the asset group sightings.",
)
public.list(
    "list_public_sightings",
    services.PUBLIC_SIGHTINGS,
    ROW,
    "List the unprocessed asset group sightings that the public has reported.",
    query=QUERY,
)
contributed.list(
    "list_contributed_sightings",
    services.CONTRIBUTED_SIGHTINGS,
    ROW,
    "List the unprocessed asset group sightings of contributors who are no researchers.",
    query=QUERY,
)
of_user.list(
    "list_sightings_of_user",
    services.SIGHTINGS,
    ROW,
    "List the unprocessed asset group sightings of a user, the newest first.",
    permission=Permission.READ,
    query=NEWEST_FIRST,
    where=lambda request: services.pending_of(User.guid == request.context.__parent__.row.guid),
)

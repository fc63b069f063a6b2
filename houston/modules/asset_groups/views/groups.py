"""The addresses of submissions."""

from houston.core.api.operation import JSON
from houston.core.api.service import Service
from houston.core.errors import Conflict, Forbidden
from houston.core.http.request import Request
from houston.core.security.permissions import Permission
from houston.modules.asset_groups import schemas, services
from houston.modules.asset_groups.models import AssetGroup

groups = Service("asset_groups", "/asset_groups")
group = Service("asset_group", "/asset_groups/{asset_group}")
search = Service("asset_group_search", "/asset_groups/search")
debugging = Service("asset_group_debugging", "/asset_groups/debug/{asset_group}")

ROW = schemas.AssetGroupListSchema()


groups.list("list_asset_groups", services.GROUPS, ROW, "List the asset groups.")
search.search("search_asset_groups", services.GROUPS, ROW, "Search the asset groups.")
group.read("get_asset_group", schemas.AssetGroupSchema(), "Read an asset group.")
debugging.read(
    "debug_asset_group",
    schemas.AssetGroupDebugSchema(),
    "Read an asset group with all that is known of it.",
)


@groups.post(
    Permission.CREATE,
    body=schemas.NewAssetGroupSchema(),
    consumes=(JSON,),
    returns=schemas.AssetGroupSchema(),
    errors=(Forbidden, Conflict),
)
def create_asset_group(request: Request) -> AssetGroup:
    """Submit uploaded files and the sightings that they show.

    All that is wrong is told at once and nothing is kept: `messages` has the texts by path, such as
    `sightings.996.encounters.0.locationId`. The pictures are prepared after the answer; ask again
    for the submission, or for its sightings, to see how far that is.

    Whoever is not signed in submits as the public. Tables, owners and sightings without files are
    for researchers.
    """
    return services.create_asset_group(
        request.services, request.db, request.identity, request.validated["body"]
    )


@group.patch(Permission.WRITE, patch=schemas.AssetGroupPatch(), returns=schemas.AssetGroupSchema())
def patch_asset_group(request: Request) -> AssetGroup:
    """Change the description of a submission, or give it to somebody else: for its owner."""
    return services.update_group(request.db, request.context.row, request.validated["change"])


@group.delete(Permission.DELETE)
def delete_asset_group(request: Request) -> None:
    """Delete a submission with its assets, their annotations, and its sightings."""
    services.delete_asset_group(request.services, request.db, request.context.row)

"""The addresses of reported sightings."""

from houston.core.api.service import Service
from houston.core.errors import Conflict
from houston.core.http.request import Request
from houston.core.security.permissions import Permission
from houston.modules.asset_groups import schemas, services
from houston.modules.asset_groups.models import AssetGroupSighting

sighting = Service("asset_group_sighting", "/asset_groups/sighting/{asset_group_sighting}")
encounter = Service(
    "asset_group_sighting_encounter",
    "/asset_groups/sighting/{asset_group_sighting}/encounter/{encounter}",
)
commitment = Service("commitment", "/asset_groups/sighting/{asset_group_sighting}/commit")
debugging = Service(
    "asset_group_sighting_debugging", "/asset_groups/sighting/debug/{asset_group_sighting}"
)


sighting.read(
    "get_asset_group_sighting",
    schemas.AssetGroupSightingSchema(),
    "Read an asset group sighting.",
)
debugging.read(
    "debug_asset_group_sighting",
    schemas.AssetGroupSightingDebugSchema(),
    "Read an asset group sighting with all that is known of it.",
)


@sighting.patch(
    Permission.WRITE,
    patch=schemas.AssetGroupSightingPatch(),
    returns=schemas.AssetGroupSightingSchema(),
)
def patch_asset_group_sighting(request: Request) -> AssetGroupSighting:
    """Change a reported sighting."""
    return services.update_sighting(
        request.services, request.db, request.context.row, request.validated["change"]
    )


@encounter.patch(
    Permission.WRITE,
    patch=schemas.PendingEncounterPatch(),
    returns=schemas.AssetGroupSightingSchema(),
)
def patch_asset_group_sighting_encounter(request: Request) -> AssetGroupSighting:
    """Change an animal of a reported sighting, or say which annotations show it."""
    changed = services.update_encounter(
        request.services, request.db, request.context.row, request.validated["change"]
    )
    return changed.asset_group_sighting


@commitment.post(Permission.WRITE, returns=schemas.PendingSightingSchema(), errors=(Conflict,))
def commit_asset_group_sighting(request: Request) -> AssetGroupSighting:
    """Commit a reported sighting: make a sighting of it, and its animals encounters."""
    return services.commit_sighting(request.services, request.db, request.context.__parent__.row)

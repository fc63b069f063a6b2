"""The addresses of reported sightings in the shape of sightings, as the web client shows them."""

from houston.core.api.service import Service
from houston.core.http.request import Request
from houston.core.security.permissions import Permission
from houston.modules.asset_groups import schemas, services
from houston.modules.asset_groups.models import AssetGroupSighting, AssetGroupSightingEncounter

pending = Service("pending_sighting", "/asset_groups/sighting/as_sighting/{asset_group_sighting}")
encounter = Service(
    "pending_encounter",
    "/asset_groups/sighting/as_sighting/{asset_group_sighting}/encounter/{encounter}",
)


pending.read(
    "get_pending_sighting",
    schemas.PendingSightingSchema(),
    "Read an asset group sighting in the shape of a sighting.",
)


@pending.patch(
    Permission.WRITE,
    patch=schemas.AssetGroupSightingPatch(),
    returns=schemas.PendingSightingSchema(),
)
def patch_pending_sighting(request: Request) -> AssetGroupSighting:
    """Change a reported sighting."""
    return services.update_sighting(
        request.services, request.db, request.context.row, request.validated["change"]
    )


@pending.delete(Permission.DELETE)
def delete_pending_sighting(request: Request) -> None:
    """Delete a reported sighting with its assets; the last one takes its submission along."""
    services.delete_sighting(request.services, request.db, request.context.row)


@encounter.patch(
    Permission.WRITE,
    patch=schemas.PendingEncounterPatch(),
    returns=schemas.PendingEncounterSchema(),
)
def patch_pending_encounter(request: Request) -> AssetGroupSightingEncounter:
    """Change an animal of a reported sighting, or say which annotations show it."""
    return services.update_encounter(
        request.services, request.db, request.context.row, request.validated["change"]
    )

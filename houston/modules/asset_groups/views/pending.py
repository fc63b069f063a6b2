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


@pending.get(Permission.READ, returns=schemas.PendingSightingSchema())
def get_pending_sighting(request: Request) -> AssetGroupSighting:
    """Read a reported sighting in the shape of a sighting."""
    return _shown(request, request.context.row)


@pending.patch(
    Permission.WRITE,
    patch=schemas.AssetGroupSightingPatch(),
    returns=schemas.PendingSightingSchema(),
)
def patch_pending_sighting(request: Request) -> AssetGroupSighting:
    """Change a reported sighting."""
    changed = services.update_sighting(
        request.services, request.db, request.context.row, request.validated["change"]
    )
    return _shown(request, changed)


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
    changed = services.update_encounter(
        request.services, request.db, request.context.row, request.validated["change"]
    )
    sighting = _shown(request, changed.asset_group_sighting)
    return next(each for each in sighting.encounters if each is changed)


def _shown(request: Request, sighting: AssetGroupSighting) -> AssetGroupSighting:
    """The sighting in full, with whether this caller may change it."""
    sighting.has_edit = bool(request.has_permission(Permission.WRITE))
    return services.load_sighting(request.db, sighting)

"""The operations of encounters."""

from pyramid.response import Response

from houston.core.api.service import Service
from houston.core.http.request import Request
from houston.core.security.grants import Permission
from houston.modules.sightings.models import Encounter, Sighting
from houston.modules.sightings.schemas import responses as schemas
from houston.modules.sightings.schemas.patches.encounters import EncounterPatch
from houston.modules.sightings.schemas.rows import EncounterRowSchema
from houston.modules.sightings.services import cascades, searching
from houston.modules.sightings.services import encounters as services
from houston.modules.sightings.services.cascades import CascadeRefused, Confirmed

encounters = Service("encounters", "/encounters")
search = Service("encounter_search", "/encounters/search")
encounter = Service("encounter", "/encounters/{encounter}")
debug = Service("encounter_debugging", "/encounters/debug/{encounter}")

ENCOUNTER, ROW = schemas.EncounterSchema(), schemas.EncounterListSchema()

encounters.list("list_encounters", searching.ENCOUNTERS, ROW, "List all encounters.")
search.search(
    "search_encounters", searching.ENCOUNTERS, EncounterRowSchema(), "Search all encounters."
)
encounter.read("get_encounter", ENCOUNTER, "Read an encounter.")


@debug.get(Permission.READ, returns=schemas.SightingDebugSchema())
def debug_encounter(request: Request) -> Sighting:
    """Read the sighting of an encounter, with its jobs."""
    found: Sighting = request.context.row.sighting
    return found


@encounter.patch(Permission.WRITE, patch=EncounterPatch(), returns=ENCOUNTER)
def patch_encounter(request: Request) -> Encounter:
    """Change an encounter, move annotations of its sighting to it, or give it another owner."""
    change = request.validated["change"]
    return services.update_encounter(request.services, request.db, request.context.row, change)


@encounter.delete(
    Permission.DELETE,
    errors=(CascadeRefused,),
    request_headers=cascades.CONFIRMING,
    response_headers=cascades.TELLING,
)
def delete_encounter(request: Request) -> Response:
    """Delete an encounter.

    The last encounter of a sighting or of an individual is deleted only with it, which a header
    must allow. Its annotations remain, without an encounter.
    """
    deleted = cascades.delete_encounter(
        request.services, request.db, request.context.row, Confirmed.by(request.headers)
    )
    return Response(status=204, headers=deleted.headers)

"""The operations of sightings and of encounters."""

from houston.core.api.service import Service
from houston.core.errors import Conflict
from houston.core.http.request import Request
from houston.core.security.grants import Permission
from houston.modules.asset_groups.services.stages import commit_sighting
from houston.modules.sightings.models import Sighting
from houston.modules.sightings.schemas import responses as schemas
from houston.modules.sightings.services import listing

COMMIT_PATH = "/asset_groups/sighting/{asset_group_sighting}/commit"

commitment = Service("commitment", COMMIT_PATH)
sightings = Service("sightings", "/sightings")
sighting = Service("sighting", "/sightings/{sighting}")
encounters = Service("encounters", "/encounters")
encounter = Service("encounter", "/encounters/{encounter}")

SIGHTING, ENCOUNTER = schemas.SightingSchema(), schemas.EncounterSchema()
ROW = schemas.SightingListSchema()

sightings.list("list_sightings", listing.SIGHTINGS, ROW, "List all sightings.")
sighting.read("get_sighting", SIGHTING, "Read a sighting with its encounters and assets.")
encounters.list(
    "list_encounters", listing.ENCOUNTERS, schemas.EncounterListSchema(), "List all encounters."
)
encounter.read("get_encounter", ENCOUNTER, "Read an encounter.")


@commitment.post(Permission.WRITE, returns=SIGHTING, errors=(Conflict,))
def commit_asset_group_sighting(request: Request) -> Sighting:
    """Commit an asset group sighting: create a sighting with encounters from it.

    A refusal names all faults. The asset group sighting can be changed and committed again.
    """
    draft = request.context.__parent__.row
    created: Sighting = commit_sighting(request.services, request.db, draft)
    return created

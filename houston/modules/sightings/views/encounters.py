"""The operations of encounters."""

from houston.core.api.service import Service
from houston.modules.sightings.schemas import responses as schemas
from houston.modules.sightings.services import listing

encounters = Service("encounters", "/encounters")
encounter = Service("encounter", "/encounters/{encounter}")

ENCOUNTER, ROW = schemas.EncounterSchema(), schemas.EncounterListSchema()

encounters.list("list_encounters", listing.ENCOUNTERS, ROW, "List all encounters.")
encounter.read("get_encounter", ENCOUNTER, "Read an encounter.")

"""A sighting whose only encounter belongs to the owner."""

from typing import Any

from tests.factories.sightings import EncounterFactory
from tests.permissions.expected import Cast

EXPECTED = {
    "list_sightings": "401 403 403 403 403 200 403 200 200 200 403",
    "get_sighting": "401 403 200 403 403 403 403 200 200 200 403",
    "commit_asset_group_sighting": "401 403 403 403 403 200 403 200 200 200 403",
    "list_encounters": "401 403 403 403 403 200 403 200 200 200 403",
    "get_encounter": "401 403 200 403 403 200 403 200 200 200 403",
}


def keys(cast: Cast) -> dict[str, Any]:
    encounter = EncounterFactory(owner=cast.owner)
    return {"encounter": encounter.guid, "sighting": encounter.sighting_guid}

"""A sighting whose only encounter belongs to the owner."""

from typing import Any

from tests.factories.sightings import EncounterFactory
from tests.permissions.expected import Cast

EXPECTED = {
    "list_sightings": "401 403 403 403 403 200 403 200 200 200 403",
    "search_sightings": "401 403 403 403 403 200 403 200 200 200 403",
    "find_sightings": "401 403 403 403 403 200 403 200 200 200 403",
    "get_sighting": "401 403 200 403 403 403 403 200 200 200 403",
    "create_sighting": "400 400 400 400 400 400 400 400 400 400 400",
    "debug_sighting": "401 403 403 403 403 403 403 403 200 200 403",
    "patch_sighting": "401 403 200 403 403 403 403 200 200 200 403",
    "delete_sighting": "401 403 204 403 403 403 403 204 204 204 403",
    "remove_empty_sightings": "401 403 403 403 403 403 403 200 200 200 403",
    "get_featured_asset": "401 403 200 403 403 403 403 200 200 200 403",
    "choose_featured_asset": "401 403 422 403 403 403 403 422 422 422 403",
    "get_featured_image": "401 403 404 403 403 403 403 404 404 404 403",
    "list_user_sightings": "401 403 200 403 403 403 200 200 200 200 403",
    "commit_asset_group_sighting": "401 403 403 403 403 200 403 200 200 200 403",
    "list_encounters": "401 403 403 403 403 200 403 200 200 200 403",
    "search_encounters": "401 403 403 403 403 200 403 200 200 200 403",
    "find_encounters": "401 403 403 403 403 200 403 200 200 200 403",
    "get_encounter": "401 403 200 403 403 200 403 200 200 200 403",
    "debug_encounter": "401 403 403 403 403 403 403 403 200 200 403",
    "patch_encounter": "401 403 200 403 403 403 403 200 200 200 403",
    # The last encounter of a sighting is deleted only with it.
    "delete_encounter": "401 403 400 403 403 403 403 400 400 400 403",
}


def keys(cast: Cast) -> dict[str, Any]:
    encounter = EncounterFactory(owner=cast.owner)
    return {"encounter": encounter.guid, "sighting": encounter.sighting_guid}

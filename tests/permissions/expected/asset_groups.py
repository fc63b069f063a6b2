"""Asset groups whose owner is not a researcher, so that any researcher may curate."""

from typing import Any

from tests.factories.asset_groups import (
    AssetGroupSightingFactory,
    DetectionJobFactory,
    EncounterFactory,
)
from tests.permissions.expected import Cast

EXPECTED = {
    "list_asset_groups": "401 403 403 403 403 403 403 200 200 200 403",
    "search_asset_groups": "401 403 403 403 403 403 403 200 200 200 403",
    "find_asset_groups": "401 403 403 403 403 403 403 200 200 200 403",
    "create_asset_group": "422 422 422 422 422 422 422 422 422 422 403",
    "get_asset_group": "401 403 200 403 403 403 403 403 200 200 403",
    "patch_asset_group": "401 403 200 403 403 403 403 403 200 200 403",
    "delete_asset_group": "401 403 204 403 403 403 403 403 204 204 403",
    "debug_asset_group": "401 403 403 403 403 403 403 403 200 200 403",
    "list_asset_group_sightings": "401 403 403 403 403 403 403 200 200 200 403",
    "search_asset_group_sightings": "401 403 403 403 403 403 403 200 200 200 403",
    "find_asset_group_sightings": "401 403 403 403 403 403 403 200 200 200 403",
    "list_public_sightings": "401 403 403 403 403 200 403 200 200 200 403",
    "list_contributed_sightings": "401 403 403 403 403 200 403 200 200 200 403",
    "list_sightings_of_user": "401 403 200 403 403 403 200 200 200 200 403",
    "get_asset_group_sighting": "401 403 200 403 403 200 403 200 200 200 403",
    "patch_asset_group_sighting": "401 403 403 403 403 200 403 200 200 200 403",
    "patch_asset_group_sighting_encounter": "401 403 403 403 403 200 403 200 200 200 403",
    "get_pending_sighting": "401 403 200 403 403 200 403 200 200 200 403",
    "patch_pending_sighting": "401 403 403 403 403 200 403 200 200 200 403",
    "patch_pending_encounter": "401 403 403 403 403 200 403 200 200 200 403",
    "delete_pending_sighting": "401 403 403 403 403 204 403 204 204 204 403",
    "detect_asset_group_sighting": "401 403 403 403 403 200 403 200 200 200 403",
    "notify_detection_finished": "401 403 403 403 403 403 403 403 403 200 403",
    "debug_asset_group_sighting": "401 403 403 403 403 403 403 403 200 200 403",
    "list_detection_jobs": "401 403 403 403 403 403 403 403 200 200 403",
    "list_detection_jobs_of_asset": "401 403 403 403 403 403 403 403 200 200 403",
}


def keys(cast: Cast) -> dict[str, Any]:
    sighting = AssetGroupSightingFactory(asset_group__owner=cast.owner)
    return {
        "asset_group": sighting.asset_group_guid,
        "asset_group_sighting": sighting.guid,
        "encounter": EncounterFactory(asset_group_sighting=sighting).guid,
        "detection_job": DetectionJobFactory(asset_group_sighting_guid=sighting.guid).guid,
    }

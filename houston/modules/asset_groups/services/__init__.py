"""The verbs of submissions and of reported sightings. None of them sees a request."""

from houston.modules.asset_groups.services.commitment import commit_sighting
from houston.modules.asset_groups.services.creation import create_asset_group
from houston.modules.asset_groups.services.curation import update_sighting
from houston.modules.asset_groups.services.deletion import delete_asset_group, delete_sighting
from houston.modules.asset_groups.services.encounters import update_encounter
from houston.modules.asset_groups.services.groups import update_group
from houston.modules.asset_groups.services.listing import (
    CONTRIBUTED_SIGHTINGS,
    GROUPS,
    PUBLIC_SIGHTINGS,
    SIGHTINGS,
    pending_of,
)

__all__ = [
    "CONTRIBUTED_SIGHTINGS",
    "GROUPS",
    "PUBLIC_SIGHTINGS",
    "SIGHTINGS",
    "commit_sighting",
    "create_asset_group",
    "delete_asset_group",
    "delete_sighting",
    "pending_of",
    "update_encounter",
    "update_group",
    "update_sighting",
]

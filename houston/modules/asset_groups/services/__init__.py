"""The verbs of submissions and of reported sightings. None of them sees a request."""

from houston.modules.asset_groups.services.commitment import commit_sighting
from houston.modules.asset_groups.services.creation import create_asset_group
from houston.modules.asset_groups.services.curation import update_sighting
from houston.modules.asset_groups.services.deletion import delete_asset_group, delete_sighting
from houston.modules.asset_groups.services.encounters import update_encounter
from houston.modules.asset_groups.services.groups import update_group
from houston.modules.asset_groups.services.listing import (
    GROUPS,
    SIGHTINGS,
    list_contributed_sightings,
    list_public_sightings,
    list_sightings_of,
)
from houston.modules.asset_groups.services.reading import load_group, load_sighting

__all__ = [
    "GROUPS",
    "SIGHTINGS",
    "commit_sighting",
    "create_asset_group",
    "delete_asset_group",
    "delete_sighting",
    "list_contributed_sightings",
    "list_public_sightings",
    "list_sightings_of",
    "load_group",
    "load_sighting",
    "update_encounter",
    "update_group",
    "update_sighting",
]

"""What comes in, what goes out, and what PATCH may touch."""

from houston.modules.asset_groups.schemas.groups import (
    AssetGroupDebugSchema,
    AssetGroupListSchema,
    AssetGroupSchema,
)
from houston.modules.asset_groups.schemas.incoming import NewAssetGroupSchema
from houston.modules.asset_groups.schemas.patches import (
    AssetGroupPatch,
    AssetGroupSightingPatch,
    PendingEncounterPatch,
)
from houston.modules.asset_groups.schemas.sightings import (
    AssetGroupSightingDebugSchema,
    AssetGroupSightingListSchema,
    AssetGroupSightingSchema,
    PendingEncounterSchema,
    PendingSightingSchema,
)

__all__ = [
    "AssetGroupDebugSchema",
    "AssetGroupListSchema",
    "AssetGroupPatch",
    "AssetGroupSchema",
    "AssetGroupSightingDebugSchema",
    "AssetGroupSightingListSchema",
    "AssetGroupSightingPatch",
    "AssetGroupSightingSchema",
    "NewAssetGroupSchema",
    "PendingEncounterPatch",
    "PendingEncounterSchema",
    "PendingSightingSchema",
]

"""The verbs of assets. None of them sees a request."""

from houston.modules.assets.services.changes import update_asset, update_assets
from houston.modules.assets.services.listing import SORTABLE, list_assets
from houston.modules.assets.services.submissions import create_assets, delete_assets

__all__ = [
    "SORTABLE",
    "create_assets",
    "delete_assets",
    "list_assets",
    "update_asset",
    "update_assets",
]

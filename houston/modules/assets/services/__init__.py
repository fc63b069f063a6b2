"""The verbs of assets. None of them sees a request."""

from houston.modules.assets.services.changes import update_asset, update_assets
from houston.modules.assets.services.listing import ASSETS
from houston.modules.assets.services.pictures import annotated_picture_of, draw, picture_of
from houston.modules.assets.services.submissions import create_assets, delete_assets

__all__ = [
    "ASSETS",
    "annotated_picture_of",
    "create_assets",
    "delete_assets",
    "draw",
    "picture_of",
    "update_asset",
    "update_assets",
]

"""Assets."""

from typing import Any

from tests.factories.assets import AssetFactory
from tests.permissions.expected import Cast

EXPECTED = {
    "list_assets": "401 403 403 403 403 403 403 200 200 200 403",
    "search_assets": "401 403 403 403 403 403 403 200 200 200 403",
    "find_assets": "401 403 403 403 403 403 403 200 200 200 403",
    "patch_assets": "401 200 200 200 200 200 200 200 200 200 403",
    "get_asset": "401 403 200 403 403 200 403 200 200 200 403",
    "patch_asset": "401 403 200 403 403 403 403 403 200 200 403",
    "get_asset_picture": "401 403 404 403 403 404 403 404 404 404 403",
    "get_asset_master": "401 403 404 403 403 404 403 404 404 404 403",
    "get_asset_mid": "401 403 404 403 403 404 403 404 404 404 403",
    "get_asset_thumb": "401 403 404 403 403 404 403 404 404 404 403",
    "get_asset_original": "401 403 200 403 403 403 403 403 403 200 403",
    "debug_asset": "401 403 403 403 403 403 403 403 200 200 403",
}


def keys(cast: Cast) -> dict[str, Any]:
    return {"asset": AssetFactory(asset_group__owner=cast.owner).guid}

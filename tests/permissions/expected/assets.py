"""Assets."""

from typing import Any

from tests.factories.assets import AssetFactory
from tests.permissions.expected import Cast

EXPECTED = {
    "list_assets": "401 403 403 403 403 403 403 ok ok ok 403",
    "search_assets": "401 403 403 403 403 403 403 ok ok ok 403",
    "find_assets": "401 403 403 403 403 403 403 ok ok ok 403",
    "patch_assets": "401 ok ok ok ok ok ok ok ok ok 403",
    "get_asset": "401 403 ok 403 403 ok 403 ok ok ok 403",
    "patch_asset": "401 403 ok 403 403 403 403 403 ok ok 403",
    "get_asset_picture": "401 403 ok 403 403 ok 403 ok ok ok 403",
    "get_asset_master": "401 403 ok 403 403 ok 403 ok ok ok 403",
    "get_asset_mid": "401 403 ok 403 403 ok 403 ok ok ok 403",
    "get_asset_thumb": "401 403 ok 403 403 ok 403 ok ok ok 403",
    "get_asset_abox": "401 403 ok 403 403 ok 403 ok ok ok 403",
    "get_asset_original": "401 403 403 403 403 403 403 403 403 ok 403",
    "debug_asset": "401 403 403 403 403 403 403 403 ok ok 403",
}


def keys(cast: Cast) -> dict[str, Any]:
    return {"asset": AssetFactory(asset_group__owner=cast.owner).guid}

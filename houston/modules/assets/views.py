"""The addresses of assets and of their pictures."""

from collections.abc import Sequence

from houston.core.http.request import Request
from houston.core.rest.paging import Page, page_query
from houston.core.rest.search import searching
from houston.core.rest.service import Service
from houston.core.security.permissions import Permission
from houston.modules.assets import schemas, services
from houston.modules.assets.models import Asset

assets = Service("assets", "/assets")
search = Service("asset_search", "/assets/search")
asset = Service("asset", "/assets/{asset}")
debug = Service("asset_debug", "/assets/debug/{asset}")


@assets.get(
    Permission.LIST,
    query=page_query(sort=tuple(services.SORTABLE)),
    returns=schemas.AssetListSchema(),
    paged=True,
)
def list_assets(request: Request) -> Page:
    """List all assets."""
    return services.list_assets(request.db, request.validated["query"])


@assets.patch(
    Permission.WRITE, patch=schemas.AssetPatch(), returns=schemas.AssetListSchema(), many=True
)
def patch_assets(request: Request) -> Sequence[Asset]:
    """Change several assets, all or nothing; the answer has the asset of each operation.

    One must be allowed to change each of them.
    """
    orders = request.validated["orders"]
    guids = {guid for guid, _ in orders if guid is not None}
    assets = request.context.permitted(guids, Permission.WRITE)
    return services.update_assets(request.db, assets, orders)


@searching(
    search,
    Permission.LIST,
    sort=tuple(services.SORTABLE),
    returns=schemas.AssetListSchema(),
)
def search_assets(request: Request) -> Page:
    """Search all assets."""
    validated = request.validated
    return services.list_assets(request.db, validated["query"], validated["body"])


@asset.get(Permission.READ, returns=schemas.AssetSchema())
def get_asset(request: Request) -> Asset:
    """Read an asset."""
    row: Asset = request.context.row
    return row


@asset.patch(Permission.WRITE, patch=schemas.AssetPatch(), returns=schemas.AssetSchema())
def patch_asset(request: Request) -> Asset:
    """Tag an asset, or turn its picture."""
    return services.update_asset(request.db, request.context.row, request.validated["change"])


@debug.get(Permission.READ, returns=schemas.AssetDebugSchema())
def debug_asset(request: Request) -> Asset:
    """Read all that is known of an asset and its file."""
    row: Asset = request.context.row
    return row

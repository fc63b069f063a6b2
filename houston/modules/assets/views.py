"""The addresses of assets and of their pictures."""

from collections.abc import Sequence

from pyramid.response import Response

from houston.core.api.files import file_response, made_response
from houston.core.api.service import Service
from houston.core.http.request import Request
from houston.core.security.permissions import Permission
from houston.modules.assets import schemas, services
from houston.modules.assets.models import Asset

assets = Service("assets", "/assets")
search = Service("asset_search", "/assets/search")
asset = Service("asset", "/assets/{asset}")
picture = Service("asset_picture", "/assets/src/{asset}")
master = Service("asset_master", "/assets/src/master/{asset}")
mid = Service("asset_mid", "/assets/src/mid/{asset}")
thumb = Service("asset_thumb", "/assets/src/thumb/{asset}")
abox = Service("asset_abox", "/assets/src/abox/{asset}")
original = Service("asset_original", "/assets/src_raw/{asset}")
debug = Service("asset_debug", "/assets/debug/{asset}")

JPEG = "image/jpeg"
ROW = schemas.AssetListSchema()


assets.list("list_assets", services.ASSETS, ROW, "List all assets.")
search.search("search_assets", services.ASSETS, ROW, "Search all assets.")


@assets.patch(
    Permission.WRITE, patch=schemas.AssetPatch(), returns=schemas.AssetListSchema(), many=True
)
def patch_assets(request: Request) -> Sequence[Asset]:
    """Change several assets, all or nothing; the answer has the asset of each operation.

    One must be allowed to change each of them.
    """
    actions = request.validated["actions"]
    guids = {guid for guid, _ in actions if guid is not None}
    assets = request.context.permitted(guids, Permission.WRITE)
    return services.update_assets(request.services, request.db, assets, actions)


asset.read("get_asset", schemas.AssetSchema(), "Read an asset.")


@asset.patch(Permission.WRITE, patch=schemas.AssetPatch(), returns=schemas.AssetSchema())
def patch_asset(request: Request) -> Asset:
    """Tag an asset, or turn its picture."""
    return services.update_asset(
        request.services, request.db, request.context.row, request.validated["change"]
    )


@picture.get(Permission.READ, file=True, produces=JPEG)
def get_asset_picture(request: Request) -> Response:
    """See the picture of an asset, within 4096 x 4096 pixels.

    Pictures are upright and in the colours of the web, and tell nothing of where they were taken.
    While one is being prepared the answer is 503, and 404 where there never will be one.
    """
    return _picture(request, "master")


@master.get(Permission.READ, file=True, produces=JPEG)
def get_asset_master(request: Request) -> Response:
    """See the picture of an asset, within 4096 x 4096 pixels."""
    return _picture(request, "master")


@mid.get(Permission.READ, file=True, produces=JPEG)
def get_asset_mid(request: Request) -> Response:
    """See the picture of an asset, within 1024 x 1024 pixels."""
    return _picture(request, "mid")


@thumb.get(Permission.READ, file=True, produces=JPEG)
def get_asset_thumb(request: Request) -> Response:
    """See the picture of an asset, within 256 x 256 pixels."""
    return _picture(request, "thumb")


@abox.get(Permission.READ, file=True, produces=JPEG)
def get_asset_abox(request: Request) -> Response:
    """See the picture of an asset with its annotations, within 1024 x 1024 pixels."""
    picture = services.annotated_picture_of(request.db, request.context.row)
    return made_response(
        request, picture.key, JPEG, lambda: services.draw(request.services, picture)
    )


@original.get(Permission.READ, file=True, produces="*/*")
def get_asset_original(request: Request) -> Response:
    """Read the file of an asset as it was sent."""
    row: Asset = request.context.row
    return file_response(request, row.file_key, row.mime_type)


@debug.get(Permission.READ, returns=schemas.AssetDebugSchema())
def debug_asset(request: Request) -> Asset:
    """Read all that is known of an asset and its file."""
    row: Asset = request.context.row
    return row


def _picture(request: Request, format: str) -> Response:
    image = services.picture_of(request.db, request.context.row, format)
    return file_response(request, image.file_key, JPEG)

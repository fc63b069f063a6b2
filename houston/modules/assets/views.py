"""The operations of assets and of their pictures."""

from collections.abc import Sequence

from pyramid.response import Response

from houston.core.api.files import file_response
from houston.core.api.service import Service
from houston.core.http.request import Request
from houston.core.security.grants import Permission
from houston.modules.assets import schemas, services
from houston.modules.assets.models import Asset

assets = Service("assets", "/assets")
search = Service("asset_search", "/assets/search")
asset = Service("asset", "/assets/{asset}")
picture = Service("asset_picture", "/assets/src/{asset}")
master = Service("asset_master", "/assets/src/master/{asset}")
mid = Service("asset_mid", "/assets/src/mid/{asset}")
thumb = Service("asset_thumb", "/assets/src/thumb/{asset}")
original = Service("asset_original", "/assets/src_raw/{asset}")
debug = Service("asset_debug", "/assets/debug/{asset}")

JPEG = "image/jpeg"
ROW = schemas.AssetListSchema()


assets.list("list_assets", services.ASSETS, ROW, "List all assets.")
search.search("search_assets", services.ASSETS, ROW, "Search all assets.")
asset.read("get_asset", schemas.AssetSchema(), "Read an asset.")
debug.read("debug_asset", schemas.AssetDebugSchema(), "Read the details of an asset and its file.")


@assets.patch(Permission.WRITE, patch=schemas.AssetPatch(), returns=ROW, many=True)
def patch_assets(request: Request) -> Sequence[Asset]:
    """Change several assets, all or none; the response has the asset of each operation.

    The caller needs the permission to change each of them.
    """
    actions = request.validated["actions"]
    guids = {guid for guid, _ in actions if guid is not None}
    assets = request.context.permitted(guids, Permission.WRITE)
    return services.update_assets(request.services, request.db, assets, actions)


@asset.patch(Permission.WRITE, patch=schemas.AssetPatch(), returns=schemas.AssetSchema())
def patch_asset(request: Request) -> Asset:
    """Tag an asset, or rotate its picture."""
    return services.update_asset(
        request.services, request.db, request.context.row, request.validated["change"]
    )


@picture.get(Permission.READ, file=True, produces=JPEG)
def get_asset_picture(request: Request) -> Response:
    """Get the picture of an asset, at most 4096 x 4096 pixels.

    Pictures are upright, in sRGB and without metadata. While an asset is being prepared, the status
    is 503; it is 404 for files that are not pictures, and for damaged ones.
    """
    return _picture(request, "master")


@master.get(Permission.READ, file=True, produces=JPEG)
def get_asset_master(request: Request) -> Response:
    """Get the picture of an asset, at most 4096 x 4096 pixels."""
    return _picture(request, "master")


@mid.get(Permission.READ, file=True, produces=JPEG)
def get_asset_mid(request: Request) -> Response:
    """Get the picture of an asset, at most 1024 x 1024 pixels."""
    return _picture(request, "mid")


@thumb.get(Permission.READ, file=True, produces=JPEG)
def get_asset_thumb(request: Request) -> Response:
    """Get the picture of an asset, at most 256 x 256 pixels."""
    return _picture(request, "thumb")


@original.get(Permission.READ, file=True, produces="*/*")
def get_asset_original(request: Request) -> Response:
    """Get the original file of an asset."""
    row: Asset = request.context.row
    return file_response(request, row.file_key, row.mime_type)


def _picture(request: Request, format: str) -> Response:
    image = services.image_of(request.db, request.context.row, format)
    return file_response(request, image.file_key, JPEG)

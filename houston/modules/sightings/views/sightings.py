"""The operations of sightings, and the commit that creates one."""

from typing import Any

from pyramid.response import Response

from houston.core.api.files import file_response
from houston.core.api.listing import Page
from houston.core.api.operation import PartialView
from houston.core.api.queries import page_query
from houston.core.api.service import Service
from houston.core.errors import BadRequest, Conflict
from houston.core.http.request import Request
from houston.core.security.grants import Permission
from houston.modules.asset_groups.services.stages import commit_sighting
from houston.modules.assets import services as assets
from houston.modules.sightings.models import Sighting
from houston.modules.sightings.schemas import responses as schemas
from houston.modules.sightings.schemas.patches.sightings import SightingPatch
from houston.modules.sightings.schemas.rows import SightingRowSchema
from houston.modules.sightings.services import cascades, listing, searching
from houston.modules.sightings.services import sightings as services
from houston.modules.sightings.services.cascades import CascadeRefused, Confirmed

COMMIT_PATH = "/asset_groups/sighting/{asset_group_sighting}/commit"
JPEG = "image/jpeg"

commitment = Service("commitment", COMMIT_PATH)
sightings = Service("sightings", "/sightings")
search = Service("sighting_search", "/sightings/search")
empty_sightings = Service("empty_sightings", "/sightings/remove_all_empty")
sighting = Service("sighting", "/sightings/{sighting}")
featured_asset = Service("featured_asset", "/sightings/{sighting}/featured_asset_guid")
featured_image = Service("featured_image", "/sightings/{sighting}/featured_image")
debug = Service("sighting_debugging", "/sightings/debug/{sighting}")
of_user = Service("user_sightings", "/users/{user}/sightings", tag="sightings")

SIGHTING, ROW = schemas.SightingSchema(), schemas.SightingListSchema()
DELETED = schemas.DeletedSightingSchema()

sightings.list("list_sightings", searching.SIGHTINGS, ROW, "List all sightings.")
search.search(
    "search_sightings",
    searching.SIGHTINGS,
    SightingRowSchema(),
    "Search all sightings; those that the caller may not read are shown in part.",
)
sighting.read("get_sighting", SIGHTING, "Read a sighting with its encounters and assets.")
debug.read("debug_sighting", schemas.SightingDebugSchema(), "Read a sighting with its jobs.")


@sightings.post(Permission.PUBLIC, raw=True, deprecated=True, errors=(BadRequest,))
def create_sighting(request: Request) -> None:
    """Refuse to create a sighting: it is created by the commit of an asset group sighting."""
    raise BadRequest("Not supported. Use the AssetGroup POST API instead")


@commitment.post(Permission.WRITE, returns=SIGHTING, errors=(Conflict,))
def commit_asset_group_sighting(request: Request) -> Sighting:
    """Commit an asset group sighting: create a sighting with encounters from it.

    A refusal names all faults. The asset group sighting can be changed and committed again.
    """
    draft = request.context.__parent__.row
    created: Sighting = commit_sighting(request.services, request.db, draft)
    return created


@sighting.patch(
    Permission.WRITE,
    patch=SightingPatch(),
    returns=schemas.ChangedSightingSchema(),
    partial=(DELETED,),
    errors=(CascadeRefused,),
    request_headers=cascades.CONFIRMING,
)
def patch_sighting(request: Request) -> Any:
    """Change a sighting, add encounters to it or remove some, all or nothing.

    Removed encounters are deleted, after all other changes. The last one is deleted with the
    sighting, after which the response is empty, and the last one of an individual with the
    individual; a header must allow each. Their annotations remain, and show no encounter.
    """
    changed = services.update_sighting(
        request.services,
        request.db,
        request.context.row,
        request.validated["change"],
        owner=request.caller.account.guid,
        confirmed=Confirmed.by(request.headers),
    )
    return changed or PartialView(None, DELETED)


@sighting.delete(
    Permission.DELETE,
    errors=(CascadeRefused,),
    request_headers=cascades.CONFIRMING_INDIVIDUALS,
    response_headers=cascades.TELLING,
)
def delete_sighting(request: Request) -> Response:
    """Delete a sighting with its encounters.

    Individuals that have no other encounters are deleted with it, which a header must allow. Its
    assets and their annotations remain in the asset group; the annotations show no encounter.
    """
    deleted = cascades.delete_sighting(
        request.services, request.db, request.context.row, Confirmed.by(request.headers)
    )
    return Response(status=204, headers=deleted.headers)


@empty_sightings.post(Permission.DELETE)
def remove_empty_sightings(request: Request) -> None:
    """Delete all sightings without encounters, which only other servers had."""
    cascades.delete_empty(request.db)


@featured_asset.get(Permission.READ, returns=schemas.FeaturedAssetSchema())
def get_featured_asset(request: Request) -> Sighting:
    """Read which asset was chosen to stand for a sighting; without a choice, the first one does."""
    row: Sighting = request.context.__parent__.row
    return row


@featured_asset.post(
    Permission.WRITE,
    body=schemas.ChosenAssetSchema(),
    returns=schemas.SuccessSchema(),
    errors=(Conflict,),
)
def choose_featured_asset(request: Request) -> bool:
    """Choose the asset that stands for a sighting."""
    guid = request.validated["body"]["featured_asset_guid"]
    services.feature_asset(request.db, request.context.__parent__.row, guid)
    return True


@featured_image.get(Permission.READ, file=True, produces=JPEG)
def get_featured_image(request: Request) -> Response:
    """Get the picture of the asset that stands for a sighting, at most 4096 x 4096 pixels.

    There is nothing if the sighting has no asset.
    """
    sighting: Sighting = request.context.__parent__.row
    image = assets.featured_image(request.db, sighting.featured_asset, "sighting")
    return file_response(request, image.file_key, JPEG)


@of_user.get(
    Permission.READ,
    query=page_query(listing.READABLE_SIGHTINGS.sort, search=False),
    returns=SIGHTING,
    paged=True,
)
def list_user_sightings(request: Request) -> Page:
    """List the sightings with an encounter of a user that the caller may read."""
    return listing.sightings_of(
        request.db,
        request.identity,
        request.context.__parent__.row,
        request.validated["querystring"],
    )

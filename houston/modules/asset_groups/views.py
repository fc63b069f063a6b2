"""The operations of asset groups, of asset group sightings, and of their detection."""

from collections.abc import Sequence

from houston.core.api.operation import JSON
from houston.core.api.queries import page_query
from houston.core.api.service import Service
from houston.core.errors import Conflict, Forbidden
from houston.core.http.request import Request
from houston.core.jobs import Jobs
from houston.core.schema.nodes import Guid
from houston.core.security.grants import Permission
from houston.modules.asset_groups.models import (
    AssetGroup,
    AssetGroupSighting,
    AssetGroupSightingEncounter,
)
from houston.modules.asset_groups.pipeline import COLLECT
from houston.modules.asset_groups.schemas import patches
from houston.modules.asset_groups.schemas import responses as schemas
from houston.modules.asset_groups.schemas.incoming import NewAssetGroupSchema
from houston.modules.asset_groups.services import curation, listing, stages
from houston.modules.asset_groups.services import groups as group_services
from houston.modules.jobs.analysis import DebuggedJob
from houston.modules.jobs.schemas import DebuggedAnalysisJobSchema
from houston.modules.users.models import User

SIGHTING_PATH = "/asset_groups/sighting/{asset_group_sighting}"
AS_SIGHTING_PATH = "/asset_groups/sighting/as_sighting/{asset_group_sighting}"

groups = Service("asset_groups", "/asset_groups")
group = Service("asset_group", "/asset_groups/{asset_group}")
group_search = Service("asset_group_search", "/asset_groups/search")
group_debug = Service("asset_group_debugging", "/asset_groups/debug/{asset_group}")

sightings = Service("asset_group_sightings", "/asset_groups/sighting")
search = Service("asset_group_sighting_search", "/asset_groups/sighting/search")
public = Service("public_sightings", "/asset_groups/sighting/pending/public")
contributed = Service("contributed_sightings", "/asset_groups/sighting/pending/contributor")
of_user = Service("sightings_of_user", "/users/{user}/asset_group_sightings", tag="asset_groups")
sighting = Service("asset_group_sighting", SIGHTING_PATH)
sighting_debug = Service(
    "asset_group_sighting_debugging", "/asset_groups/sighting/debug/{asset_group_sighting}"
)
encounter = Service("asset_group_sighting_encounter", f"{SIGHTING_PATH}/encounter/{{encounter}}")
rerun = Service("detection", f"{SIGHTING_PATH}/detect")
answer = Service("detection_answer", f"{SIGHTING_PATH}/sage_detected/{{detection_job}}")
jobs = Service("detection_jobs", "/asset_groups/sighting/jobs/{asset_group_sighting}")
asset_jobs = Service("asset_jobs", "/assets/jobs/{asset}", tag="asset_groups")
as_sighting = Service("pending_sighting", AS_SIGHTING_PATH)
as_sighting_encounter = Service("pending_encounter", f"{AS_SIGHTING_PATH}/encounter/{{encounter}}")

GROUP_ROW = schemas.AssetGroupListSchema()
ROW = schemas.AssetGroupSightingListSchema()
SIGHTING = schemas.AssetGroupSightingSchema()
AS_SIGHTING = schemas.AssetGroupSightingAsSightingSchema()
MAX_IMPORT = 32 * 2**20
"""The largest body of a bulk import, in bytes: about 1500 for each of 20,000 encounters."""
QUERY = page_query(listing.SIGHTINGS.sort, search=False)

groups.list("list_asset_groups", listing.GROUPS, GROUP_ROW, "List the asset groups.")
group_search.search("search_asset_groups", listing.GROUPS, GROUP_ROW, "Search the asset groups.")
group.read("get_asset_group", schemas.AssetGroupSchema(), "Read an asset group.")
group_debug.read(
    "debug_asset_group",
    schemas.AssetGroupDebugSchema(),
    "Read an asset group with internal details.",
)

sightings.list(
    "list_asset_group_sightings",
    listing.SIGHTINGS,
    ROW,
    "List the asset group sightings.",
    query=QUERY,
)
search.search(
    "search_asset_group_sightings", listing.SIGHTINGS, ROW, "Search the asset group sightings."
)
public.list(
    "list_public_sightings",
    listing.PUBLIC_SIGHTINGS,
    ROW,
    "List the unprocessed asset group sightings of anonymous users.",
    query=QUERY,
)
contributed.list(
    "list_contributed_sightings",
    listing.CONTRIBUTED_SIGHTINGS,
    ROW,
    "List the unprocessed asset group sightings of contributors who are not researchers.",
    query=QUERY,
)
of_user.list(
    "list_sightings_of_user",
    listing.SIGHTINGS,
    ROW,
    "List the unprocessed asset group sightings of a user, the newest first.",
    permission=Permission.READ,
    query=page_query(listing.SIGHTINGS.sort, search=False, default="created", reverse=True),
    where=lambda request: listing.unprocessed_of(User.guid == request.context.__parent__.row.guid),
)
sighting.read("get_asset_group_sighting", SIGHTING, "Read an asset group sighting.")
sighting_debug.read(
    "debug_asset_group_sighting",
    schemas.AssetGroupSightingDebugSchema(),
    "Read an asset group sighting with internal details.",
)
as_sighting.read(
    "get_pending_sighting", AS_SIGHTING, "Read an asset group sighting in the form of a sighting."
)


@groups.post(
    Permission.CREATE,
    body=NewAssetGroupSchema(),
    consumes=(JSON,),
    max_body=MAX_IMPORT,
    returns=schemas.AssetGroupSchema(),
    errors=(Forbidden, Conflict),
)
def create_asset_group(request: Request) -> AssetGroup:
    """Create an asset group of uploaded files, with its sightings.

    What is not known is left out, null or an empty text. The body is validated by its schema first,
    and then against the site. A refusal has the faults by path in `messages`, such as
    `sightings.996.encounters.0.locationId`. The pictures are prepared after the response; read the
    asset group, or its sightings, for the progress.

    Anonymous users may create asset groups. Bulk uploads, owners of encounters, and sightings
    without files are for researchers.
    """
    return group_services.create_asset_group(
        request.services,
        request.db,
        request.identity,
        request.validated["body"],
        restricted=not request.has_permission(Permission.CREATE, request.context["unrestricted"]),
    )


@group.patch(Permission.WRITE, patch=patches.AssetGroupPatch(), returns=schemas.AssetGroupSchema())
def patch_asset_group(request: Request) -> AssetGroup:
    """Change the description or the owner of an asset group."""
    change = request.validated["change"]
    return group_services.update_group(request.db, request.context.row, change)


@group.delete(Permission.DELETE)
def delete_asset_group(request: Request) -> None:
    """Delete an asset group with its assets, their annotations, and its sightings."""
    group_services.delete_asset_group(request.services, request.db, request.context.row)


@sighting.patch(Permission.WRITE, patch=patches.AssetGroupSightingPatch(), returns=SIGHTING)
def patch_asset_group_sighting(request: Request) -> AssetGroupSighting:
    """Change an asset group sighting."""
    change = request.validated["change"]
    return curation.update_sighting(request.services, request.db, request.context.row, change)


@as_sighting.patch(Permission.WRITE, patch=patches.AssetGroupSightingPatch(), returns=AS_SIGHTING)
def patch_pending_sighting(request: Request) -> AssetGroupSighting:
    """Change an asset group sighting, and return it in the form of a sighting."""
    change = request.validated["change"]
    return curation.update_sighting(request.services, request.db, request.context.row, change)


@as_sighting.delete(Permission.DELETE)
def delete_pending_sighting(request: Request) -> None:
    """Delete an asset group sighting with its assets; the last one with its asset group."""
    group_services.delete_sighting(request.services, request.db, request.context.row)


@as_sighting_encounter.patch(
    Permission.WRITE,
    patch=patches.AssetGroupSightingEncounterPatch(),
    returns=schemas.AssetGroupSightingEncounterSchema(),
)
def patch_pending_encounter(request: Request) -> AssetGroupSightingEncounter:
    """Change an encounter of an asset group sighting, or assign annotations to it."""
    change = request.validated["change"]
    return curation.update_encounter(request.services, request.db, request.context.row, change)


@encounter.patch(
    Permission.WRITE, patch=patches.AssetGroupSightingEncounterPatch(), returns=SIGHTING
)
def patch_asset_group_sighting_encounter(request: Request) -> AssetGroupSighting:
    """Change an encounter of an asset group sighting, and return the sighting."""
    change = request.validated["change"]
    row = curation.update_encounter(request.services, request.db, request.context.row, change)
    return row.asset_group_sighting


@rerun.post(Permission.WRITE, returns=SIGHTING, errors=(Conflict,))
def detect_asset_group_sighting(request: Request) -> AssetGroupSighting:
    """Detect animals again.

    The image analysis gets the pictures that have no annotations, and those that were rotated since
    the last detection.
    """
    return stages.rerun_detection(request.services, request.db, request.context.__parent__.row)


@answer.post(Permission.WRITE, returns=Guid())
def notify_detection_finished(request: Request) -> str:
    """Report that a detection has finished; return the guid of the job that fetches the result."""
    arguments = {"request": str(request.context.row.guid)}
    return str(request.services[Jobs].enqueue(request.db, COLLECT, arguments))


@jobs.get(Permission.READ, returns=DebuggedAnalysisJobSchema(), many=True)
def list_detection_jobs(request: Request) -> Sequence[DebuggedJob]:
    """List the detection jobs of an asset group sighting, with their results."""
    return listing.detection_jobs(request.db, [request.context.row.guid])


@asset_jobs.get(Permission.READ, returns=DebuggedAnalysisJobSchema(), many=True)
def list_detection_jobs_of_asset(request: Request) -> Sequence[DebuggedJob]:
    """List the detection jobs of the asset group sighting of an asset, with their results."""
    return listing.detection_jobs_of_asset(request.db, request.context.row)

"""The addresses of what the image analysis does with reported sightings."""

from collections.abc import Sequence

from houston.core.api.service import Service
from houston.core.errors import Conflict
from houston.core.http.request import Request
from houston.core.jobs import Jobs
from houston.core.security.permissions import Permission
from houston.modules.asset_groups import schemas
from houston.modules.asset_groups.models import AssetGroupSighting
from houston.modules.asset_groups.services import detection
from houston.modules.jobs.analysis import DebuggedJob
from houston.modules.jobs.schemas import DebuggedAnalysisJobSchema

SIGHTING = "/asset_groups/sighting/{asset_group_sighting}"

repetition = Service("detection", f"{SIGHTING}/detect")
answer = Service("detection_answer", f"{SIGHTING}/sage_detected/{{detection_job}}")
requests_of_sighting = Service(
    "detection_jobs", "/asset_groups/sighting/jobs/{asset_group_sighting}"
)
requests_of_asset = Service("asset_jobs", "/assets/jobs/{asset}", tag="asset_groups")


@repetition.post(Permission.WRITE, returns=schemas.AssetGroupSightingSchema(), errors=(Conflict,))
def detect_asset_group_sighting(request: Request) -> AssetGroupSighting:
    """Have the animals found once more.

    The image analysis looks at the pictures that have no annotations, and at those that were turned
    since it last did.
    """
    return detection.want_detection(request.services, request.db, request.context.__parent__.row)


@answer.post(Permission.WRITE)
def hear_of_detection(request: Request) -> str:
    """Say that the image analysis has answered; a job fetches what, and this is its guid."""
    return str(detection.fetch_answer(request.services[Jobs], request.db, request.context.row))


@requests_of_sighting.get(Permission.READ, returns=DebuggedAnalysisJobSchema(), many=True)
def list_detection_jobs(request: Request) -> Sequence[DebuggedJob]:
    """List the requests to the image analysis about a sighting, with what came of them."""
    return detection.debugged_requests(request.db, request.context.row)


@requests_of_asset.get(Permission.READ, returns=DebuggedAnalysisJobSchema(), many=True)
def list_detection_jobs_of_asset(request: Request) -> Sequence[DebuggedJob]:
    """List the requests to the image analysis about the sighting that has an asset."""
    return detection.debugged_requests_of_asset(request.db, request.context.row)

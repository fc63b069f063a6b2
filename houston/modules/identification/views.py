"""The operations of identification, and of matching sets."""

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from pyramid.response import Response

from houston.core.api.files import file_response
from houston.core.api.operation import JSON
from houston.core.api.queries import Query
from houston.core.api.service import Service
from houston.core.errors import BadRequest, Unavailable
from houston.core.http.request import Request
from houston.core.jobs import Jobs
from houston.core.schema.nodes import Guid, Json, ListOf, MapOf
from houston.core.security.grants import Permission
from houston.core.settings import Settings
from houston.modules.assets.services import image_of
from houston.modules.identification import schemas
from houston.modules.identification.models import IdentificationJob
from houston.modules.identification.services import (
    heatmaps,
    listing,
    matching,
    requests,
    results,
)
from houston.modules.sightings.models import Sighting
from houston.modules.sightings.schemas.responses import SightingSchema

SIGHTING_PATH, ANNOTATIONS = "/sightings/{sighting}", "/annotations"

again = Service("identification", f"{SIGHTING_PATH}/rerun_id")
result = Service("identification_result", f"{SIGHTING_PATH}/id_result")
answer = Service("identification_answer", f"{SIGHTING_PATH}/sage_identified/{{identification_job}}")
picture = Service("result_picture", f"{SIGHTING_PATH}/annotations/src/{{annotation}}")
jobs = Service("identification_jobs", "/sightings/jobs/{sighting}")
annotation_jobs = Service("annotation_jobs", f"{ANNOTATIONS}/jobs/{{annotation}}")
matching_set = Service("matching_set", f"{ANNOTATIONS}/matching_set/{{annotation}}")
query = Service("matching_set_query", f"{ANNOTATIONS}/matching_set/query/{{annotation}}")
comparison = Service("comparison", f"{ANNOTATIONS}/identify/{{annotation}}")
heatmap = Service("heatmap", f"{ANNOTATIONS}/sage-heatmaps/src/{{heatmap}}")

matching_set.only_reads = query.only_reads = True

JPEG = "image/jpeg"
JOBS = schemas.DetailedIdentificationJobSchema()
GUIDS = ListOf(Guid(), max_items=matching.MAX_ANNOTATIONS)
QUERY = MapOf(Json(nullable=True))
READING: dict[str, Any] = {"body": Query(), "consumes": (JSON,), "errors": (BadRequest,)}


@again.post(
    Permission.WRITE,
    body=schemas.IdConfigs(),
    consumes=(JSON,),
    returns=SightingSchema(),
    errors=(BadRequest,),
)
def identify_sighting(request: Request) -> Sighting:
    """Identify the animals of a sighting again.

    A configuration in the body replaces that of the sighting. Comparisons that are without an
    answer are not requested again.
    """
    sighting, configs = request.context.__parent__.row, request.validated["body"]
    return requests.rerun(request.services, request.db, sighting, configs)


@result.get(Permission.READ, returns=schemas.ResultsSchema())
def get_identification_result(request: Request) -> results.Results:
    """Read the scores of the annotations of a sighting, and what is known of the candidates.

    Each annotation has the results of the last request of each algorithm. Candidates without an
    encounter have scores and no data.
    """
    base_url = request.services[Settings]["houston.base_url"]
    return results.results_of(request.db, request.context.__parent__.row, base_url)


@answer.post(Permission.WRITE, returns=Guid())
def notify_identification_finished(request: Request) -> str:
    """Report that an identification has finished; return the guid of the job that fetches it."""
    row: IdentificationJob = request.context.row
    arguments = {"request": str(row.guid)}
    return str(request.services[Jobs].enqueue(request.db, requests.COLLECT, arguments))


@picture.get(Permission.READ, file=True, produces=JPEG)
def get_result_picture(request: Request) -> Response:
    """Get the picture of an annotation of a sighting, or of a candidate in its results."""
    sighting = request.context.__parent__.__parent__.__parent__.row
    asset = results.asset_of(request.db, sighting, request.context.row)
    return file_response(request, image_of(request.db, asset, "mid").file_key, JPEG)


@jobs.get(Permission.READ, returns=JOBS, many=True)
def list_identification_jobs(request: Request) -> Sequence[SimpleNamespace]:
    """List the requests of a sighting to the image analysis, with their results."""
    own = IdentificationJob.sighting_guid == request.context.row.guid
    return listing.detailed_jobs(request.db, own)


@annotation_jobs.get(Permission.READ, returns=JOBS, many=True)
def list_identification_jobs_of_annotation(request: Request) -> Sequence[SimpleNamespace]:
    """List the requests of an annotation to the image analysis, with their results."""
    own = IdentificationJob.annotation_guid == request.context.row.guid
    return listing.detailed_jobs(request.db, own)


def _matching_set(request: Request, query: Mapping[str, Any] | None) -> Sequence[str]:
    subject = matching.subject_of(request.db, request.context.row.guid)
    return [str(guid) for guid in matching.matching_set(request.db, subject, query)]


def _resolved(request: Request, query: Mapping[str, Any] | None) -> Mapping[str, Any]:
    return matching.resolve(matching.subject_of(request.db, request.context.row.guid), query)


@matching_set.get(Permission.READ, returns=GUIDS, errors=(BadRequest,))
def get_matching_set(request: Request) -> Sequence[str]:
    """List the annotations that an annotation is compared with by default, the newest first."""
    return _matching_set(request, None)


@matching_set.post(Permission.READ, returns=GUIDS, **READING)
def find_matching_set(request: Request) -> Sequence[str]:
    """List the annotations that an annotation is compared with by a query, the newest first."""
    return _matching_set(request, request.validated["body"])


@query.get(Permission.READ, returns=QUERY)
def get_matching_set_query(request: Request) -> Mapping[str, Any]:
    """Read the query of the annotations that an annotation is compared with by default."""
    return _resolved(request, None)


@query.post(Permission.READ, returns=QUERY, **READING)
def resolve_matching_set_query(request: Request) -> Mapping[str, Any]:
    """Read a query with what its macros stand for."""
    return _resolved(request, request.validated["body"])


@comparison.post(
    Permission.WRITE,
    body=schemas.WantedComparison(),
    consumes=(JSON,),
    returns=schemas.JobCountSchema(),
    errors=(BadRequest,),
)
def identify_annotation(request: Request) -> dict[str, int]:
    """Compare one annotation with others.

    The body is the query of a matching set, or a list with a configuration of identification; it
    replaces what the sighting has. There is no request to the image analysis where there is none
    to compare with, and where one is without an answer.
    """
    annotation, config = request.context.row, request.validated["body"]
    count = requests.identify_annotation(request.services, request.db, annotation, config)
    return {"job_count": count}


@heatmap.get(Permission.READ, file=True, produces=JPEG, errors=(Unavailable,))
def get_heatmap(request: Request) -> Response:
    """Get the picture of an annotation beside a candidate, with their similar parts marked.

    The image analysis makes it when it is first asked for, which can take some time.
    """
    key = request.context.row.heatmap_key
    if key is None:
        match = heatmaps.match_of(request.context.row)
        request.db.close()  # it would hold its connection while the image analysis works
        key = heatmaps.fetch(request.services, match)
    return file_response(request, key, JPEG)

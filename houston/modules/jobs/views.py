"""The operations on progress and on jobs."""

from colander import drop

from houston.core.api.listing import Page
from houston.core.api.queries import page_query
from houston.core.api.search.fields import Condition
from houston.core.api.service import Service
from houston.core.errors import Conflict
from houston.core.http.request import Request
from houston.core.jobs import Job, Jobs, JobState
from houston.core.schema.nodes import Choice
from houston.core.security.grants import Permission
from houston.modules.jobs import analysis, schemas, services
from houston.modules.jobs.analysis import JobSources

progress = Service("progress", "/progress/{progress}")
analysis_jobs = Service("analysis_jobs", "/job-control")
analysis_debugging = Service("analysis_debugging", "/job-control/debug")
background_jobs = Service("background_jobs", "/job-control/background")
background_job = Service("background_job", "/job-control/background/{job}")
cancellation = Service("cancellation", "/job-control/background/{job}/cancel")
repetition = Service("repetition", "/job-control/background/{job}/retry")

ANALYSIS_QUERY = page_query(sort=analysis.SORTABLE, search=False)
BACKGROUND_QUERY = page_query(sort=services.JOBS.sort)
BACKGROUND_QUERY.add(
    Choice(JobState, name="state", missing=drop, description="The state of the jobs to list.")
)
BACKGROUND_JOB = schemas.BackgroundJobSchema()


def _of_state(request: Request) -> Condition | None:
    query = request.validated["querystring"]
    return services.JOB.state == query["state"] if "state" in query else None


progress.read("get_progress", schemas.ProgressSchema(), "Read the progress of some work.")


@analysis_jobs.get(
    Permission.LIST, query=ANALYSIS_QUERY, returns=schemas.AnalysisJobSchema(), paged=True
)
def list_analysis_jobs(request: Request) -> Page:
    """List the requests to the image analysis."""
    sources = request.services[JobSources]
    return analysis.list_analysis_jobs(request.db, sources, request.validated["querystring"])


@analysis_debugging.get(
    Permission.LIST, query=ANALYSIS_QUERY, returns=schemas.DebuggedAnalysisJobSchema(), paged=True
)
def debug_analysis_jobs(request: Request) -> Page:
    """List the requests to the image analysis with their contents and responses."""
    sources = request.services[JobSources]
    return analysis.debug_analysis_jobs(request.db, sources, request.validated["querystring"])


background_jobs.list(
    "list_background_jobs",
    services.JOBS,
    BACKGROUND_JOB,
    "List the background jobs.",
    query=BACKGROUND_QUERY,
    where=_of_state,
)
background_job.read("get_background_job", BACKGROUND_JOB, "Read a background job.")


@cancellation.post(Permission.WRITE, returns=BACKGROUND_JOB, errors=(Conflict,))
def cancel_background_job(request: Request) -> Job:
    """Cancel a background job.

    A running job is not interrupted: it ends at its next step, or is rolled back at its end.
    """
    job: Job = request.context.__parent__.row
    if not request.services[Jobs].cancel(request.db, job.guid):
        raise Conflict("The job is over: there is nothing to cancel.")
    return job


@repetition.post(Permission.WRITE, returns=BACKGROUND_JOB, errors=(Conflict,))
def retry_background_job(request: Request) -> Job:
    """Start a background job again that failed or was cancelled.

    A job with secret arguments, such as a mail with a code, cannot: they are erased.
    """
    job: Job = request.context.__parent__.row
    if not request.services[Jobs].retry(request.db, job.guid):
        raise Conflict(
            "Only a job that failed or was cancelled can begin again, "
            "and none whose arguments were secret."
        )
    return job

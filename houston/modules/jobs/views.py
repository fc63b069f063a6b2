"""The operations on progress and on jobs."""

import colander

from houston.core.api.listing import Page, page_query
from houston.core.api.service import Service
from houston.core.errors import Conflict
from houston.core.http.request import Request
from houston.core.jobs import Job, Jobs, JobState
from houston.core.schema.nodes import Choice, Schema
from houston.core.security.permissions import Permission
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
BACKGROUND_JOB = schemas.BackgroundJobSchema()


def _background_query() -> Schema:
    query = page_query(sort=services.JOBS.sort)
    query.add(
        Choice(
            JobState,
            name="state",
            missing=colander.drop,
            description="The state of the jobs to list.",
        )
    )
    return query


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
    query=_background_query(),
    where=lambda request: services.in_state(request.validated["querystring"]),
)
background_job.read("get_background_job", BACKGROUND_JOB, "Read a background job.")


@cancellation.post(Permission.WRITE, returns=BACKGROUND_JOB, errors=(Conflict,))
def cancel_background_job(request: Request) -> Job:
    """Cancel a background job.

    A running job is not interrupted: it ends at its next step, or is rolled back at its end.
    """
    job: Job = request.context.__parent__.row
    return services.cancel_background_job(request.services[Jobs], request.db, job)


@repetition.post(Permission.WRITE, returns=BACKGROUND_JOB, errors=(Conflict,))
def retry_background_job(request: Request) -> Job:
    """Start a background job again that failed or was cancelled.

    A job with secret arguments, such as a mail with a code, cannot: they are erased.
    """
    job: Job = request.context.__parent__.row
    return services.retry_background_job(request.services[Jobs], request.db, job)

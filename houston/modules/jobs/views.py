"""The addresses of progress and of jobs."""

import colander

from houston.core.api.paging import Page, page_query
from houston.core.api.service import Service
from houston.core.errors import Conflict
from houston.core.http.request import Request
from houston.core.jobs import Job, Jobs, JobState
from houston.core.schema.nodes import Choice, Schema
from houston.core.security.permissions import Permission
from houston.modules.jobs import schemas, services
from houston.modules.jobs.services import analysis, background
from houston.modules.jobs.sources import JobSources

progress = Service("progress", "/progress/{progress}")
analysis_jobs = Service("analysis_jobs", "/job-control")
analysis_debugging = Service("analysis_debugging", "/job-control/debug")
background_jobs = Service("background_jobs", "/job-control/background")
background_job = Service("background_job", "/job-control/background/{job}")
cancellation = Service("cancellation", "/job-control/background/{job}/cancel")
repetition = Service("repetition", "/job-control/background/{job}/retry")

ANALYSIS_QUERY = page_query(sort=analysis.SORTABLE, search=False)


def _background_query() -> Schema:
    query = page_query(sort=background.JOBS.sort)
    query.add(
        Choice(
            JobState,
            name="state",
            missing=colander.drop,
            description="The state of the jobs to list.",
        )
    )
    return query


progress.read("get_progress", schemas.ProgressSchema(), "Read how far some work is.")


@analysis_jobs.get(
    Permission.LIST, query=ANALYSIS_QUERY, returns=schemas.AnalysisJobSchema(), paged=True
)
def list_analysis_jobs(request: Request) -> Page:
    """List the requests to the image analysis."""
    return services.list_analysis_jobs(
        request.db, request.services[JobSources], request.validated["querystring"]
    )


@analysis_debugging.get(
    Permission.LIST, query=ANALYSIS_QUERY, returns=schemas.DebuggedAnalysisJobSchema(), paged=True
)
def debug_analysis_jobs(request: Request) -> Page:
    """List the requests to the image analysis, with what was sent and what came back."""
    return services.debug_analysis_jobs(
        request.db, request.services[JobSources], request.validated["querystring"]
    )


background_jobs.list(
    "list_background_jobs",
    background.JOBS,
    schemas.BackgroundJobSchema(),
    "List the background jobs.",
    query=_background_query(),
    where=lambda request: background.in_state(request.validated["querystring"]),
)


@background_job.get(Permission.READ, returns=schemas.BackgroundJobSchema())
def get_background_job(request: Request) -> Job:
    """Read a background job."""
    row: Job = request.context.row
    return row


@cancellation.post(
    Permission.WRITE,
    returns=schemas.BackgroundJobSchema(),
    errors=(Conflict,),
)
def cancel_background_job(request: Request) -> Job:
    """Call a background job off.

    One that runs is not interrupted: it ends at its next step, or its work is dropped at its end.
    """
    return services.cancel_background_job(
        request.services[Jobs], request.db, request.context.__parent__.row
    )


@repetition.post(
    Permission.WRITE,
    returns=schemas.BackgroundJobSchema(),
    errors=(Conflict,),
)
def retry_background_job(request: Request) -> Job:
    """Let a background job begin again that failed or was cancelled.

    None can whose arguments were secret, such as a mail with a code: they are erased.
    """
    return services.retry_background_job(
        request.services[Jobs], request.db, request.context.__parent__.row
    )

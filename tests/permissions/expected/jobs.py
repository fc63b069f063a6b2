"""Jobs: all users read progress and analysis jobs, and few read background jobs."""

from typing import Any

from houston.core.jobs import JobState
from tests.factories.jobs import JobFactory, ProgressFactory
from tests.permissions.expected import Cast

EXPECTED = {
    "get_progress": "401 200 200 200 200 200 200 200 200 200 403",
    "list_analysis_jobs": "401 200 200 200 200 200 200 200 200 200 403",
    "debug_analysis_jobs": "401 403 403 403 403 403 403 200 200 200 403",
    "list_background_jobs": "401 403 403 403 403 403 403 200 200 200 403",
    "get_background_job": "401 403 403 403 403 403 403 200 200 200 403",
    "cancel_background_job": "401 403 403 403 403 403 403 409 409 409 403",
    "retry_background_job": "401 403 403 403 403 403 403 409 409 409 403",
}


def keys(cast: Cast) -> dict[str, Any]:
    return {
        "progress": ProgressFactory().guid,
        "job": JobFactory(state=JobState.FAILED).guid,
    }

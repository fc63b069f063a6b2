"""The verbs of progress and of jobs. None of them sees a request."""

from houston.modules.jobs.services.analysis import debug_analysis_jobs, list_analysis_jobs
from houston.modules.jobs.services.background import (
    cancel_background_job,
    retry_background_job,
)
from houston.modules.jobs.services.phases import Phase, phase_of
from houston.modules.jobs.services.progress import (
    begin_again,
    cancel,
    complete,
    create_progress,
    fail,
    set_percentage,
    skip,
    sum_up,
)
from houston.modules.jobs.services.reading import load_progress

__all__ = [
    "Phase",
    "begin_again",
    "cancel",
    "cancel_background_job",
    "complete",
    "create_progress",
    "debug_analysis_jobs",
    "fail",
    "list_analysis_jobs",
    "load_progress",
    "phase_of",
    "retry_background_job",
    "set_percentage",
    "skip",
    "sum_up",
]

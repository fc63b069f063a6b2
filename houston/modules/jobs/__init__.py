"""Jobs and progress: the state of work that continues after the response, and its control.

A *progress* describes work to people: it has a description, a percentage, a status, and maybe
steps. It is healthy while it advances, and ends completed, skipped, cancelled or failed. Work with
steps has the percentage of the steps that are over; it fails when a step fails. Everybody who is
signed in may read any progress.

A *background job* is a row of the core's table of jobs. An *analysis job* is a request to the image
analysis, which another module stores and lists here by `config.add_job_source`. Everybody who is
signed in may list the analysis jobs; administrators and staff may read their details, and read,
cancel and retry background jobs.
"""

from typing import Any


def includeme(config: Any) -> None:
    """Register the branches `progress` and `job-control`, their operations, and the directive."""
    from houston.core.http.measures import Measure
    from houston.core.services import services_of
    from houston.modules.jobs.analysis import JobSources, add_job_source
    from houston.modules.jobs.resources import JobControl, ProgressCollection
    from houston.modules.jobs.services import count_jobs

    services_of(config).add(JobSources())
    config.add_directive("add_job_source", add_job_source)
    config.add_measure("tasks", Measure("Background jobs.", ("function", "state"), count_jobs))
    config.add_branch("progress", ProgressCollection)
    config.add_branch("job-control", JobControl)
    config.scan(".views")

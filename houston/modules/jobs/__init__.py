"""Jobs and progress: how far work is that goes on after the answer, and what can be done about it.

A *progress* is what people watch: a description, a percentage and a status, and maybe steps. It is
healthy while it moves, and ends completed, skipped, cancelled or failed. Work with steps is as far
as the share of its steps that are over; a step that fails makes it fail. Whoever is signed in may
look at any.

A *background job* is a row of the core's table of jobs, and an *analysis job* a request to the
image analysis; the latter are kept by the modules that make them, which offer them by
`config.add_job_source`. Everybody who is signed in may list the analysis jobs; administrators and
staff see them in full, see the background jobs, cancel them and let them begin again.
"""

from typing import Any


def includeme(config: Any) -> None:
    """Hang the branches `progress` and `job-control` on the tree and register their operations."""
    from houston.core.services import services_of
    from houston.modules.jobs.resources import JobControl, ProgressCollection
    from houston.modules.jobs.sources import JobSources, add_job_source

    services_of(config).add(JobSources())
    config.add_directive("add_job_source", add_job_source)
    config.add_branch("progress", ProgressCollection)
    config.add_branch("job-control", JobControl)
    config.scan(".views")

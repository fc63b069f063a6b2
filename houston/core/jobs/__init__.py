"""Background jobs: rows of the database, which the workers of a queue run after the commit.

A job is a row in the transaction that makes it, so it exists exactly when its cause does. After the
commit its guid is put into the queue (Huey), whose workers run it: urgent jobs first, others in the
order of their creation, two at a time in a process. A job is run at least once, so its function
must be idempotent. Jobs whose message or whose worker was lost are found and queued again
(docs/decisions/0020).

Jobs are declared per application, by `config.add_job` or `@job`. A running job is not interrupted,
and two long ones delay all others, mail included: keep a job within seconds, or start a further
`houston worker`. Only server processes start workers, by `services[Jobs].queue.start()`; they also
run the jobs that scripts and shells make.
"""

import re

from pyramid.config import Configurator

from houston.core.jobs.execution import JobContext
from houston.core.jobs.jobs import Declaration, Job, Jobs, JobState, add_job, job
from houston.core.services import services_of
from houston.core.settings import Settings, SettingsError

__all__ = ["Declaration", "Job", "JobContext", "JobState", "Jobs", "job"]

ADDRESS = re.compile(r"thread:/*[^/].*|rediss?://.+|immediate:")


def includeme(config: Configurator) -> None:
    """Give the application its jobs; `houston.jobs.url` must name a queue."""
    config.include("houston.core.events")
    services = services_of(config)
    if not ADDRESS.fullmatch(services[Settings]["houston.jobs.url"]):
        raise SettingsError("houston.jobs.url must be thread:<path>, redis://… or immediate:")
    services.add(Jobs(services))
    config.add_directive("add_job", add_job)

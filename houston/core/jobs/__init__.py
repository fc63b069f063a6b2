"""Work that is done after the answer: kept as rows, announced after the commit, done at least once.

A job is a row in the transaction of whoever wants it, so it exists exactly when its cause does.
Workers hear of it by a doorbell; a sweeper finds what was not heard, what waits for its time, what
comes round and what a dead worker left: at once on the same machine, within 20 s on another. Jobs
are declared per application (`config.add_job` or `@job`), and their functions must stand being
repeated.

Jobs run in the order in which they are due, urgent ones first, two at a time in a process. Nothing
interrupts a job: two long ones hold up everything, mail too. So let none take longer than seconds
where it can be cut up, and start a further `houston worker` where it cannot.
"""

from pyramid.config import Configurator

from houston.core.jobs.declaration import add_job, job
from houston.core.jobs.doorbell import make_doorbell
from houston.core.jobs.endings import cancel
from houston.core.jobs.models import Job, JobState
from houston.core.jobs.queue import Jobs
from houston.core.jobs.runner import JobContext, Superseded
from houston.core.services import Services, services_of
from houston.core.settings import Settings

__all__ = [
    "Job",
    "JobContext",
    "JobState",
    "Jobs",
    "Superseded",
    "cancel",
    "job",
    "run_worker",
    "start_workers",
    "stop_workers",
]


def start_workers(services: Services) -> None:
    """Start the worker threads of a process that serves; once, however often it is said.

    Scripts and shells do not call this: their jobs wait for the server's threads. The end of the
    process stops them.
    """
    services[Jobs].doorbell.start()


def stop_workers(services: Services) -> None:
    """End the worker threads after their present jobs, waiting 5 s at most."""
    services[Jobs].doorbell.stop()


def run_worker(services: Services) -> None:
    """Run jobs in this process, which does nothing else, until SIGTERM or SIGINT."""
    services[Jobs].doorbell.work()


def includeme(config: Configurator) -> None:
    """Give the application its jobs."""
    config.include("houston.core.events")
    services = services_of(config)
    services.add(Jobs(make_doorbell(services[Settings]["houston.jobs.url"], services)))
    config.add_directive("add_job", add_job)

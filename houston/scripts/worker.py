"""A process that does nothing but jobs."""

from typing import Any

from invoke import task

from houston.core.jobs import run_worker
from houston.core.logs import configure_logging
from houston.core.services import services_of
from houston.core.settings import Settings
from houston.scripts.application import registry_of


@task
def worker(_context: Any, config: str) -> None:
    """Do the jobs of the application until told to end: `houston worker production.ini`."""
    services = services_of(registry_of(config))
    configure_logging(services[Settings])
    run_worker(services)

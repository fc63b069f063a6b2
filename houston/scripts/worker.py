"""A process that only runs background jobs."""

from typing import Any

from invoke import task

from houston.core.jobs import Jobs
from houston.core.logs import configure_logging
from houston.core.services import services_of
from houston.core.settings import Settings
from houston.scripts.application import registry_of


@task
def worker(_context: Any, config: str) -> None:
    """Run background jobs until SIGTERM or SIGINT: `houston worker production.ini`."""
    services = services_of(registry_of(config))
    configure_logging(services[Settings])
    services[Jobs].queue.run_worker()

"""A process that does nothing but jobs."""

from typing import Any

from invoke import task

from houston.core.jobs import run_worker
from houston.scripts.application import registry_of


@task
def worker(_context: Any, config: str) -> None:
    """Do the jobs of the application until told to end: `houston worker production.ini`."""
    run_worker(registry_of(config))

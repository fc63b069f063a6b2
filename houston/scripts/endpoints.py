"""The operations of the API."""

from typing import Any

from invoke import task

from houston.core.api.service import services
from houston.scripts.application import CONFIG_HELP, registry_of


@task(default=True, name="list", help=CONFIG_HELP)
def list_all(_context: Any, config: str | None = None) -> None:
    """Print the method, the path and the name of every operation."""
    for service in services(registry_of(config)):
        for operation in service.operations.values():
            print(f"{operation.method:7}{service.path:50}{operation.name}")

"""The settings in force and the operations of the API, as tasks print them."""

from typing import Any

from invoke import task

from houston.core.api.service import services
from houston.scripts.application import CONFIG_HELP, registry_of, settings_of


@task(help=CONFIG_HELP)
def show(_context: Any, config: str | None = None) -> None:
    """Print the settings in force; secrets are hidden."""
    for setting, value in settings_of(config).describe():
        print(f"{setting.name} = {value}")


@task(default=True, name="list", help=CONFIG_HELP)
def list_all(_context: Any, config: str | None = None) -> None:
    """Print the method, the path, the permission and the view of every operation."""
    for service in services(registry_of(config)):
        for operation in service.operations.values():
            view = f"{operation.view.__module__}.{operation.name}"
            print(f"{operation.method:7}{service.path:70}{operation.permission:12}{view}")

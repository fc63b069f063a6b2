"""The settings in force."""

from typing import Any

from invoke import task

from houston.scripts.application import CONFIG_HELP, settings_of


@task(help=CONFIG_HELP)
def show(_context: Any, config: str | None = None) -> None:
    """Print the settings in force; secrets are hidden."""
    for setting, value in settings_of(config).describe():
        print(f"{setting.name} = {value}")

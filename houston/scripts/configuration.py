"""Showing the settings."""

from typing import Any

from invoke import task

from houston.core.settings import TABLE
from houston.scripts.application import CONFIG_HELP, settings_of


@task(help=CONFIG_HELP)
def show(_context: Any, config: str | None = None) -> None:
    """Print the settings; of secrets only whether they are set."""
    settings = settings_of(config)
    for setting in TABLE:
        value = settings[setting.name]
        if setting.secret:
            value = "(set)" if value else "(empty)"
        print(f"{setting.name} = {value}")

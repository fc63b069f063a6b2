"""The environment: its packages, its database, and a shell in it."""

import subprocess
import sys
from typing import Any

from invoke import task

from houston.scripts import db, dependencies
from houston.scripts.application import CONFIG_HELP, ini_file

PREPARATION_HELP = {
    **CONFIG_HELP,
    "install_dependencies": "Install the packages of requirements.txt first, in a checkout.",
    "upgrade_db": "Migrate the database first.",
}


@task(help=PREPARATION_HELP)
def enter(
    context: Any,
    install_dependencies: bool = True,
    upgrade_db: bool = True,
    config: str | None = None,
) -> None:
    """Open a Python shell with the database, the models and the services."""
    prepare(context, install_dependencies, upgrade_db, config)
    command = [sys.executable, "-m", "pyramid.scripts.pshell", ini_file(config)]
    sys.exit(subprocess.run(command).returncode)  # noqa: S603 - no shell, no input of others


def prepare(context: Any, install_dependencies: bool, upgrade_db: bool, config: str | None) -> None:
    """Install the required packages and migrate the database, as the options of a task say.

    Raises:
        Exit: pip failed, or the settings are wrong.
    """
    if install_dependencies and dependencies.REQUIREMENTS.exists():
        dependencies.install_python_dependencies(context)
    if upgrade_db:
        db.upgrade(context, config=config)

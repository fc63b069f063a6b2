"""The environment of the program: packages, settings, operations; the server, a worker, a shell."""

import logging
import subprocess
import sys
from pathlib import Path
from typing import Any

from invoke import Exit, task

from houston.core.api.service import services
from houston.core.jobs import Jobs
from houston.core.logs import configure_logging
from houston.core.services import services_of
from houston.core.settings import Settings
from houston.core.settings.risks import risks_of
from houston.scripts import db
from houston.scripts.application import CONFIG_HELP, ini_file, registry_of, settings_of

log = logging.getLogger(__name__)

REQUIREMENTS = Path("requirements.txt")
PREPARATION_HELP = {
    **CONFIG_HELP,
    "install_dependencies": "Install the packages of requirements.txt first, in a checkout.",
    "upgrade_db": "Migrate the database first.",
}


@task(
    help={
        **PREPARATION_HELP,
        "host": "The address to listen on.",
        "port": "The port to listen on.",
        "development": "Restart when a file changes.",
    }
)
def run(
    context: Any,
    host: str = "127.0.0.1",
    port: int = 5000,
    development: bool = True,
    install_dependencies: bool = True,
    upgrade_db: bool = True,
    config: str | None = None,
) -> None:
    """Serve the API."""
    prepare(context, install_dependencies, upgrade_db, config)
    reload = ["--reload"] if development else []
    variables = [f"listen_host={host}", f"http_port={port}"]
    run_pyramid("pserve", ini_file(config), *reload, *variables)


@task
def worker(_context: Any, config: str) -> None:
    """Run background jobs until SIGTERM or SIGINT: `houston worker production.ini`."""
    parts = services_of(registry_of(config))
    configure_logging(parts[Settings])
    for sentence in risks_of(parts[Settings]):
        log.warning(sentence)
    parts[Jobs].queue.run_worker()


@task(help=PREPARATION_HELP)
def enter(
    context: Any,
    install_dependencies: bool = True,
    upgrade_db: bool = True,
    config: str | None = None,
) -> None:
    """Open a Python shell with the database, the models and the services."""
    prepare(context, install_dependencies, upgrade_db, config)
    run_pyramid("pshell", ini_file(config))


@task(help=CONFIG_HELP)
def show(_context: Any, config: str | None = None) -> None:
    """Print the settings in force; secrets are hidden."""
    for setting, value in settings_of(config).describe():
        print(f"{setting.name} = {value}")


@task(default=True, name="list", help=CONFIG_HELP)
def list_endpoints(_context: Any, config: str | None = None) -> None:
    """Print the method, the path, the permission and the view of every operation."""
    for service in services(registry_of(config)):
        for operation in service.operations.values():
            view = f"{operation.view.__module__}.{operation.name}"
            print(f"{operation.method:7}{service.path:70}{operation.permission:12}{view}")


@task
def install_python_dependencies(_context: Any) -> None:
    """Install the packages that requirements.txt pins."""
    if not REQUIREMENTS.exists():
        raise Exit("There is no requirements.txt here: run this task in a checkout.", 1)
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--requirement"]
    if subprocess.run([*command, str(REQUIREMENTS)]).returncode != 0:  # noqa: S603 - no shell
        raise Exit("pip failed.", 1)


@task
def install_swagger_ui(_context: Any) -> None:
    """Do nothing: the package includes the interactive page."""
    print("The interactive page is included in the package.")


@task(install_python_dependencies, install_swagger_ui)
def install(_context: Any) -> None:
    """Install the pinned packages; the interactive page needs no installation."""


def prepare(context: Any, install_dependencies: bool, upgrade_db: bool, config: str | None) -> None:
    """Install the required packages and migrate the database, as the options of a task say."""
    if install_dependencies and REQUIREMENTS.exists():
        install_python_dependencies(context)
    if upgrade_db:
        db.upgrade(context, config=config)


def run_pyramid(script: str, *arguments: str) -> None:
    """Run a script of Pyramid to its end, and exit with its status."""
    command = [sys.executable, "-m", f"pyramid.scripts.{script}", *arguments]
    sys.exit(subprocess.run(command).returncode)  # noqa: S603 - no shell

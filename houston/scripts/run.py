"""Serving."""

import subprocess
import sys
from typing import Any

from invoke import task

from houston.scripts import db, dependencies
from houston.scripts.application import CONFIG_HELP, ini_file


@task(
    help={
        **CONFIG_HELP,
        "host": "The address to listen on.",
        "port": "The port to listen on.",
        "development": "Start anew when a file changes.",
        "install_dependencies": "Install what requirements.txt pins before.",
        "upgrade_db": "Migrate before.",
    }
)
def run(
    context: Any,
    host: str = "127.0.0.1",
    port: int = 5000,
    development: bool = True,
    install_dependencies: bool = False,
    upgrade_db: bool = True,
    config: str | None = None,
) -> None:
    """Serve the API."""
    if install_dependencies:
        dependencies.install(context)
    if upgrade_db:
        db.upgrade(context, config=config)
    options = ["--reload"] if development else []
    command = ["-m", "pyramid.scripts.pserve", ini_file(config), *options]
    variables = [f"listen_host={host}", f"http_port={port}"]
    sys.exit(subprocess.run([sys.executable, *command, *variables]).returncode)  # noqa: S603

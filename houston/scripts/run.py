"""The development server."""

import subprocess
import sys
from typing import Any

from invoke import task

from houston.scripts.application import ini_file
from houston.scripts.env import PREPARATION_HELP, prepare


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
    options = ["--reload"] if development else []
    command = ["-m", "pyramid.scripts.pserve", ini_file(config), *options]
    variables = [f"listen_host={host}", f"http_port={port}"]
    status = subprocess.run([sys.executable, *command, *variables]).returncode  # noqa: S603 - no shell
    sys.exit(status)

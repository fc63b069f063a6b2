"""The shell."""

import subprocess
import sys
from typing import Any

from invoke import task

from houston.scripts.application import CONFIG_HELP, ini_file


@task(help=CONFIG_HELP)
def enter(_context: Any, config: str | None = None) -> None:
    """Open a Python shell with the database and the models."""
    command = [sys.executable, "-m", "pyramid.scripts.pshell", ini_file(config)]
    sys.exit(subprocess.run(command).returncode)  # noqa: S603

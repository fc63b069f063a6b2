"""Installing."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from invoke import Exit, task

REQUIREMENTS = Path("requirements.txt")


@task
def install_python_dependencies(_context: Any) -> None:
    """Install what requirements.txt pins."""
    if not REQUIREMENTS.exists():
        raise Exit("There is no requirements.txt here: this task belongs to a checkout.", 1)
    command = [sys.executable, "-m", "pip", "install", "--requirement", str(REQUIREMENTS)]
    if subprocess.run(command).returncode != 0:  # noqa: S603
        raise Exit("pip failed.", 1)


@task
def install_swagger_ui(_context: Any) -> None:
    """Nothing has to be done: the interactive page comes with the package."""
    print("The interactive page comes with the package.")


@task
def install(context: Any) -> None:
    """Install everything."""
    install_python_dependencies(context)
    install_swagger_ui(context)

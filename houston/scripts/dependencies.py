"""Installation of what the program needs."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from invoke import Exit, task

REQUIREMENTS = Path("requirements.txt")


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


@task
def install(context: Any) -> None:
    """Install the packages, and say that the interactive page is included."""
    install_python_dependencies(context)
    install_swagger_ui(context)

"""Programs that run in a subprocess."""

import os
import subprocess
from pathlib import Path

from tests.live import ROOT


def run(*command: str, folder: Path = ROOT, **environment: str) -> str:
    """Return the output of a program; raise AssertionError with its output if it fails."""
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout

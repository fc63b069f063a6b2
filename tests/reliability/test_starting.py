"""A server that cannot start says why in one sentence."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.live import ROOT


def start(folder: Path, *arguments: str, **environment: str) -> str:
    """Return what `pserve development.ini` prints, which must fail."""
    variables = {
        **os.environ,
        "HOUSTON_DATABASE_URL": f"sqlite:///{folder}/houston.sqlite",
        "HOUSTON_JOBS_URL": f"thread:{folder}/jobs.sqlite",
        **environment,
    }
    done = subprocess.run(
        [sys.executable, "-m", "pyramid.scripts.pserve", "development.ini", *arguments],
        cwd=ROOT,
        env=variables,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1, done.stderr
    return done.stderr


def sentence(printed: str) -> str:
    """Return the last line, which follows no traceback."""
    assert "Traceback" not in printed, printed
    return printed.strip().splitlines()[-1]


def test_port_in_use(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        printed = sentence(start(tmp_path, f"http_port={port}"))
    assert printed.startswith(f"Another program listens at 127.0.0.1:{port}: ")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["listen_host=192.0.2.1", "http_port=5999"], "cannot listen at 192.0.2.1:5999"),
        (["http_port=http-alt-2"], "An option of [server:main] is wrong"),
    ],
)
def test_address_that_cannot_be_used(tmp_path: Path, arguments: list[str], expected: str) -> None:
    assert expected in sentence(start(tmp_path, *arguments))


@pytest.mark.parametrize(
    ("variable", "text", "expected"),
    [
        ("HOUSTON_LIMITS", "create_usr 10/hour", "create_usr; did you mean create_user?"),
        ("HOUSTON_MAIL_SENDR", "x", "HOUSTON_MAIL_SENDR; did you mean HOUSTON_MAIL_SENDER?"),
    ],
)
def test_misspelt_names(tmp_path: Path, variable: str, text: str, expected: str) -> None:
    assert expected in sentence(start(tmp_path, **{variable: text}))

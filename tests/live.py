"""A real server in a separate process, started like `pserve`."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

ROOT = Path(__file__).parent.parent
START_SECONDS = 30.0

SECRET = "KQ()SWK)SQK)QWSKQW(SKQ)S(QWSQW(SJ*HQ&HQW*SQ*^SSQWSGQSG"
"""The secret of the OAuth2 client `documentation` of the example data."""


class LiveServer:
    """`pserve development.ini` on a free port, with a database and files in `folder`."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._environment = {
            **os.environ,
            "HOUSTON_BASE_URL": self.url,
            "HOUSTON_DATABASE_URL": f"sqlite:///{folder}/houston.sqlite",
            "HOUSTON_JOBS_URL": f"thread:{folder}/jobs.sqlite",
            "HOUSTON_STORAGE_URL": f"file:{folder}/files",
            "HOUSTON_UPLOADS_FOLDER": f"{folder}/uploads",
            "HOUSTON_MAIL_URL": f"file:{folder}/mail",
            **environment,
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> "LiveServer":
        """Start the process and wait until it is ready."""
        self.log = (self.folder / "server.log").open("ab")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "pyramid.scripts.pserve", "development.ini", *self._arguments()],
            cwd=ROOT,
            env=self._environment,
            stdout=self.log,
            stderr=self.log,
        )
        self._wait_until_ready()
        return self

    def kill(self) -> None:
        """Kill the process, as a power failure would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Terminate the process, and wait for its end."""
        self._end(signal.SIGTERM)

    @contextmanager
    def worker(self, **environment: str) -> Iterator["subprocess.Popen[bytes]"]:
        """Run `houston worker` on the same database, and kill it at the end."""
        command = [sys.executable, "-m", "houston.scripts", "worker", "development.ini"]
        with subprocess.Popen(
            command, cwd=ROOT, env={**self._environment, **environment}, stdout=subprocess.DEVNULL
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    def sign_in(self, username: str, password: str) -> dict[str, str]:
        """Return the `Authorization` header of a new token."""
        response = httpx.post(
            f"{self.url}/auth/oauth2/token",
            data={
                "grant_type": "password",
                "client_id": "documentation",
                "username": username,
                "password": password,
            },
        )
        response.raise_for_status()
        return {"Authorization": f"Bearer {response.json()['access_token']}"}

    def _arguments(self) -> list[str]:
        return [f"http_port={self.port}"]

    def _end(self, number: int) -> None:
        assert self._process is not None
        self._process.send_signal(number)
        self._process.wait(30)
        self._process = None
        self.log.close()

    def _wait_until_ready(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                if httpx.get(f"{self.url}/readiness").status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        raise AssertionError((self.folder / "server.log").read_text())


@contextmanager
def live_server(folder: Path, **environment: str) -> Iterator[LiveServer]:
    """Yield a running server, and stop it at the end."""
    server = LiveServer(folder, **environment).start()
    try:
        yield server
    finally:
        if server._process is not None:
            server.stop()


def free_port() -> int:
    """Return an unused port."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])

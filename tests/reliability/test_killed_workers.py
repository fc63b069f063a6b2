"""A job whose process is killed is taken over soon by the next one, in threads and in workers.

The job is a mail to a server that does not respond, so that the job runs as long as the test
needs.
"""

import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.live import LiveServer
from tests.mailbox import Mailbox
from tests.waiting import wait_until

TAKEOVER_SECONDS = 12.0
"""Seconds: more than a start of the application, and much less than the lease of a job."""


class UnresponsiveMailServer:
    """A mail server that accepts connections and does not respond."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"smtp://127.0.0.1:{self._socket.getsockname()[1]}"

    def wait_for_a_connection(self) -> None:
        self._socket.settimeout(30)
        self._connection, _ = self._socket.accept()

    def close(self) -> None:
        self._connection.close()
        self._socket.close()


@pytest.fixture
def mail_server() -> Iterator[UnresponsiveMailServer]:
    server = UnresponsiveMailServer()
    yield server
    server.close()


def request_a_mail(server: LiveServer) -> None:
    address = f"{server.url}/api/v1/users/reset_password_email"
    assert httpx.post(address, json={"email": "root@localhost"}).status_code == 200


def only_job(server: LiveServer) -> dict[str, Any]:
    headers = server.sign_in("root", "q")
    address = f"{server.url}/api/v1/job-control/background?search=mail"
    (job,) = httpx.get(address, headers=headers).raise_for_status().json()
    found: dict[str, Any] = job
    return found


def test_server_takes_over_the_job_of_its_predecessor(
    tmp_path: Path, mail_server: UnresponsiveMailServer
) -> None:
    first = LiveServer(tmp_path, HOUSTON_MAIL_URL=mail_server.url).start()
    request_a_mail(first)
    mail_server.wait_for_a_connection()
    job = only_job(first)
    assert (job["state"], job["attempts"]) == ("running", 1)
    first.kill()
    second = LiveServer(tmp_path).start()
    try:
        wait_until(lambda: only_job(second)["state"] == "done", TAKEOVER_SECONDS)
        assert only_job(second)["attempts"] == 2
    finally:
        second.stop()
    assert Mailbox(tmp_path / "mail").only("root@localhost").code


def test_worker_takes_over_the_job_of_its_predecessor(
    tmp_path: Path, mail_server: UnresponsiveMailServer, redis_url: str
) -> None:
    server = LiveServer(tmp_path, HOUSTON_JOBS_URL=redis_url).start()
    try:
        with server.worker(HOUSTON_MAIL_URL=mail_server.url) as first:
            request_a_mail(server)
            mail_server.wait_for_a_connection()
            assert only_job(server)["state"] == "running"
            first.kill()
        with server.worker() as second:
            wait_until(lambda: only_job(server)["state"] == "done", TAKEOVER_SECONDS)
            second.send_signal(signal.SIGTERM)
            assert second.wait(30) == 0
        assert only_job(server)["attempts"] == 2
    finally:
        server.stop()
    assert Mailbox(tmp_path / "mail").only("root@localhost").code

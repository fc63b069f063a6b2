"""SIGTERM loses no log lines."""

from pathlib import Path

import httpx

from tests.live import live_server


def test_the_last_requests_are_logged(tmp_path: Path) -> None:
    with live_server(tmp_path) as server:
        for _ in range(50):
            httpx.get(f"{server.url}/heartbeat")
        server.stop()
        lines = (tmp_path / "server.log").read_text().splitlines()
    assert sum("GET /heartbeat 200" in line for line in lines) == 50

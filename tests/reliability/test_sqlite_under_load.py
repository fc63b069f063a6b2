"""Many writers on one SQLite file: all requests succeed, and acknowledged changes are stored."""

import sqlite3
import threading
import time
from pathlib import Path

import httpx
import pytest

from tests.live import LiveServer, live_server

WRITERS = 32


class Writer(threading.Thread):
    """A thread that creates and renames teams, and records the acknowledged changes."""

    def __init__(self, server: LiveServer, headers: dict[str, str], number: int) -> None:
        super().__init__(daemon=True)
        self._url, self._headers, self._number = server.url, headers, number
        self.stopped = threading.Event()
        self.acknowledged: dict[int, str] = {}
        self.attempted: set[str] = set()
        self.statuses: set[int] = set()

    def run(self) -> None:
        """Write until the writer is stopped, or the server does not respond."""
        with httpx.Client(
            base_url=f"{self._url}/api/v1", headers=self._headers, timeout=60
        ) as client:
            count = 0
            while not self.stopped.is_set():
                count += 1
                try:
                    self._write(client, f"team {self._number}.{count}")
                except httpx.TransportError:
                    return

    def _write(self, client: httpx.Client, title: str) -> None:
        self.attempted.add(title)
        created = client.post("/teams", json={"title": title})
        self.statuses.add(created.status_code)
        if created.status_code != 200:
            return
        team = created.json()["id"]
        self.acknowledged[team] = title
        renamed = f"{title} renamed"
        self.attempted.add(renamed)
        response = client.patch(
            f"/teams/{team}", json=[{"op": "replace", "path": "/title", "value": renamed}]
        )
        self.statuses.add(response.status_code)
        if response.status_code == 200:
            self.acknowledged[team] = renamed


def start_writers(server: LiveServer) -> list[Writer]:
    headers = server.sign_in("root", "q")
    writers = [Writer(server, headers, number) for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    return writers


def stored_titles(folder: Path) -> dict[int, str]:
    """Return the titles in the file, read by a separate program."""
    with sqlite3.connect(folder / "houston.sqlite") as database:
        return dict(database.execute("SELECT id, title FROM team"))


def count_teams_without_leader(folder: Path) -> int:
    """Return the number of teams without the leader of the same transaction."""
    with sqlite3.connect(folder / "houston.sqlite") as database:
        query = (
            "SELECT count(*) FROM team WHERE id NOT IN"
            " (SELECT team_id FROM team_member WHERE is_leader)"
        )
        return int(database.execute(query).fetchone()[0])


def test_every_request_succeeds_and_no_acknowledged_change_is_lost(
    tmp_path: Path, load_seconds: float
) -> None:
    with live_server(tmp_path) as server:
        writers = start_writers(server)
        time.sleep(load_seconds)
        for writer in writers:
            writer.stopped.set()
        for writer in writers:
            writer.join(60)
    assert set.union(*(writer.statuses for writer in writers)) == {200}
    assert all(writer.acknowledged for writer in writers)
    stored = stored_titles(tmp_path)
    for writer in writers:
        for team, title in writer.acknowledged.items():
            assert stored[team] == title


def test_acknowledged_changes_survive_sigkill(tmp_path: Path) -> None:
    server = LiveServer(tmp_path).start()
    writers = start_writers(server)
    time.sleep(4)
    server.kill()
    for writer in writers:
        writer.join(60)
    server.start()
    try:
        headers = server.sign_in("root", "q")
        assert httpx.get(f"{server.url}/api/v1/users/me", headers=headers).status_code == 200
    finally:
        server.stop()
    stored = stored_titles(tmp_path)
    attempted = set.union(*(writer.attempted for writer in writers))
    assert sum(len(writer.acknowledged) for writer in writers) > WRITERS
    for writer in writers:
        for team, title in writer.acknowledged.items():
            # A rename may be committed but not acknowledged when the process is killed.
            assert stored[team] in (title, f"{title} renamed")
    assert set(stored.values()) <= attempted
    assert count_teams_without_leader(tmp_path) == 0


@pytest.fixture
def load_seconds(request: pytest.FixtureRequest) -> float:
    """Return the duration of the load, which an option sets."""
    return float(request.config.getoption("--load-seconds"))

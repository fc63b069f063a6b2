"""Many writers on one SQLite file: all are answered, and what was acknowledged is there."""

import sqlite3
import threading
import time
from pathlib import Path

import httpx
import pytest

from tests.live import LiveServer, live_server

WRITERS = 32


class Writer(threading.Thread):
    """Creates and renames teams until told to stop, and remembers what was acknowledged."""

    def __init__(self, server: LiveServer, headers: dict[str, str], number: int) -> None:
        super().__init__(daemon=True)
        self._url, self._headers, self._number = server.url, headers, number
        self.stopped = threading.Event()
        self.acknowledged: dict[int, str] = {}
        self.attempted: set[str] = set()
        self.statuses: set[int] = set()

    def run(self) -> None:
        """Write until stopped or until the server is gone."""
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
        answer = client.patch(
            f"/teams/{team}", json=[{"op": "replace", "path": "/title", "value": renamed}]
        )
        self.statuses.add(answer.status_code)
        if answer.status_code == 200:
            self.acknowledged[team] = renamed


def start_writers(server: LiveServer) -> list[Writer]:
    headers = server.sign_in("root", "q")
    writers = [Writer(server, headers, number) for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    return writers


def stored_titles(folder: Path) -> dict[int, str]:
    """The teams in the file, read by another program than the server."""
    with sqlite3.connect(folder / "houston.sqlite") as database:
        return dict(database.execute("SELECT id, title FROM team"))


def leaderless(folder: Path) -> int:
    """How many teams were written without the leader that is written with them."""
    with sqlite3.connect(folder / "houston.sqlite") as database:
        query = (
            "SELECT count(*) FROM team WHERE id NOT IN"
            " (SELECT team_id FROM team_member WHERE is_leader)"
        )
        return int(database.execute(query).fetchone()[0])


def test_every_writer_is_answered_and_nothing_acknowledged_is_lost(
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


def test_what_was_acknowledged_survives_kill_9(tmp_path: Path) -> None:
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
            # A rename may have been committed when the power went, before it was acknowledged.
            assert stored[team] in (title, f"{title} renamed")
    assert set(stored.values()) <= attempted
    assert leaderless(tmp_path) == 0


@pytest.fixture
def load_seconds(request: pytest.FixtureRequest) -> float:
    """How long the load lasts: a minute where time is given, less in everyday runs."""
    return float(request.config.getoption("--load-seconds"))

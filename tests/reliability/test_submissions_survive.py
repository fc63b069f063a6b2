"""A submission is there as a whole or not at all, and its pictures are prepared whatever happens.

The server is killed while it makes submissions and while it prepares them, and started again.
"""

import time
from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from PIL import Image

from tests.live import LiveServer

REGION = "6a4e8c0e-9c46-4a37-9d0f-1a5b6f0c2d11"
WHEN = {"time": "2023-05-04T06:30:00+03:00", "timeSpecificity": "time", "locationId": REGION}
NAMES = [f"zebra{number}.jpg" for number in range(6)]
SECONDS = 60.0


class Site:
    """A server that is killed and started again on the same folder, and a researcher on it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._start()
        proof = {"op": "test", "path": "/current_password", "value": "q"}
        role = {"op": "replace", "path": "/is_researcher", "value": True}
        me = self.ask("GET", "/users/me").json()["guid"]
        self.ask("PATCH", f"/users/{me}", json=[proof, role]).raise_for_status()
        regions = {"value": {"locationID": [{"id": REGION, "name": "Mara River"}]}}
        self.ask("POST", "/site-settings/data/site.custom.regions", json=regions)

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {**self._headers, **options.pop("headers", {})}
        address = path if path.startswith("http") else f"{self.server.url}/api/v1{path}"
        return httpx.request(method, address, headers=headers, timeout=60, **options)

    def die(self) -> None:
        """Be killed, and started again."""
        self.server.kill()
        self._start()

    def upload(self, name: str, content: bytes, transaction: str) -> None:
        tus = {"Tus-Resumable": "1.0.0", "X-Tus-Transaction-Id": transaction}
        metadata = f"filename {b64encode(name.encode()).decode()}"
        size = {"Upload-Length": str(len(content)), "Upload-Metadata": metadata}
        created = self.ask("POST", "/tus", headers={**tus, **size})
        sending = {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
        self.ask(
            "PATCH", created.headers["Location"], headers={**tus, **sending}, content=content
        ).raise_for_status()

    def groups(self) -> list[dict[str, Any]]:
        """The submissions that there are, in full."""
        rows = self.ask("GET", "/asset_groups").raise_for_status().json()
        return [self.ask("GET", f"/asset_groups/{row['guid']}").json() for row in rows]

    def _start(self) -> None:
        self.server = LiveServer(self._folder).start()
        self._headers = self.server.sign_in("root", "q")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path)
    yield site
    site.server.stop()


def photograph(number: int) -> bytes:
    """A photograph that takes a while to decode."""
    noise = Image.effect_noise((3000, 2000), 40 + number).convert("RGB")
    written = BytesIO()
    noise.save(written, "JPEG", quality=70)
    return written.getvalue()


def sighting(*files: str) -> dict[str, Any]:
    return {**WHEN, "assetReferences": list(files), "encounters": [dict(WHEN)]}


def submission(kind: str, *sightings: dict[str, Any], **more: Any) -> dict[str, Any]:
    models = {"speciesDetectionModel": ["None"]}
    return {"uploadType": kind, **models, "sightings": list(sightings), **more}


def kill_while_sending(site: Site, body: dict[str, Any], delay: float) -> None:
    """Send a submission, and kill the server some seconds later."""

    def send() -> None:
        with suppress(httpx.TransportError):
            site.ask("POST", "/asset_groups", json=body)

    with ThreadPoolExecutor() as threads:
        sending = threads.submit(send)
        time.sleep(delay)
        site.die()
        sending.result()


def test_it_is_whole_or_not_at_all(site: Site) -> None:
    body = submission("bulk", *(sighting() for _ in range(400)))
    seen = []
    for delay in (0.1, 0.4, 0.8, 1.2):
        kill_while_sending(site, body, delay)
        sizes = [len(group["asset_group_sightings"]) for group in site.groups()]
        assert sizes in ([], [400])
        seen.append(sizes)
        if sizes:
            break
    assert [] in seen, "the server was too fast for this test"
    if not seen[-1]:
        site.ask("POST", "/asset_groups", json=body).raise_for_status()
    (group,) = site.groups()
    assert {each["stage"] for each in group["asset_group_sightings"]} == {"curation"}


def test_its_pictures_are_prepared_by_themselves(site: Site) -> None:
    transaction = str(uuid4())
    for number, name in enumerate(NAMES):
        site.upload(name, photograph(number), transaction)
    body = submission("form", sighting(*NAMES), transactionId=transaction)
    while not site.groups():
        kill_while_sending(site, body, 0.05)
        if not site.groups():  # its files are there to be used again
            site.ask("POST", "/asset_groups", json=body).raise_for_status()
    for _ in range(3):
        time.sleep(0.3)
        site.die()
        check_nothing_is_half_made(site)
    deadline = time.monotonic() + SECONDS
    while not site.groups()[0]["pipeline_status"]["preparation"]["complete"]:
        assert time.monotonic() < deadline, "the pictures are not prepared"
        check_nothing_is_half_made(site)
        time.sleep(0.2)
    check_nothing_is_half_made(site)
    (group,) = site.groups()
    (shown,) = group["asset_group_sightings"]
    assert shown["stage"] == "curation"
    assert [asset["filename"] for asset in shown["assets"]] == NAMES


def check_nothing_is_half_made(site: Site) -> None:
    """What is said to be prepared can be shown, and what can be shown is a whole picture."""
    (group,) = site.groups()
    complete = group["pipeline_status"]["preparation"]["complete"]
    for asset in group["assets"]:
        answer = site.ask("GET", site.server.url + asset["src"])
        assert answer.status_code == 200 or not complete
        if answer.status_code == 200:
            Image.open(BytesIO(answer.content)).load()
    (shown,) = group["asset_group_sightings"]
    assert shown["stage"] == ("curation" if complete else "preparation")

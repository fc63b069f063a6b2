"""A file that takes long to inspect or to decode delays neither writes nor other pictures."""

import threading
import time
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from PIL import Image

from tests.functional.flows.photographs import photograph
from tests.functional.uploads.tus import BYTES, VERSION, metadata
from tests.live import LiveServer, live_server
from tests.reliability.site import WHEN, Site
from tests.unit.core.images.pictures import chunk, png

SECONDS = 3.0


def slow_to_inspect() -> bytes:
    """Return a PNG with millions of empty chunks."""
    return png(8, 8, chunk(b"zzZz", b"") * 3_000_000)


def slow_to_decode() -> bytes:
    """Return a large progressive JPEG that repeats its last scan."""
    file = BytesIO()
    Image.new("L", (7000, 7000), 90).save(file, "JPEG", progressive=True)
    data = file.getvalue()
    return data[:-2] + data[data.rindex(b"\xff\xda") : -2] * 80 + b"\xff\xd9"


def send(client: httpx.Client, name: str, content: bytes, transaction: str) -> httpx.Response:
    headers = {**VERSION, "X-Tus-Transaction-Id": transaction}
    length = {"Upload-Length": str(len(content)), "Upload-Metadata": metadata(name)}
    address = client.post("/api/v1/tus", headers={**headers, **length}).headers["Location"]
    return client.patch(
        address, content=content, headers={**headers, **BYTES, "Upload-Offset": "0"}
    )


def client_of(server: LiveServer) -> httpx.Client:
    return httpx.Client(base_url=server.url, headers=server.sign_in("root", "q"), timeout=60)


def test_inspection_holds_no_lock(tmp_path: Path) -> None:
    answers: list[httpx.Response] = []
    with live_server(tmp_path) as server, client_of(server) as client:
        content = slow_to_inspect()

        def attack() -> None:
            with client_of(server) as attacker:
                answers.append(send(attacker, "slow.png", content, str(uuid4())))

        thread = threading.Thread(target=attack)
        thread.start()
        slowest = 0.0
        while thread.is_alive():
            started = time.monotonic()
            assert client.post("/api/v1/teams", json={"title": "zebras"}).status_code == 200
            slowest = max(slowest, time.monotonic() - started)
            time.sleep(0.05)
        assert slowest < SECONDS
        assert answers[0].status_code == 422
        assert "slow.png: The picture takes more time or memory" in answers[0].json()["message"]


def test_slow_pictures_do_not_delay_others(tmp_path: Path) -> None:
    site = Site(tmp_path, HOUSTON_IMAGES_MAX_SECONDS="2")
    try:
        slow = [_report(site, "slow.jpg", slow_to_decode()) for _ in range(3)]
        sound = _report(site, "zebra.jpg", photograph())
        deadline = time.monotonic() + 60
        while _asset(site, sound)["state"] == "pending" and time.monotonic() < deadline:
            time.sleep(0.1)
        assert _asset(site, sound)["state"] == "ready"
        while _asset(site, slow[-1])["state"] == "pending" and time.monotonic() < deadline:
            time.sleep(0.1)
        problem = "The picture takes more time or memory than a picture may take."
        assert [_asset(site, guid)["problem"] for guid in slow] == [problem] * 3
    finally:
        site.server.stop()


def _report(site: Site, name: str, content: bytes) -> str:
    """Report a sighting with one photograph, and return the guid of its asset."""
    transaction = str(uuid4())
    site.upload(name, content, transaction)
    row = {**WHEN, "assetReferences": [name], "encounters": [{}]}
    body = {
        "uploadType": "form",
        "speciesDetectionModel": ["None"],
        "transactionId": transaction,
        "sightings": [row],
    }
    created = site.request("POST", "/asset_groups", json=body).raise_for_status()
    return str(created.json()["assets"][0]["guid"])


def _asset(site: Site, guid: str) -> Any:
    return site.request("GET", f"/assets/{guid}").json()

"""A site whose server is killed and restarted, with a researcher who reports sightings."""

from base64 import b64encode
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
from PIL import Image

from tests.live import LiveServer

REGION = "6a4e8c0e-9c46-4a37-9d0f-1a5b6f0c2d11"
WHEN = {"time": "2023-05-04T06:30:00+03:00", "timeSpecificity": "time", "locationId": REGION}


class Site:
    """A server that is killed and restarted on the same folder, and a researcher."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.server = LiveServer(folder, **environment)
        self._start()
        proof = {"op": "test", "path": "/current_password", "value": "q"}
        role = {"op": "replace", "path": "/is_researcher", "value": True}
        me = self.request("GET", "/users/me").json()["guid"]
        self.request("PATCH", f"/users/{me}", json=[proof, role]).raise_for_status()
        regions = {"value": {"locationID": [{"id": REGION, "name": "Mara River"}]}}
        self.request("POST", "/site-settings/data/site.custom.regions", json=regions)

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {**self._headers, **options.pop("headers", {})}
        address = path if path.startswith("http") else f"{self.server.url}/api/v1{path}"
        return httpx.request(method, address, headers=headers, timeout=60, **options)

    def kill_and_restart(self) -> None:
        """Kill the server, and start it again."""
        self.server.kill()
        self._start()

    def upload(self, name: str, content: bytes, transaction: str) -> None:
        tus = {"Tus-Resumable": "1.0.0", "X-Tus-Transaction-Id": transaction}
        metadata = f"filename {b64encode(name.encode()).decode()}"
        size = {"Upload-Length": str(len(content)), "Upload-Metadata": metadata}
        created = self.request("POST", "/tus", headers={**tus, **size})
        sending = {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
        self.request(
            "PATCH", created.headers["Location"], headers={**tus, **sending}, content=content
        ).raise_for_status()

    def groups(self) -> list[dict[str, Any]]:
        """Return the documents of all asset groups."""
        rows = self.request("GET", "/asset_groups").raise_for_status().json()
        return [self.request("GET", f"/asset_groups/{row['guid']}").json() for row in rows]

    def _start(self) -> None:
        self.server.start()
        self._headers = self.server.sign_in("root", "q")


def photograph(number: int, size: tuple[int, int] = (3000, 2000)) -> bytes:
    """Return a photograph that takes time to decode."""
    noise = Image.effect_noise(size, 40 + number).convert("RGB")
    written = BytesIO()
    noise.save(written, "JPEG", quality=70)
    return written.getvalue()


def sighting(*files: str) -> dict[str, Any]:
    return {**WHEN, "assetReferences": list(files), "encounters": [dict(WHEN)]}


def submission(kind: str, *sightings: dict[str, Any], **more: Any) -> dict[str, Any]:
    models = {"speciesDetectionModel": ["None"]}
    return {"uploadType": kind, **models, "sightings": list(sightings), **more}

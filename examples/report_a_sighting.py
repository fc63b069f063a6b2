"""From three photographs to a curated sighting, by the programs that others use: tuspy and curl.

`make serve` in one terminal, `.venv/bin/python examples/report_a_sighting.py` in another. It ends
with the thumbnails, and the photographs with their annotations drawn, in var/example/.
"""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

from tusclient.client import TusClient

SERVER = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:5000"
FOLDER = Path(sys.argv[2] if len(sys.argv) > 2 else "var/example")
API = f"{SERVER}/api/v1"
PHOTOGRAPHS = Path(__file__).parent / "photographs"
ANIMALS = {
    "zebra-left.jpg": [("left", [225, 325, 625, 540])],
    "zebra-upright.jpg": [("right", [225, 515, 580, 495])],
    "two-zebras.jpg": [("right", [190, 380, 450, 390]), ("right", [690, 410, 525, 440])],
}
"""What a researcher sees: for each photograph the viewpoints, and the boxes in pixels."""

REGION = "6a4e8c0e-9c46-4a37-9d0f-1a5b6f0c2d11"
WHEN = {"time": "2023-05-04T06:30:00+03:00", "timeSpecificity": "time", "locationId": REGION}
Json = Any


def main() -> None:
    """Sign in, upload, report, wait, annotate, and fetch what the browser would show."""
    header = sign_in("root", "q")
    prepare_site(header)
    transaction = upload(header)
    sighting = report(header, transaction)
    address = f"/asset_groups/sighting/as_sighting/{sighting}"
    pending = wait_until_prepared(header, address)
    annotate(header, sighting, pending)
    curated = curl("GET", address, header)
    fetch_pictures(header, curated)
    print(json.dumps(summary(curated), indent=2))


def sign_in(username: str, password: str) -> str:
    """The header that carries a token."""
    answer = run(
        f"{SERVER}/auth/oauth2/token?grant_type=password",
        *("-F", "client_id=documentation"),
        *("-F", f"username={username}"),
        *("-F", f"password={password}"),
    )
    return f"Authorization: Bearer {json.loads(answer)['access_token']}"


def prepare_site(header: str) -> None:
    """A site needs a region, and whoever reports for science is a researcher."""
    regions = {"locationID": [{"id": REGION, "name": "Mara River"}]}
    curl("POST", "/site-settings/data/site.custom.regions", header, {"value": regions})
    me = curl("GET", "/users/me", header)
    if not me["is_researcher"]:
        proof = {"op": "test", "path": "/current_password", "value": "q"}
        role = {"op": "replace", "path": "/is_researcher", "value": True}
        curl("PATCH", f"/users/{me['guid']}", header, [proof, role])


def upload(header: str) -> str:
    """Send the photographs by tuspy, in pieces that a broken connection cannot undo."""
    transaction = str(uuid4())
    name, value = header.split(": ")
    client = TusClient(f"{API}/tus", headers={name: value, "x-tus-transaction-id": transaction})
    for file in ANIMALS:
        uploader = client.uploader(
            str(PHOTOGRAPHS / file), chunk_size=64 * 1024, metadata={"filename": file}
        )
        uploader.upload()
    return transaction


def report(header: str, transaction: str) -> str:
    """Say what was seen; the guid of the pending sighting."""
    started = time.monotonic()
    group = curl(
        "POST",
        "/asset_groups/",
        header,
        {
            "uploadType": "form",
            "description": "Zebras by the river",
            "speciesDetectionModel": ["None"],
            "transactionId": transaction,
            "sightings": [{**WHEN, "assetReferences": list(ANIMALS), "encounters": [WHEN, WHEN]}],
        },
    )
    print(f"answered in {time.monotonic() - started:.2f} s", file=sys.stderr)
    guid: str = group["asset_group_sightings"][0]["guid"]
    return guid


def wait_until_prepared(header: str, address: str) -> Json:
    """Ask again, as a page does, until the pictures are there."""
    for _ in range(120):
        pending = curl("GET", address, header)
        if pending["pipeline_status"]["preparation"]["complete"]:
            return pending
        time.sleep(0.5)
    sys.exit("the photographs were not prepared in a minute")


def annotate(header: str, sighting: str, pending: Json) -> None:
    """Draw the boxes, and say which animal each is: the second one of a photograph is another."""
    for asset in pending["assets"]:
        for animal, (viewpoint, rect) in enumerate(ANIMALS[asset["filename"]]):
            box = {
                "asset_guid": asset["guid"],
                "ia_class": "zebra",
                "viewpoint": viewpoint,
                "bounds": {"rect": rect, "theta": 0},
            }
            annotation = curl("POST", "/annotations/", header, box)
            encounter = pending["encounters"][animal]["guid"]
            assign = [{"op": "add", "path": "/annotations", "value": annotation["guid"]}]
            curl(
                "PATCH", f"/asset_groups/sighting/{sighting}/encounter/{encounter}", header, assign
            )


def fetch_pictures(header: str, curated: Json) -> None:
    """Save what the browser shows: the thumbnail of each photograph, and its boxes drawn."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for asset in curated["assets"]:
        for form in ("thumb", "abox"):
            file = FOLDER / f"{Path(asset['filename']).stem}-{form}.jpg"
            address = f"{API}/assets/src/{form}/{asset['guid']}"
            run(address, "--header", header, "--output", str(file))


def summary(curated: Json) -> Json:
    """What has come of it."""
    return {
        "sighting": curated["guid"],
        "stage": curated["stage"],
        "photographs": {
            asset["filename"]: {**asset["dimensions"], "annotations": len(asset["annotations"])}
            for asset in curated["assets"]
        },
        "animals": [len(encounter["annotations"]) for encounter in curated["encounters"]],
    }


def curl(method: str, path: str, header: str, body: Json = None) -> Json:
    """The JSON that an address answers with."""
    options = ["--request", method, "--header", header]
    if body is not None:
        options += ["--header", "Content-Type: application/json", "--data", json.dumps(body)]
    return json.loads(run(API + path, *options))


def run(address: str, *options: str) -> str:
    """What curl prints; the example ends with what the server says when that is an error."""
    command = ["curl", "--silent", "--show-error", "--fail-with-body", *options, address]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{address}: {done.stdout or done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()

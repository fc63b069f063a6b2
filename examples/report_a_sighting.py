"""Turn three photographs into a named zebra, by tuspy and curl.

Run `make serve` in one terminal and `.venv/bin/python examples/report_a_sighting.py` in another.
The script saves the thumbnails, the photographs with their annotations, and a spreadsheet of the
zebra in var/example/.
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
"""The animals of each photograph: viewpoints, and boxes in pixels."""

REGION = "6a4e8c0e-9c46-4a37-9d0f-1a5b6f0c2d11"
SPECIES = {
    "id": "0b7c2f5e-55d8-4c1c-9d7b-0a3a3e1a7f52",
    "commonNames": ["plains zebra"],
    "scientificName": "Equus quagga",
}
WHEN = {"time": "2023-05-04T06:30:00+03:00", "timeSpecificity": "time", "locationId": REGION}
Json = Any


def main() -> None:
    """Sign in, upload, report, annotate, save the pictures, commit, name, search and export."""
    header = sign_in("root", "q")
    prepare_site(header)
    transaction = upload(header)
    sighting = report(header, transaction)
    address = f"/asset_groups/sighting/as_sighting/{sighting}"
    pending = wait_until_prepared(header, address)
    annotate(header, sighting, pending)
    curated = curl("GET", address, header)
    fetch_pictures(header, curated)
    committed = curl("POST", f"/asset_groups/sighting/{sighting}/commit", header)
    zebra = name(header, committed["encounters"][0])
    found = find_and_export(header, zebra)
    print(json.dumps({**summary(curated), "individual": found}, indent=2))


def sign_in(username: str, password: str) -> str:
    """Sign in; return the header with the token."""
    answer = run(
        f"{SERVER}/auth/oauth2/token?grant_type=password",
        *("-F", "client_id=documentation"),
        *("-F", f"username={username}"),
        *("-F", f"password={password}"),
    )
    return f"Authorization: Bearer {json.loads(answer)['access_token']}"


def prepare_site(header: str) -> None:
    """Add a region and a species to the site, and make the account a researcher."""
    regions = {"locationID": [{"id": REGION, "name": "Mara River"}]}
    for key, value in {"site.custom.regions": regions, "site.species": [SPECIES]}.items():
        curl("POST", f"/site-settings/data/{key}", header, {"value": value})
    me = curl("GET", "/users/me", header)
    if not me["is_researcher"]:
        proof = {"op": "test", "path": "/current_password", "value": "q"}
        role = {"op": "replace", "path": "/is_researcher", "value": True}
        curl("PATCH", f"/users/{me['guid']}", header, [proof, role])


def upload(header: str) -> str:
    """Upload the photographs by tuspy, in chunks that survive a broken connection."""
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
    """Create an asset group; return the guid of its asset group sighting."""
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
    """Poll the asset group sighting until its pictures are prepared."""
    for _ in range(120):
        pending = curl("GET", address, header)
        if pending["pipeline_status"]["preparation"]["complete"]:
            return pending
        time.sleep(0.5)
    sys.exit("the photographs were not prepared in a minute")


def annotate(header: str, sighting: str, pending: Json) -> None:
    """Add the annotations, and assign those of each animal to an encounter."""
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
    """Save the thumbnail of each photograph, and the photograph with its annotations."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for asset in curated["assets"]:
        for form in ("thumb", "abox"):
            file = FOLDER / f"{Path(asset['filename']).stem}-{form}.jpg"
            address = f"{API}/assets/src/{form}/{asset['guid']}"
            run(address, "--header", header, "--output", str(file))


def name(header: str, encounter: Json) -> str:
    """Name the animal of an encounter; return the guid of the individual."""
    zebra = {
        "names": [{"context": "FirstName", "value": "Zoe"}],
        "taxonomy": SPECIES["id"],
        "sex": "female",
        "encounters": [{"id": encounter["guid"]}],
    }
    guid: str = curl("POST", "/individuals/", header, zebra)["guid"]
    return guid


def find_and_export(header: str, zebra: str) -> Json:
    """Search for the individual, and save a spreadsheet of what the search finds."""
    own, named = {"term": {"guid": zebra}}, {"wildcard": {"firstName": "*zo*"}}
    query = {"bool": {"filter": [own, named]}}
    (row,) = curl("POST", "/individuals/search?sort=created", header, query)
    run(
        f"{API}/individuals/export",
        *("--header", header, "--header", "Content-Type: application/json"),
        *("--data", json.dumps(query), "--output", str(FOLDER / "individuals.xlsx")),
    )
    return {"guid": zebra, "firstName": row["firstName"], "encounters": row["num_encounters"]}


def summary(curated: Json) -> Json:
    """Return a summary of the asset group sighting."""
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
    """Send a request by curl; return the JSON of the response."""
    options = ["--request", method, "--header", header]
    if body is not None:
        options += ["--header", "Content-Type: application/json", "--data", json.dumps(body)]
    return json.loads(run(API + path, *options))


def run(address: str, *options: str) -> str:
    """Run curl; return its output, or exit with the error."""
    command = ["curl", "--silent", "--show-error", "--fail-with-body", *options, address]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{address}: {done.stdout or done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()

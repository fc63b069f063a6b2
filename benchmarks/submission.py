"""Submissions: a report of photographs, and a table of sightings.

The photographs are uploaded by tuspy to a separate server, which prepares them in its two worker
threads. CPU is that of the server process from the response to the report until the last
photograph is prepared, including the polling.
"""

import json
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

from PIL import Image
from tusclient.client import TusClient

from benchmarks.houston_app import API, Site
from benchmarks.results import Submission
from benchmarks.servers import Server
from benchmarks.wire import HOST, Request, ask

PHOTOGRAPHS = 20
PIXELS = (4000, 3000)
SIGHTINGS, ASSETS = 1000, 2000
REGION = "11111111-1111-4111-8111-111111111111"
PREPARATION_SECONDS = 300.0
"""Time limit of the preparation."""


def submit(site: Site, folder: Path) -> Submission:
    """Measure both submissions on a separate server.

    Raises:
        RuntimeError: The server refuses a valid submission, or accepts an invalid one.
    """
    with Server(site.launch, site.me, folder / "submission.log") as server:
        reporter = Reporter(server, site.token)
        reporter.set_up()
        photographs = {f"IMG_{number:04}.jpg": photograph() for number in range(PHOTOGRAPHS)}
        files = reporter.upload(photographs.items())
        with seconds() as answering:
            group = reporter.report("form", files, [sighting(list(photographs))])
        before = server.cpu_seconds()
        with seconds() as preparing:
            reporter.wait_until_prepared(group)
        cpu = server.cpu_seconds() - before
        memory = server.memory()["peak"]
        bulk, refused = _table(reporter)
    return Submission(
        answering[0], preparing[0], PHOTOGRAPHS / cpu, memory, bulk=bulk, refused=refused
    )


class Reporter:
    """A client that submits sightings, with a token."""

    def __init__(self, server: Server, token: str) -> None:
        self._server, self._token = server, token

    def set_up(self) -> None:
        """Make the account a researcher, and add a region to the site."""
        regions = {"locationID": [{"id": REGION, "name": "Kenya"}]}
        self.call("POST", "/site-settings/data/site.custom.regions", {"value": regions})
        proof = {"op": "test", "path": "/current_password", "value": "q"}
        researcher = {"op": "replace", "path": "/is_researcher", "value": True}
        self.call("PATCH", "/users/1", [proof, researcher])

    def upload(self, files: Iterable[tuple[str, bytes]]) -> str:
        """Upload files by tuspy; return the guid of the transaction."""
        transaction = str(uuid4())
        client = TusClient(
            f"http://{HOST}:{self._server.port}{API}/tus",
            headers={
                "Authorization": f"Bearer {self._token}",
                "x-tus-transaction-id": transaction,
            },
        )
        for name, content in files:
            client.uploader(file_stream=BytesIO(content), metadata={"filename": name}).upload()
        return transaction

    def report(self, kind: str, files: str, sightings: list[dict[str, Any]]) -> str:
        """Create an asset group; return its guid."""
        status, group = self.post(kind, files, sightings)
        if status != 200:
            raise RuntimeError(f"the {kind} was refused: {status} {group}")
        return str(group["guid"])

    def post(
        self, kind: str, files: str, sightings: list[dict[str, Any]]
    ) -> tuple[int, dict[str, Any]]:
        """Send a submission; return the status and the response."""
        body = {
            "uploadType": kind,
            "description": "",
            "speciesDetectionModel": [None],
            "transactionId": files,
            "sightings": sightings,
        }
        return self._ask("POST", "/asset_groups/", body)

    def wait_until_prepared(self, group: str) -> None:
        """Poll the asset group, as the web client does at a lower rate."""
        deadline = time.perf_counter() + PREPARATION_SECONDS
        while time.perf_counter() < deadline:
            status = self.call("GET", f"/asset_groups/{group}")["pipeline_status"]
            if status["preparation"]["complete"]:
                return
            time.sleep(0.25)
        raise RuntimeError("the photographs were not prepared in time")

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Send a request that must succeed; return the response."""
        status, answer = self._ask(method, path, body)
        if status != 200:
            raise RuntimeError(f"{method} {path}: {status} {answer}")
        return answer

    def _ask(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        headers = {} if body is None else {"Content-Type": "application/json"}
        text = "" if body is None else json.dumps(body)
        request = Request(API + path, method, headers, text).with_token(self._token)
        status, answer = ask(self._server.port, request)
        return status, json.loads(answer)


def _table(reporter: Reporter) -> tuple[float, float]:
    """Return the seconds for a valid table, and for one with an invalid row 997."""
    small = photograph((64, 48))
    names = [f"{number}.jpg" for number in range(ASSETS)]
    files = reporter.upload((name, small) for name in names)
    each = ASSETS // SIGHTINGS
    rows = [sighting(names[row * each : (row + 1) * each]) for row in range(SIGHTINGS)]
    invalid = [*rows]
    invalid[996] = {**rows[996], "locationId": str(uuid4())}
    with seconds() as refusing:
        status, answer = reporter.post("bulk", files, invalid)
    if status != 422 or list(answer["messages"]) != ["sightings.996.locationId"]:
        raise RuntimeError(f"row 997 is invalid, and the response was {status} {answer}")
    with seconds() as answering:
        reporter.report("bulk", files, rows)
    return answering[0], refusing[0]


def sighting(names: list[str], region: str = REGION, encounters: int = 1) -> dict[str, Any]:
    """Return the report of a sighting with some files."""
    when = {"time": "2023-05-04T06:30:00+03:00", "timeSpecificity": "time"}
    return {
        **when,
        "locationId": region,
        "assetReferences": names,
        "encounters": [{**when, "locationId": region}] * encounters,
    }


def photograph(size: tuple[int, int] = PIXELS) -> bytes:
    """Return a JPEG with the detail of a photograph: about 5 MB for 12 megapixels."""
    width, height = size
    shapes = Image.effect_noise((width // 40 + 1, height // 40 + 1), 90).resize(size)
    grain = Image.blend(shapes, Image.effect_noise(size, 60), 0.35)
    picture = Image.merge("RGB", (grain, Image.blend(grain, shapes, 0.5), shapes))
    file = BytesIO()
    picture.save(file, "JPEG", quality=90)
    return file.getvalue()


@contextmanager
def seconds() -> Iterator[list[float]]:
    """Measure the duration of the block, which becomes the only item of the list."""
    taken: list[float] = []
    start = time.perf_counter()
    yield taken
    taken.append(time.perf_counter() - start)

"""The server: routes, failures and callbacks."""

import json
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from email.parser import BytesParser
from email.policy import HTTP
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, RLock, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from tests.stand_ins.sage.jobs import (
    Job,
    Json,
    animal,
    detected,
    guid_of,
    identified,
    unwrapped,
    wrapped,
)

HEATMAP = b"\xff\xd8\xff\xe0 a picture of two animals"
LONGEST_SILENCE_SECONDS = 60.0


class Failure(Enum):
    """A kind of failure of a request."""

    ERROR = "status 500, with an explanation"
    BUSY = "status 503"
    REFUSAL = "status 200, and success is false"
    UNAUTHORIZED = "status 401"
    GARBAGE = "status 200, and no JSON"
    DROP = "the connection is closed without an answer"
    SILENCE = "no answer at all"


@dataclass(frozen=True)
class Call:
    """A request: `path` is below `/api/`, `body` is JSON or the bytes of an image."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    headers: dict[str, str]


@dataclass
class _Failing:
    times: int
    how: Failure
    path: str


class StandInSage:
    """The service; see the docstring of the package."""

    def __init__(self) -> None:
        self.animals: Callable[[bytes], list[Json]] = lambda _picture: [animal()]
        self.score: Callable[[str, str], float] = lambda _query, _candidate: 1.5
        self.credentials: tuple[str, str] | None = None
        self.callback_client: tuple[str, str] | None = None
        self.lose_callbacks = False
        self.holding = False
        self.outcome = "completed"
        self.edit_result: Callable[[Json], None] = lambda _answer: None
        self.heatmap = HEATMAP

        self.images: dict[str, bytes] = {}
        self.annotations: dict[str, Json] = {}
        self.jobs: dict[str, Job] = {}
        self.calls: list[Call] = []
        self.called_back: list[tuple[str, int]] = []
        self.lost: list[str] = []

        self.stopping = Event()
        self._failing: list[_Failing] = []
        self._callers: list[Thread] = []
        self._lock = RLock()
        self._server = _Server(self)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    @property
    def setting(self) -> str:
        """Return the value of `houston.image_analysis.url` for the stand-in."""
        return f"sage+{self.url}"

    def start(self) -> "StandInSage":
        """Start the server."""
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop the server, after the end of its callbacks."""
        self.stopping.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self.wait_for_callbacks()

    __enter__ = start

    def __exit__(self, *_: Any) -> None:
        self.stop()

    def fail_next(self, times: int = 1, how: Failure = Failure.ERROR, path: str = "") -> None:
        """Make the next requests to paths with a prefix fail."""
        self._failing.append(_Failing(times, how, path))

    def forget(self) -> None:
        """Delete all images and annotations, like a loss of the database."""
        self.images.clear()
        self.annotations.clear()

    def finish(self) -> None:
        """Complete all running jobs."""
        with self._lock:
            for job in self.jobs.values():
                if job.status == "working":
                    self._end(job)

    def wait_for_callbacks(self) -> None:
        """Wait for the responses to all callbacks."""
        for caller in self._callers:
            caller.join()

    def calls_to(self, path: str) -> list[Call]:
        """Return the requests to paths with a prefix."""
        return [call for call in self.calls if call.path.startswith(path)]

    def failure(self, call: Call) -> Failure | None:
        """Return the failure of a request, or None."""
        for failing in self._failing:
            if failing.times > 0 and call.path.startswith(failing.path):
                failing.times -= 1
                return failing.how
        return None if self._knows(call) else Failure.UNAUTHORIZED

    def answer(self, call: Call) -> Any:
        """Return the payload of the response, or bytes; raise LookupError for an unknown path."""
        with self._lock:
            return ROUTES[call.method, call.path](self, call)

    def _knows(self, call: Call) -> bool:
        if self.credentials is None:
            return True
        expected = b64encode(":".join(self.credentials).encode()).decode()
        return call.headers.get("authorization") == f"Basic {expected}"

    def _add_image(self, call: Call) -> Json:
        guid = guid_of(call.body)
        self.images[guid] = call.body
        return wrapped(guid)

    def _add_annotations(self, call: Call) -> list[Json]:
        columns = {key.removesuffix("_list"): values for key, values in call.body.items()}
        rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
        guids = [guid_of(json.dumps(row, sort_keys=True).encode()) for row in rows]
        self.annotations.update(zip(guids, rows, strict=True))
        return [wrapped(guid) for guid in guids]

    def _image_rows(self, call: Call) -> list[int | None]:
        return _rows(self.images, call.query["image_uuid_list"])

    def _annotation_rows(self, call: Call) -> list[int | None]:
        return _rows(self.annotations, call.query["annot_uuid_list"])

    def _begin(self, call: Call) -> str:
        guid: str = call.body["jobid"]
        job = Job(guid, f"/api/{call.path}", call.body, number=len(self.jobs) + 1)
        self.jobs[guid] = job
        if not self.holding:
            self._end(job)
        return guid

    def _end(self, job: Job) -> None:
        job.status = self.outcome
        job.result = self._result(job) if job.status == "completed" else None
        address = job.body["callback_url"].removeprefix("houston+")
        if self.lose_callbacks:
            self.lost.append(address)
            return
        caller = Thread(target=self._call_back, args=(address,))
        self._callers.append(caller)
        caller.start()

    def _result(self, job: Job) -> Json:
        body = job.body
        if "detect" in job.endpoint:
            images = unwrapped(body["image_uuid_list"])
            return detected(images, [self.animals(self.images[image]) for image in images])
        (query,) = unwrapped(body["query_annot_uuid_list"])
        candidates = unwrapped(body["database_annot_uuid_list"])
        scores = {guid: self.score(query, guid) for guid in candidates}
        return identified(query, body["database_annot_name_list"], scores)

    def _call_back(self, address: str) -> None:
        headers, parts = {}, urlsplit(address)
        try:
            if self.callback_client is not None:
                token = httpx.post(
                    f"{parts.scheme}://{parts.netloc}/auth/oauth2/token",
                    data={"grant_type": "client_credentials"},
                    auth=self.callback_client,
                )
                headers["Authorization"] = f"Bearer {token.json().get('access_token')}"
            status = httpx.post(address, headers=headers, json={}).status_code
        except httpx.HTTPError:
            status = 0
        self.called_back.append((address, status))

    def _job_result(self, call: Call) -> Json:
        guid = call.query["jobid"]
        response = self.jobs.get(guid, Job(guid, "", {}, 0, "unknown")).answer()
        self.edit_result(response)
        return response

    def _job_status(self, _call: Call) -> Json:
        return {"json_result": {guid: job.describe() for guid, job in self.jobs.items()}}

    def _version(self, _call: Call) -> Json:
        return {"version": "3.5.1"}

    def _heatmap(self, _call: Call) -> bytes:
        return self.heatmap


ROUTES: dict[tuple[str, str], Callable[[StandInSage, Call], Any]] = {
    ("POST", "upload/image/json/"): StandInSage._add_image,
    ("GET", "image/rowid/uuid/json/"): StandInSage._image_rows,
    ("POST", "annot/json/"): StandInSage._add_annotations,
    ("GET", "annot/rowid/uuid/json/"): StandInSage._annotation_rows,
    ("POST", "engine/detect/cnn/"): StandInSage._begin,
    ("POST", "engine/query/graph/"): StandInSage._begin,
    ("GET", "engine/job/result/"): StandInSage._job_result,
    ("GET", "engine/job/status/"): StandInSage._job_status,
    ("GET", "version/"): StandInSage._version,
    ("GET", "query/graph/match/thumb/"): StandInSage._heatmap,
}


class _Server(ThreadingHTTPServer):
    daemon_threads = False

    def __init__(self, sage: StandInSage) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.sage = sage


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def log_message(self, *_: Any) -> None:
        pass

    def _serve(self) -> None:
        call = self._call()
        sage = self.server.sage
        sage.calls.append(call)
        failure = sage.failure(call)
        if failure is not None:
            self._fail(failure)
            return
        try:
            payload = sage.answer(call)
        except LookupError as error:
            self._send(500, _envelope(False, None, f"there is no {error}"))
            return
        self._send(200, payload if isinstance(payload, bytes) else _envelope(True, payload))

    def _call(self) -> Call:
        parts = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        path = parts.path.removeprefix("/api/")
        return Call(self.command, path, query, self._body(content), headers)

    def _body(self, content: bytes) -> Any:
        kind = self.headers.get("Content-Type", "")
        if kind.startswith("multipart/"):
            message = BytesParser(policy=HTTP).parsebytes(
                f"Content-Type: {kind}\r\n\r\n".encode() + content
            )
            (part,) = message.iter_parts()  # type: ignore[attr-defined]
            assert part.get_param("name", header="content-disposition") == "image"
            return part.get_payload(decode=True)
        return json.loads(content) if content else None

    def _fail(self, how: Failure) -> None:
        if how is Failure.ERROR:
            self._send(500, _envelope(False, None, "CUDA out of memory"))
        elif how is Failure.BUSY:
            self._send(503, b"<html>busy</html>")
        elif how is Failure.REFUSAL:
            self._send(200, _envelope(False, None, "there is no such image"))
        elif how is Failure.UNAUTHORIZED:
            self._send(401, _envelope(False, None, "sign in"))
        elif how is Failure.GARBAGE:
            self._send(200, b"<html>Welcome</html>")
        elif how is Failure.SILENCE:
            self.server.sage.stopping.wait(LONGEST_SILENCE_SECONDS)

    def _send(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def _rows(known: dict[str, Any], guids: str) -> list[int | None]:
    return [1 if guid in known else None for guid in unwrapped(json.loads(guids))]


def _envelope(success: bool, payload: Any, message: str = "") -> bytes:
    status = {"success": success, "code": 200 if success else 500, "message": message}
    return json.dumps({"status": status, "response": payload}).encode()

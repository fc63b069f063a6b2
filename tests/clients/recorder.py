"""A pytest plugin that records what the functional tests send and get, for clients to replay.

`pytest -p tests.clients.recorder` writes exchanges to the folder that the variable
`RECORDED_EXCHANGES` names, a file each. An exchange is left out if every value in it has a place
and a type that an exchange of the same operation had before.
"""

import json
import os
import re
from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs
from uuid import uuid4

from webob import BaseRequest
from webtest import TestResponse

from tests import clients_of_roles

PLUGIN = __name__
FOLDER = "RECORDED_EXCHANGES"
FUNCTIONAL = "tests/functional"
KEY = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+|[\w-]{40,}")
Part = tuple[str, ...]
Json = dict[str, Any]

check_exchange = clients_of_roles.check_exchange


class Recorder:
    """Writes the exchanges with values that are new."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: set[Part] = set()

    def __call__(
        self, document: Any, request: BaseRequest, sent: bytes, response: TestResponse
    ) -> None:
        """Check an exchange as without the plugin, and record it."""
        check_exchange(document, request, sent, response)
        if os.environ.get("PYTEST_CURRENT_TEST", "").startswith(FUNCTIONAL):
            # Requests that are no text, or nested without an end, are not for clients.
            with suppress(UnicodeDecodeError, RecursionError):
                self._record(exchange_of(request, sent, response))

    def _record(self, exchange: Json) -> None:
        place = (exchange["method"], KEY.sub("*", exchange["path"]), str(exchange["status"]))
        parts = {(*place, *part) for part in _parts([exchange["query"], *_documents(exchange)])}
        if not parts <= self._seen:
            self._seen |= parts
            (self._folder / f"{uuid4()}.json").write_text(json.dumps(exchange))


def exchange_of(request: BaseRequest, sent: bytes, response: TestResponse) -> Json:
    """Return an exchange as JSON; the bytes of bodies are in base64."""
    return {
        "method": request.method,
        "path": request.path.rstrip("/"),
        "query": request.GET.dict_of_lists(),
        "request_headers": dict(request.headers),
        "sent_type": request.content_type,
        "sent": b64encode(sent).decode(),
        "form": _form(request, sent),
        "status": response.status_int,
        "headers": response.headerlist,
        "type": response.content_type,
        "body": b64encode(response.body).decode(),
        "sent_json": _json(sent, request.content_type),
        "json": _json(response.body, response.content_type),
    }


def _form(request: BaseRequest, sent: bytes) -> dict[str, list[str]]:
    is_form = request.content_type == "application/x-www-form-urlencoded"
    return parse_qs(sent.decode(errors="replace")) if is_form else {}


def _json(body: bytes, content_type: str | None) -> Any:
    with suppress(ValueError):
        return json.loads(body) if (content_type or "").endswith("json") else None
    return None


def _documents(exchange: Json) -> list[Any]:
    return [exchange["sent_json"], exchange["json"]]


def _parts(value: Any, path: str = "") -> Iterator[Part]:
    """The paths and the types of a JSON value and of its members."""
    yield path, type(value).__name__
    members = value.items() if isinstance(value, dict) else ()
    for name, member in members:
        yield from _parts(member, f"{path}/{KEY.sub('*', name)}")
    for index, member in enumerate(value if isinstance(value, list) else ()):
        yield from _parts(member, f"{path}/{index if not path else '*'}")


def pytest_configure() -> None:
    """Record what the clients of the tests send and get."""
    clients_of_roles.check_exchange = Recorder(Path(os.environ[FOLDER]))

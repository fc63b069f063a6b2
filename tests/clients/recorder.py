"""A pytest plugin that records the exchanges of the functional tests, for clients to replay.

`pytest -p tests.clients.recorder tests/functional` writes them to the folder `HOUSTON_RECORD`, an
exchange per file. Of each operation, an exchange is kept if its request or its answer has a value of
a type, or a member, that no earlier one had.
"""

import json
import os
import re
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from webob import BaseRequest
from webtest import TestResponse

from tests import clients_of_roles

FOLDER = "HOUSTON_RECORD"
KEY_OF_ROW = re.compile(r"[0-9a-f-]{32,36}|\d+")

check_exchange = clients_of_roles.check_exchange


class Recorder:
    """Writes exchanges with parts that are new."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: set[tuple[str, ...]] = set()

    def __call__(
        self, document: Any, request: BaseRequest, sent: bytes, response: TestResponse
    ) -> None:
        """Check an exchange, and record a successful one."""
        check_exchange(document, request, sent, response)
        if response.status_int >= 400 or request.method in ("HEAD", "OPTIONS"):
            return
        exchange = exchange_of(request, sent, response)
        place = (request.method, KEY_OF_ROW.sub("*", request.path), str(response.status_int))
        parts = {
            (*place, name, *part)
            for name in ("query", "sent", "body")
            for part in parts_of(exchange[name])
        } or {place}
        if not parts <= self._seen:
            self._seen |= parts
            (self._folder / f"{uuid4()}.json").write_text(json.dumps(exchange))


def exchange_of(request: BaseRequest, sent: bytes, response: TestResponse) -> dict[str, Any]:
    """Return the parts of an exchange."""
    return {
        "method": request.method,
        "path": request.path,
        "query": request.GET.dict_of_lists(),
        "type": request.content_type,
        "sent": json.loads(sent) if sent and request.content_type.endswith("json") else None,
        "status": response.status_int,
        "headers": [pair for pair in response.headerlist],
        "body": response.json if response.content_type == "application/json" else None,
        "bytes": b64encode(response.body).decode(),
    }


def parts_of(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield the paths and the types of a JSON value and of its members."""
    yield path, type(value).__name__
    members = value.items() if isinstance(value, dict) else ()
    for name, member in members:
        yield from parts_of(member, f"{path}/{KEY_OF_ROW.sub('*', name)}")
    for member in value if isinstance(value, list) else ():
        yield from parts_of(member, f"{path}/*")


@pytest.hookimpl
def pytest_configure() -> None:
    """Record what the clients of the tests get."""
    clients_of_roles.check_exchange = Recorder(Path(os.environ[FOLDER]))

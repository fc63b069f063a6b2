"""Uploads survive broken connections and killed servers."""

import os
import socket
import sqlite3
import time
from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from PIL import Image

from houston.core.storage import path_of
from tests.live import LiveServer, live_server

TUS = {"Tus-Resumable": "1.0.0"}
BYTES = {**TUS, "Content-Type": "application/offset+octet-stream"}


def photograph() -> bytes:
    """Return a JPEG with appended bytes, to have a given size."""
    file = BytesIO()
    Image.new("RGB", (640, 480), "green").save(file, "JPEG")
    return file.getvalue() + os.urandom(8_000_000)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LiveServer]:
    with live_server(tmp_path) as server:
        yield server


def begin_upload(server: LiveServer, content: bytes) -> str:
    """Create an upload, and return its address."""
    created = httpx.post(
        f"{server.url}/api/v1/tus",
        headers={
            **TUS,
            "Upload-Length": str(len(content)),
            "Upload-Metadata": f"filename {b64encode(b'zebra.jpg').decode()}",
            "X-Tus-Transaction-Id": str(uuid4()),
        },
    )
    assert created.status_code == 201, created.text
    return created.headers["Location"]


def offset(address: str) -> int:
    return int(httpx.head(address, headers=TUS).raise_for_status().headers["Upload-Offset"])


def send_partly(server: LiveServer, address: str, content: bytes, count: int) -> socket.socket:
    """Send a request for the rest of a file, but only the first bytes of its body."""
    connection = socket.create_connection(("127.0.0.1", server.port))
    lines = [
        f"PATCH {httpx.URL(address).path} HTTP/1.1",
        f"Host: 127.0.0.1:{server.port}",
        *(f"{name}: {value}" for name, value in BYTES.items()),
        "Upload-Offset: 0",
        f"Content-Length: {len(content)}",
    ]
    connection.sendall("\r\n".join([*lines, "", ""]).encode() + content[:count])
    return connection


def finish(server: LiveServer, address: str, content: bytes, start: int) -> None:
    """Continue at the offset of the server, and check that the stored file is complete."""
    headers = {**BYTES, "Upload-Offset": str(start)}
    deadline = time.monotonic() + 10
    # The request before may still hold the upload: its bytes are there, and it writes them to disk.
    while (
        sent := httpx.patch(address, content=content[start:], headers=headers)
    ).status_code == 423:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert sent.status_code == 204, sent.text
    check_stored(server, content)


def check_stored(server: LiveServer, content: bytes) -> None:
    """Check that the bytes are stored."""
    stored = server.folder / "files" / path_of(sha256(content).hexdigest())
    assert stored.read_bytes() == content


def test_bytes_before_the_connection_breaks_are_stored(server: LiveServer) -> None:
    content = photograph()
    address = begin_upload(server, content)
    connection = send_partly(server, address, content, 3_000_000)
    time.sleep(0.3)
    connection.close()
    deadline = time.monotonic() + 10
    while offset(address) == 0 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert offset(address) == 3_000_000
    finish(server, address, content, 3_000_000)


def test_concurrent_patch_and_head_requests(server: LiveServer) -> None:
    content = photograph()
    address = begin_upload(server, content)
    headers = {**BYTES, "Upload-Offset": "0"}

    def send(_number: int) -> int:
        return httpx.patch(address, content=content, headers=headers, timeout=60).status_code

    def read_offset(_number: int) -> int:
        return httpx.head(address, headers=TUS, timeout=60).status_code

    with ThreadPoolExecutor(12) as pool:
        patches, heads = pool.map(send, range(6)), pool.map(read_offset, range(60))
        patch_statuses, head_statuses = sorted(patches), set(heads)
    # A PATCH completes the upload, or a HEAD that finds all bytes.
    assert patch_statuses[0] == 204 or 200 in head_statuses
    assert set(patch_statuses[1:]) <= {404, 409, 423}
    assert head_statuses <= {200, 404, 423}
    check_stored(server, content)


def test_acknowledged_bytes_survive_sigkill(server: LiveServer) -> None:
    content = photograph()
    address = begin_upload(server, content)
    first = {**BYTES, "Upload-Offset": "0"}
    assert httpx.patch(address, content=content[:2_000_000], headers=first).status_code == 204
    with send_partly(server, address, content, 1_000_000):
        server.kill()
    server.start()
    start = offset(address)
    assert start == 2_000_000
    finish(server, address, content, start)


def test_head_completes_a_full_file_after_a_crash(server: LiveServer) -> None:
    content = photograph()
    address = begin_upload(server, content)
    guid = UUID(address.rsplit("/", 1)[1])
    (server.folder / "uploads").mkdir(exist_ok=True)
    (server.folder / "uploads" / guid.hex).write_bytes(content)
    transaction = uuid4()
    response = httpx.head(address, headers={**TUS, "X-Tus-Transaction-Id": str(transaction)})
    assert response.headers["Upload-Offset"] == str(len(content))
    with sqlite3.connect(server.folder / "houston.sqlite") as database:
        (row,) = database.execute("SELECT transaction_guid FROM upload WHERE finished IS NOT NULL")
    assert UUID(row[0]) == transaction
    assert httpx.head(address, headers=TUS).status_code == 200
    check_stored(server, content)

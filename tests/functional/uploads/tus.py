"""Requests of the tus protocol."""

import hashlib
from base64 import b64encode
from typing import Any

from webtest import TestResponse

from tests.clients_of_roles import Client

TUS = "/api/v1/tus"
VERSION = {"Tus-Resumable": "1.0.0"}
BYTES = {"Content-Type": "application/offset+octet-stream"}


def metadata(filename: str) -> str:
    return f"filename {b64encode(filename.encode()).decode()}"


def checksum(content: bytes, algorithm: str = "sha256") -> dict[str, str]:
    digest = hashlib.new(algorithm, content).digest()
    return {"Upload-Checksum": f"{algorithm} {b64encode(digest).decode()}"}


def create(
    client: Client,
    size: int,
    name: str = "zebra.jpg",
    *,
    transaction: Any = None,
    body: bytes = b"",
    **headers: str,
) -> TestResponse:
    """Create an upload, optionally with its first bytes."""
    sent = {**VERSION, "Upload-Length": str(size), "Upload-Metadata": metadata(name)}
    if transaction is not None:
        sent["X-Tus-Transaction-Id"] = str(transaction)
    if body:
        sent |= BYTES
    return client.post(TUS, body, headers={**sent, **headers})


def address_of(created: TestResponse) -> str:
    """Return the address of a created upload."""
    assert created.status_int == 201, created.body
    location: str = created.headers["Location"]
    return location.removeprefix("http://localhost")


def write(
    client: Client, address: str, offset: int, content: bytes, **headers: str
) -> TestResponse:
    """Append bytes."""
    return client.patch(
        address, content, headers={**VERSION, **BYTES, "Upload-Offset": str(offset), **headers}
    )


def head(client: Client, address: str) -> TestResponse:
    """Read the offset."""
    return client.head(address, headers=VERSION)


def upload(client: Client, content: bytes, name: str, transaction: Any = None) -> TestResponse:
    """Upload a file; return the last response."""
    address = address_of(create(client, len(content), name, transaction=transaction))
    return write(client, address, 0, content)

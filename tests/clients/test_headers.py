"""Headers as clients receive them: a WSGI server adds and replaces some."""

from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from uuid import uuid4

import httpx
import pytest
from tusclient.client import TusClient

from tests.live import ROOT, LiveServer

PICTURE = ROOT / "examples/photographs/zebra-left.jpg"
PAGES = (
    "/heartbeat",
    "/metrics",
    "/api/v1/",
    "/api/v1/swagger.json",
    "/api/v1/docs/swagger-ui-bundle.js",
    "/api/v1/site-settings/data",
    "/api/v1/nothing",
)


@pytest.fixture(scope="module")
def logo(server: LiveServer) -> str:
    """Return the address of a picture of the site."""
    transaction, root = str(uuid4()), server.sign_in("root", "q")
    headers = {**root, "x-tus-transaction-id": transaction}
    client = TusClient(f"{server.url}/api/v1/tus", headers=headers)
    with PICTURE.open("rb") as stream:
        client.uploader(file_stream=stream, metadata={"filename": PICTURE.name}).upload()
    settings = f"{server.url}/api/v1/site-settings/data"
    body = {"value": {"transactionId": transaction, "transactionPath": PICTURE.name}}
    httpx.post(f"{settings}/logo", json=body, headers=root).raise_for_status()
    address: str = httpx.get(settings).json()["site.images"]["logo"]
    return address


@pytest.fixture
def connection(server: LiveServer) -> Iterator[HTTPConnection]:
    connection = HTTPConnection("127.0.0.1", server.port)
    yield connection
    connection.close()


def check_length(connection: HTTPConnection, method: str, path: str, **headers: str) -> bytes:
    """Check that the length of a response is told, and that its connection stays open."""
    connection.request(method, path, headers={name.title(): headers[name] for name in headers})
    used = connection.sock
    response: HTTPResponse = connection.getresponse()
    body = response.read()
    assert response.headers["Transfer-Encoding"] is None
    assert response.headers["Connection"] is None
    length = int(response.headers["Content-Length"])
    assert length == len(body) or (method == "HEAD" and length and not body)
    assert connection.sock is used
    return body


@pytest.mark.parametrize("path", PAGES)
def test_pages_have_their_length(connection: HTTPConnection, path: str) -> None:
    for method in ("GET", "HEAD", "GET"):
        check_length(connection, method, path)


def test_files_have_their_length(connection: HTTPConnection, logo: str) -> None:
    content = PICTURE.read_bytes()
    assert check_length(connection, "GET", logo) == content
    assert check_length(connection, "HEAD", logo) == b""
    assert check_length(connection, "GET", logo, range="bytes=10-99") == content[10:100]
    assert check_length(connection, "GET", logo, range="bytes=999999999-")
    assert check_length(connection, "GET", logo) == content


def test_connections_stay_open_after_responses_without_a_body(
    connection: HTTPConnection, logo: str
) -> None:
    connection.connect()
    used = connection.sock
    for path in (logo, "/api/v1/site-settings/data", "/api/v1/swagger.json"):
        connection.request("GET", path)
        first = connection.getresponse()
        first.read()
        connection.request("GET", path, headers={"If-None-Match": first.headers["ETag"]})
        assert ended(connection.getresponse()) == (304, None)
        connection.request("OPTIONS", "/api/v1/users")
        assert ended(connection.getresponse()) == (204, None)
    assert connection.sock is used
    connection.request("OPTIONS", "/api/v1/users", headers={"Connection": "close"})
    assert ended(connection.getresponse()) == (204, "close")


def ended(response: HTTPResponse) -> tuple[int, str | None]:
    """Return the status of a response without a body, and whether its connection is closed."""
    assert response.read() == b""
    assert response.headers["Transfer-Encoding"] is None
    return response.status, response.headers["Connection"]

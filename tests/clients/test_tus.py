"""Uploads by public clients: tuspy, and tus-js-client, which Uppy uses."""

import os
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from PIL import Image
from tusclient.client import TusClient

from houston.core.storage import path_of
from tests.commands import run
from tests.conftest import ROOT
from tests.live import LiveServer

SCRIPT = ROOT / "tests/clients/upload.js"
TUS_JS_CLIENT = "tus-js-client@2.3.0"


@pytest.fixture(scope="module")
def node_modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with tus-js-client."""
    folder = tmp_path_factory.mktemp("node")
    run("npm", "install", "--silent", "--no-audit", "--no-fund", TUS_JS_CLIENT, folder=folder)
    return folder / "node_modules"


@pytest.fixture
def photograph(tmp_path: Path) -> Path:
    """Return a unique JPEG of the given size."""
    file = BytesIO()
    Image.new("RGB", (320, 240), "green").save(file, "JPEG")
    path = tmp_path / "zebra.jpg"
    path.write_bytes(file.getvalue() + os.urandom(300_000))
    return path


def check_stored(server: LiveServer, photograph: Path, address: str) -> None:
    """Check that the bytes are stored, and that the upload is finished."""
    content = photograph.read_bytes()
    stored = server.folder / "files" / path_of(sha256(content).hexdigest())
    assert stored.read_bytes() == content
    response = httpx.head(httpx.URL(server.url).join(address), headers={"Tus-Resumable": "1.0.0"})
    assert response.status_code == 200
    assert response.headers["Upload-Offset"] == str(len(content))


def tuspy(server: LiveServer, photograph: Path, **options: Any) -> Any:
    client = TusClient(f"{server.url}/api/v1/tus", headers={"x-tus-transaction-id": str(uuid4())})
    stream = BytesIO(photograph.read_bytes())  # with a path, tuspy would not close the file
    return client.uploader(file_stream=stream, metadata={"filename": "zebra.jpg"}, **options)


@pytest.mark.parametrize("options", [{}, {"chunk_size": 64_000}, {"upload_checksum": True}])
def test_tuspy(server: LiveServer, photograph: Path, options: dict[str, Any]) -> None:
    uploader = tuspy(server, photograph, **options)
    uploader.upload()
    check_stored(server, photograph, uploader.url)


def test_tuspy_resumes_after_a_restart(server: LiveServer, photograph: Path) -> None:
    uploader = tuspy(server, photograph, chunk_size=64_000)
    uploader.upload_chunk()
    server.kill()
    server.start()
    again = tuspy(server, photograph, chunk_size=64_000, url=uploader.url)
    assert again.offset == 64_000
    again.upload()
    check_stored(server, photograph, uploader.url)


@pytest.mark.parametrize("arguments", [[], ["64000"], ["64000", "128000"]])
def test_tus_js_client(
    server: LiveServer, node_modules: Path, photograph: Path, arguments: list[str]
) -> None:
    command = [str(SCRIPT), f"{server.url}/api/v1/tus", str(photograph), str(uuid4()), *arguments]
    address = run("node", *command, NODE_PATH=str(node_modules)).strip()
    check_stored(server, photograph, address)

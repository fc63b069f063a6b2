"""The server that clients call."""

from collections.abc import Iterator

import pytest

from tests.live import LiveServer, live_server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """Run a server with the example data."""
    with live_server(tmp_path_factory.mktemp("server")) as server:
        yield server

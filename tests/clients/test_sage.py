"""A server and a stand-in for Sage that exchange requests over real sockets."""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from houston.modules.image_analysis.catalogue import load_catalogue
from houston.modules.image_analysis.sage import Sage, make_sage
from tests.commands import run
from tests.live import SECRET, LiveServer, live_server
from tests.stand_ins.sage import StandInSage

SOMEWHERE = "/api/v1/teams"
"""With a token, the response to a POST to this address is 422, because a title is missing."""


@pytest.fixture
def sage() -> Iterator[StandInSage]:
    with StandInSage() as sage:
        yield sage


@pytest.fixture
def analyst(sage: StandInSage) -> Iterator[Sage]:
    analyst = make_sage(sage.setting, load_catalogue(None))
    yield analyst
    analyst.close()


@pytest.fixture
def server(tmp_path: Path, sage: StandInSage) -> Iterator[LiveServer]:
    with live_server(tmp_path, HOUSTON_IMAGE_ANALYSIS_URL=sage.setting) as server:
        yield server


def detect(analyst: Sage, address: str) -> str:
    job = uuid4()
    image = analyst.add_image(BytesIO(b"a zebra"), "image/jpeg")
    analyst.detect(job, "african_terrestrial", [image], address)
    return str(job)


def test_callbacks_are_authenticated(sage: StandInSage, analyst: Sage, server: LiveServer) -> None:
    address = f"{server.url}{SOMEWHERE}"
    first = detect(analyst, address)
    sage.wait_for_callbacks()
    sage.callback_client = ("documentation", SECRET)
    second = detect(analyst, address)
    sage.wait_for_callbacks()
    assert sage.called_back == [(address, 401), (address, 422)]
    response = httpx.get(f"{server.url}/api/v1/sage/jobs", headers=server.sign_in("user", "w"))
    assert list(response.json()) == [first, second]


def test_commands_create_the_machine_account(
    sage: StandInSage, analyst: Sage, server: LiveServer
) -> None:
    houston = (sys.executable, "-m", "houston.scripts")
    database = {
        "HOUSTON_INI": "development.ini",
        "HOUSTON_DATABASE_URL": f"sqlite:///{server.folder}/houston.sqlite",
    }
    run(*houston, "app.users.create-machine-account", "sage@example.org", **database)
    making = ("app.users.create-oauth2-client", "sage@example.org", "--scopes", "teams:write")
    printed = dict(line.split(": ") for line in run(*houston, *making, **database).splitlines())
    sage.callback_client = (printed["client_id"], printed["client_secret"])
    address = f"{server.url}{SOMEWHERE}"
    detect(analyst, address)
    sage.wait_for_callbacks()
    assert sage.called_back == [(address, 422)]


def test_callback_to_a_closed_port(sage: StandInSage, analyst: Sage) -> None:
    detect(analyst, "http://127.0.0.1:9/")
    sage.wait_for_callbacks()
    assert sage.called_back == [("http://127.0.0.1:9/", 0)]

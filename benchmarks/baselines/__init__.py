"""Minimal applications with the responses of Houston, in three frameworks."""

import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from benchmarks.database import DATABASE_VARIABLE
from benchmarks.results import FASTAPI, FASTAPI_UVLOOP, FLASK, PYRAMID
from benchmarks.servers import Launch

DOCUMENT_VARIABLE = "BENCHMARK_DOCUMENT"
"""The environment variable that holds the path of the file for the bare static view."""

PYRAMID_FACTORY = "benchmarks.baselines.pyramid_app:make_app"


def launches(database: Path, document: Path) -> Iterator[Launch]:
    """Yield the launch of each baseline, by waitress or uvicorn, on the database of Houston.

    FastAPI runs with the defaults of ``pip install uvicorn``, and a second time with the compiled
    loop and parser if they are installed.
    """
    environment = {DATABASE_VARIABLE: str(database), DOCUMENT_VARIABLE: str(document)}
    waitress = [sys.executable, "-m", "benchmarks.baselines.waitress_server"]
    uvicorn = [sys.executable, "-m", "uvicorn", "--factory", "--port={port}"]
    quiet = ["--log-level=warning", "--no-access-log"]
    fastapi = [*uvicorn, *quiet, "benchmarks.baselines.fastapi_app:make_app"]
    flask = "benchmarks.baselines.flask_app:make_app"
    yield Launch(PYRAMID, [*waitress, PYRAMID_FACTORY, "{port}"], environment)
    yield Launch(FLASK, [*waitress, flask, "{port}"], environment)
    yield Launch(FASTAPI, [*fastapi, "--http=h11", "--loop=asyncio"], environment)
    if find_spec("uvloop") and find_spec("httptools"):
        compiled = ["--http=httptools", "--loop=uvloop"]
        yield Launch(FASTAPI_UVLOOP, [*fastapi, *compiled], environment)

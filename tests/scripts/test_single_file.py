"""The example in a single file serves and documents its API, and can be restarted."""

import runpy
from pathlib import Path
from typing import Any

import pytest
import waitress
from webtest import TestApp

from houston.core.db.session import Database
from houston.core.services import services_of
from tests.conftest import ROOT

EXAMPLE = ROOT / "examples/single_file.py"


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TestApp:
    """Run the example twice in an empty folder; return the application of the second run."""
    served: list[Any] = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(waitress, "serve", lambda app, **_options: served.append(app))
    for _ in range(2):  # the second run finds the rows of the first
        runpy.run_path(str(EXAMPLE), run_name="__main__")
    for app in served[:-1]:
        services_of(app)[Database].engine.dispose()
    return TestApp(served[-1])


def test_users_are_listed_and_read(example: TestApp) -> None:
    rows = [{"id": 1, "name": "user1"}, {"id": 2, "name": "user2"}]
    assert example.get("/api/v1/users/").json == rows
    assert example.get("/api/v1/users/2").json == rows[1]
    assert example.get("/api/v1/users/3", status=404).json["status"] == 404


def test_it_has_documentation(example: TestApp) -> None:
    assert "/users/{user}" in example.get("/api/v1/swagger.json").json["paths"]
    assert "swagger-ui" in example.get("/api/v1/").text


def test_it_stays_short() -> None:
    assert len(EXAMPLE.read_text().splitlines()) < 80

"""Log lines, for people and for programs."""

import json
import logging
from collections.abc import Iterator
from uuid import UUID

import pytest

from houston.core.logs import configure_logging
from houston.core.settings import Settings

log = logging.getLogger("houston.test")


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    # A forced configuration closes the handlers that it replaces, and those are pytest's.
    root.handlers = []
    yield
    root.handlers = handlers
    root.setLevel(level)


def configure(log_format: str, level: str = "INFO") -> None:
    ini = {
        "houston.environment": "testing",
        "houston.database.url": "sqlite:///houston.sqlite",
        "houston.log.format": log_format,
        "houston.log.level": level,
    }
    configure_logging(Settings.load(ini, {}))


def test_a_line_of_json_carries_the_extra_fields(capsys: pytest.CaptureFixture[str]) -> None:
    configure("json")
    log.info("found %s", "zebra\n", extra={"user": UUID(int=1), "milliseconds": 2.5})
    line = json.loads(capsys.readouterr().err)
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "INFO",
        "logger": "houston.test",
        "message": "found zebra\n",
        "user": "00000000-0000-0000-0000-000000000001",
        "milliseconds": 2.5,
    }


def test_an_exception_stays_on_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure("json")
    try:
        raise LookupError("no such \ud800 zebra")
    except LookupError:
        log.exception("lost")
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert "LookupError: no such \ud800 zebra" in json.loads(lines[0])["exception"]


def test_a_line_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    configure("console")
    log.warning("careful")
    assert capsys.readouterr().err.endswith("WARNING houston.test: careful\n")


def test_what_is_less_severe_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    configure("console", "WARNING")
    log.info("chatter")
    assert capsys.readouterr().err == ""

"""Log lines, for people and for programs."""

import json
import logging
from collections.abc import Iterator
from uuid import UUID

import pytest

from houston.core import logs
from houston.core.logs import AccessLog, configure_logging
from houston.core.settings import Settings

log = logging.getLogger("houston.test")


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    # A forced configuration closes the handlers that it replaces, and those are pytest's.
    root.handlers = []
    collected = (logging.logThreads, logging.logProcesses, logging._srcfile)
    yield
    logs._direct = None
    logging.logThreads, logging.logProcesses, logging._srcfile = collected
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


def written(capsys: pytest.CaptureFixture[str]) -> str:
    for handler in logging.getLogger().handlers:
        handler.flush()
    return capsys.readouterr().err


def test_a_line_of_json_carries_the_extra_fields(capsys: pytest.CaptureFixture[str]) -> None:
    configure("json")
    log.info("found %s", "zebra\n", extra={"user": UUID(int=1), "milliseconds": 2.5})
    line = json.loads(written(capsys))
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
    lines = written(capsys).splitlines()
    assert len(lines) == 1
    assert "LookupError: no such \ud800 zebra" in json.loads(lines[0])["exception"]


def test_severe_line_takes_those_before_it_along(capsys: pytest.CaptureFixture[str]) -> None:
    configure("json")
    log.info("first")
    assert capsys.readouterr().err == ""
    log.warning("second")
    lines = capsys.readouterr().err.splitlines()
    assert [json.loads(line)["message"] for line in lines] == ["first", "second"]


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_requests_are_logged(capsys: pytest.CaptureFixture[str], log_format: str) -> None:
    configure(log_format)
    AccessLog().write("GET /herds 200", {"status": 200, "user": UUID(int=1)})
    text = written(capsys)
    assert "GET /herds 200" in text
    if log_format == "json":
        line = json.loads(text)
        assert line["logger"] == "houston.access"
        assert (line["status"], line["user"]) == (200, str(UUID(int=1)))


def test_requests_are_not_logged_where_only_warnings_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure("json", "WARNING")
    AccessLog().write("GET /herds 200", {})
    assert written(capsys) == ""


def test_a_line_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    configure("console")
    log.warning("careful")
    assert written(capsys).endswith("WARNING houston.test: careful\n")


def test_what_is_less_severe_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    configure("console", "WARNING")
    log.info("chatter")
    assert written(capsys) == ""

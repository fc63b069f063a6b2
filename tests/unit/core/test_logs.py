"""Log lines, for people and for programs."""

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from subprocess import PIPE
from uuid import UUID

import pytest

from houston.core import logs
from houston.core.logs import configure_logging
from houston.core.settings import Settings
from tests.live import ROOT
from tests.waiting import wait_until

log = logging.getLogger("houston.test")


class FullDisk(StringIO):
    def write(self, _text: str) -> int:
        raise OSError("no space left on device")


@pytest.fixture(autouse=True)
def _restored(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(logs, "BATCH_SECONDS", 1000)
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    # A forced configuration closes the handlers that it replaces, which belong to pytest.
    root.handlers = []
    collected = (logging.logThreads, logging.logProcesses)
    yield
    for handler in root.handlers:
        handler.close()
    logging.logThreads, logging.logProcesses = collected
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


def test_severe_line_flushes_the_buffer(capsys: pytest.CaptureFixture[str]) -> None:
    configure("json")
    log.info("first")
    assert capsys.readouterr().err == ""
    log.warning("second")
    lines = capsys.readouterr().err.splitlines()
    assert [json.loads(line)["message"] for line in lines] == ["first", "second"]


def test_lines_are_written_after_a_delay(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "BATCH_SECONDS", 0.01)
    configure("console")
    log.info("patience")
    wait_until(lambda: "patience" in capsys.readouterr().err)


def test_full_buffer_is_written_immediately(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "BATCH_LINES", 3)
    configure("console")
    for number in range(3):
        log.info("line %d", number)
    assert capsys.readouterr().err.count("line") == 3


def test_lines_are_written_at_the_end_of_the_process() -> None:
    program = """
import logging
from houston.core.logs import configure_logging
from houston.core.settings import Settings
ini = {"houston.environment": "testing", "houston.database.url": "sqlite:///houston.sqlite"}
configure_logging(Settings.load(ini, {}))
logging.info("the last word")
"""
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, stderr=PIPE)
    assert b"the last word" in ended.stderr


def test_format_error_loses_no_other_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure("console")
    log.info("first")
    log.info("%d zebras", "many")
    log.info("last")
    text = written(capsys)
    assert "INFO    houston.test: first\n" in text
    assert "INFO    houston.test: last\n" in text
    assert "Logging error" in text


def test_stream_errors_do_not_reach_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", FullDisk())
    configure("console")
    log.warning("nobody reads this")


def test_a_line_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    configure("console")
    log.warning("careful")
    assert written(capsys).endswith("WARNING houston.test: careful\n")


def test_less_severe_lines_are_omitted(capsys: pytest.CaptureFixture[str]) -> None:
    configure("console", "WARNING")
    log.info("chatter")
    assert written(capsys) == ""

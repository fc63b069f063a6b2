"""How log lines are written, on standard error: short lines for people, or JSON for programs.

A line for each request is dear when each is a write of its own: the write lets another thread run,
and the request waits for its turn. Lines are therefore written together, up to a quarter of a
second later; a warning, or what is worse, takes those before it along at once.
"""

import json
import logging
import sys
from collections import deque
from datetime import datetime, timezone
from threading import Lock, Thread
from time import sleep
from typing import Any, TextIO

import orjson

from houston.core.settings import Settings

CONSOLE = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
USUAL = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
FLUSH_SECONDS = 0.25

QUIET = {
    "huey": logging.WARNING,  # a message for each job is no news
    "waitress.queue": logging.ERROR,  # under load, every request waits for a thread for a moment
}


class JsonFormatter(logging.Formatter):
    """One object a line: when, how severe, who says what, and the `extra` of the call."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON; what JSON cannot say is said by `str`."""
        line = {
            "time": _iso(datetime.fromtimestamp(record.created, timezone.utc)),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line.update((name, value) for name, value in vars(record).items() if name not in USUAL)
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        try:
            return orjson.dumps(line, default=str).decode()
        except TypeError:  # half a character, or a number beyond 64 bits
            return json.dumps(line, default=str)


class BatchHandler(logging.Handler):
    """Writes lines together, from a thread of its own; severe ones at once."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._stream = stream
        self._lines: deque[str] = deque()
        self._writing = Lock()
        Thread(target=self._write_now_and_then, name="log", daemon=True).start()

    def write(self, line: str) -> None:
        """Keep a line that somebody else has formatted for the next writing."""
        self._lines.append(line)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the line for the next writing, which is now for a severe one."""
        self._lines.append(self.format(record) + "\n")
        if record.levelno >= logging.WARNING:
            self.flush()

    def flush(self) -> None:
        """Write all lines there are; the end of the process calls it, too."""
        with self._writing:
            lines = [self._lines.popleft() for _ in range(len(self._lines))]
            if lines:
                self._stream.write("".join(lines))
                self._stream.flush()

    def _write_now_and_then(self) -> None:
        while True:
            sleep(FLUSH_SECONDS)
            self.flush()


class AccessLog:
    """The line of each request, as the logger `houston.access` would write it.

    While our own handler writes JSON, the line is made for it directly: with a record, handlers and
    a formatter, it would cost more than everything else around a request.
    """

    def __init__(self) -> None:
        self._logger = logging.getLogger("houston.access")

    def write(self, message: str, fields: dict[str, Any]) -> None:
        """Log what has been asked and answered, with the fields of the line."""
        if not self._logger.isEnabledFor(logging.INFO):
            return
        if _direct is None:
            self._logger.info(message, extra=fields)
            return
        head = {
            "time": _iso(datetime.now(timezone.utc)),
            "level": "INFO",
            "logger": self._logger.name,
            "message": message,
        }
        _direct.write(orjson.dumps({**head, **fields}, option=orjson.OPT_APPEND_NEWLINE).decode())


_direct: BatchHandler | None = None
"""Our own handler, while it writes JSON."""


def configure_logging(settings: Settings) -> None:
    """Log as `houston.log.format` and `houston.log.level` say, for the whole process.

    Whoever serves or works calls this, after `pserve` has set up its own; a shell and the tests
    keep what they have.
    """
    global _direct
    handler = BatchHandler(sys.stderr)
    as_json = settings["houston.log.format"] == "json"
    _direct = handler if as_json else None
    handler.setFormatter(JsonFormatter() if as_json else logging.Formatter(CONSOLE))
    logging.basicConfig(handlers=[handler], level=settings["houston.log.level"], force=True)
    for name, level in QUIET.items():
        logging.getLogger(name).setLevel(level)
    _collect_no_more_than_is_shown()


def _iso(when: datetime) -> str:
    return when.isoformat(timespec="milliseconds")


def _collect_no_more_than_is_shown() -> None:
    """Threads, processes and lines of code are in no line (the logging how-to's "Optimization")."""
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging._srcfile = None

"""Log lines on standard error: short ones for people, or JSON for programs.

While a thread writes, another one runs and delays its request. Lines are therefore written in
batches (docs/decisions/0009).
"""

import json
import logging
import sys
from datetime import datetime, timezone
from logging.handlers import MemoryHandler
from threading import Event, Thread
from typing import Any, TextIO

import orjson

from houston.core.settings import Settings

CONSOLE = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
USUAL = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
"""The attributes of a record that are not the `extra` of the call."""

BATCH_LINES = 1000
BATCH_SECONDS = 0.25

QUIET = {
    "huey": logging.WARNING,  # it logs each job
    "waitress.queue": logging.ERROR,  # under load, each request waits for a thread for a moment
}


class JsonFormatter(logging.Formatter):
    """Formats a record as one JSON object: time, level, logger, message and the `extra` fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as JSON; values of other types are written by `str`."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, timezone.utc),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        for name, value in vars(record).items():
            if name not in USUAL:
                line[name] = value
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        try:
            return orjson.dumps(line, default=str).decode()
        except TypeError:  # a lone surrogate, or a number beyond 64 bits
            return json.dumps({**line, "time": line["time"].isoformat()}, default=str)


class BatchHandler(MemoryHandler):
    """Writes the lines of a quarter of a second together, and warnings and errors at once.

    `logging` flushes it at the end of the process.
    """

    def __init__(self, stream: TextIO) -> None:
        super().__init__(BATCH_LINES, flushLevel=logging.WARNING)
        self._stream = stream
        self._stopped = Event()  # `_closed` is an attribute of the library
        Thread(target=self._flush_regularly, name="log", daemon=True).start()

    def flush(self) -> None:
        """Write the buffered lines by one call; errors go to `logging.Handler.handleError`."""
        self.acquire()
        try:
            records, self.buffer = self.buffer, []
            if records:
                self._write("".join(self._line(record) for record in records), records[-1])
        finally:
            self.release()

    def close(self) -> None:
        """Write the rest and end the thread."""
        self._stopped.set()
        super().close()

    def _line(self, record: logging.LogRecord) -> str:
        try:
            return f"{self.format(record)}\n"
        except Exception:  # Its arguments do not fit the message; the other lines are written.
            self.handleError(record)
            return ""

    def _write(self, lines: str, last: logging.LogRecord) -> None:
        try:
            self._stream.write(lines)
            self._stream.flush()
        except Exception:  # A full disk does not make requests fail.
            self.handleError(last)

    def _flush_regularly(self) -> None:
        while not self._stopped.wait(BATCH_SECONDS):
            self.flush()


def configure_logging(settings: Settings) -> None:
    """Configure the logging of a server or a worker, after `pserve` has configured it itself."""
    handler = BatchHandler(sys.stderr)
    as_json = settings["houston.log.format"] == "json"
    handler.setFormatter(JsonFormatter() if as_json else logging.Formatter(CONSOLE))
    logging.basicConfig(handlers=[handler], level=settings["houston.log.level"], force=True)
    for name, level in QUIET.items():
        logging.getLogger(name).setLevel(level)
    # No line has threads and processes ("Optimization" in the logging how-to).
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False

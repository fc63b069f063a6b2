"""How log lines are written, on standard error: short lines for people, or JSON for programs."""

import json
import logging
from datetime import datetime, timezone

from houston.core.settings import Settings

CONSOLE = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
USUAL = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}

# A ring of the doorbell is no news.
QUIET = ("huey",)


class JsonFormatter(logging.Formatter):
    """One object a line: when, how severe, who says what, and the `extra` of the call."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON; what JSON cannot say is said by `str`."""
        when = datetime.fromtimestamp(record.created, timezone.utc)
        line = {
            "time": when.isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line.update((name, value) for name, value in vars(record).items() if name not in USUAL)
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def configure_logging(settings: Settings) -> None:
    """Log as `houston.log.format` and `houston.log.level` say, for the whole process.

    Whoever serves or works calls this, after `pserve` has set up its own; a shell and the tests
    keep what they have.
    """
    handler = logging.StreamHandler()
    as_json = settings["houston.log.format"] == "json"
    handler.setFormatter(JsonFormatter() if as_json else logging.Formatter(CONSOLE))
    logging.basicConfig(handlers=[handler], level=settings["houston.log.level"], force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)

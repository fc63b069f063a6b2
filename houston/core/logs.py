"""How log lines are written: JSON for machines, or short lines for people.

An ini file with sections of its own for logging has the last word: nothing is set up then.
"""

import logging
from logging.config import dictConfig
from typing import Any

from houston.core.settings import Settings

FORMATS: dict[str, dict[str, Any]] = {
    "json": {
        "()": "pythonjsonlogger.json.JsonFormatter",
        "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s",
        "rename_fields": {"asctime": "time", "levelname": "level", "name": "logger"},
    },
    "console": {"format": "%(asctime)s %(levelname)-7s %(name)s: %(message)s"},
}

# A ring of the doorbell is no news, and neither is a migration that is in place already.
QUIET = ("huey", "alembic")


def includeme(config: Any) -> None:
    """Send the lines of this process to standard error, in the format of the settings."""
    settings: Settings = config.registry["houston.settings"]
    if logging.getLogger().handlers:
        return
    dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"lines": FORMATS[settings["houston.log.format"]]},
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
            "root": {"level": settings["houston.log.level"], "handlers": ["stderr"]},
            "loggers": {name: {"level": "WARNING"} for name in QUIET},
        }
    )

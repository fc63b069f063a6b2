"""Sessions of the baselines on the SQLite file, with the pragmas of Houston's engine."""

import os
import sqlite3
from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.orm import Session, sessionmaker

DATABASE_VARIABLE = "BENCHMARK_DATABASE"
"""The environment variable that holds the path of the SQLite file."""

PRAGMAS = (
    "PRAGMA busy_timeout = 20000",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
)


def session_factory() -> sessionmaker[Session]:
    """Return a session factory with a pool that is large enough for all threads of a server.

    Raises:
        KeyError: The environment names no database.
    """
    engine = create_engine(f"sqlite:///{os.environ[DATABASE_VARIABLE]}", pool_size=40)
    event.listen(engine, "connect", _set_pragmas)
    return sessionmaker(engine)


def _set_pragmas(connection: sqlite3.Connection, _record: Any) -> None:
    for pragma in PRAGMAS:
        connection.execute(pragma)

"""Engines for SQLite and PostgreSQL with the same behaviour.

The standard SQLite driver begins transactions late and only for some statements. Here the driver is
in autocommit mode, and `begin` begins each transaction that writes. It takes the write lock at its
start: a reading transaction that becomes a writing one fails at once if there is another writer,
whatever the busy timeout is. Each statement of a session that only reads has its own snapshot, as
on PostgreSQL.
"""

import math
from functools import partial
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from houston.core.db.texts import find_indexes

BEGIN = "BEGIN IMMEDIATE"
SQLITE_PRAGMAS = (
    "PRAGMA busy_timeout = 20000",  # milliseconds
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
)


def make_engine(url: str, *, pool_size: int = 10) -> Engine:
    """An engine for `url`; `writing(engine)` is the same pool for transactions that write."""
    is_file = make_url(url).get_backend_name() == "sqlite"
    options = {"max_overflow": pool_size, "pool_pre_ping": not is_file, "hide_parameters": True}
    engine = create_engine(url, pool_size=pool_size, **options)
    if is_file:
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "connect", partial(find_indexes, engine.dialect))
    else:
        event.listen(engine, "connect", _without_compiler)
    return engine


def writing(engine: Engine) -> Engine:
    """The same engine and pool for transactions that may write."""
    return engine.execution_options(houston_writes=True)


def begin(connection: Connection) -> None:
    """Begin the writing transaction of a connection, if the driver does not begin it by itself.

    It is called by sessions, and raises SQLAlchemy's `OperationalError` if the lock is not free in
    time. An engine with a listener to its event `begin` sends further events
    with each statement, which takes a tenth of the instructions of a small request.
    """
    writes = connection.get_execution_options().get("houston_writes")
    if not writes or connection.dialect.name != "sqlite":
        return
    driver_connection: Any = connection.connection.driver_connection
    if not driver_connection.in_transaction:
        try:
            driver_connection.execute(BEGIN)
        except connection.dialect.loaded_dbapi.OperationalError as error:
            raise OperationalError(BEGIN, None, error) from error


def _prepare(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in SQLITE_PRAGMAS:
        connection.execute(pragma)
    # Some builds of SQLite have no mathematical functions.
    connection.create_function("cos", 1, _cosine, deterministic=True)


def _without_compiler(connection: Any, _record: Any) -> None:
    """Have PostgreSQL interpret statements: to compile a search takes longer than to run it."""
    connection.execute("SET jit = off")
    connection.commit()


def _cosine(angle: float | None) -> float | None:
    return None if angle is None else math.cos(angle)

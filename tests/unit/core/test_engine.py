"""Engines: the functions that every connection to SQLite has."""

from math import cos
from pathlib import Path

from sqlalchemy import text

from houston.core.db.engine import make_engine


def test_connection_to_sqlite_has_mathematical_functions(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path}/test.sqlite")
    with engine.connect() as connection:
        row = connection.execute(text("SELECT cos(1), cos(:angle), cos(null)"), {"angle": 0.5})
        assert tuple(row.one()) == (cos(1), cos(0.5), None)
    engine.dispose()

"""Engines: the functions that every connection to SQLite has."""

from math import cos
from pathlib import Path

from pyramid.router import Router
from sqlalchemy import text

from houston.core.db.engine import make_engine
from houston.core.db.session import Database
from houston.core.services import services_of


def test_connection_to_sqlite_has_mathematical_functions(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path}/test.sqlite")
    with engine.connect() as connection:
        row = connection.execute(text("SELECT cos(1), cos(:angle), cos(null)"), {"angle": 0.5})
        assert tuple(row.one()) == (cos(1), cos(0.5), None)
    engine.dispose()


def test_statements_of_postgresql_are_not_compiled(app: Router) -> None:
    engine = services_of(app)[Database].engine
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            assert connection.scalar(text("SHOW jit")) == "off"

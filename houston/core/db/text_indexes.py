"""The indexes of the texts that searches look in, made of the declarations of the columns.

PostgreSQL has one of the trigrams of each column, by the extension pg_trgm. SQLite has a table of
FTS5 with those of each table, which triggers keep in step.

They are made after the migrations, and not by one of them: batch migrations of SQLite replace
tables without their triggers, and an extension that is forbidden now may be allowed later.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, MetaData, inspect, text
from sqlalchemy.exc import DBAPIError

from houston.core.db.texts import INDEX, is_searched

log = logging.getLogger(__name__)

EXTENSION = "CREATE EXTENSION IF NOT EXISTS pg_trgm"
OF_POSTGRESQL = text(
    "SELECT indexname FROM pg_indexes"
    " WHERE schemaname = current_schema() AND starts_with(indexname, :beginning)"
)
OF_SQLITE = text(
    "SELECT type, name, sql FROM sqlite_master WHERE name GLOB :beginning || '*'"
    " AND (type = 'trigger' OR name GLOB '*_key' OR sql GLOB 'CREATE VIRTUAL TABLE *')"
)
"""Without the tables in which FTS5 stores an index."""
PARTS = {
    "{index}_key": "CREATE TABLE {index}_key (id INTEGER PRIMARY KEY, guid CHAR(32) UNIQUE)",
    "{index}": "CREATE VIRTUAL TABLE {index} USING fts5({columns},"
    " content='', columnsize=0, detail=column, tokenize='trigram')",
    "{index}_insert": "CREATE TRIGGER {index}_insert AFTER INSERT ON {table}"
    " WHEN {any_new} BEGIN {add} END",
    "{index}_update": "CREATE TRIGGER {index}_update AFTER UPDATE OF {columns} ON {table}"
    " WHEN {any_changed} BEGIN {remove} {add} END",
    "{index}_delete": "CREATE TRIGGER {index}_delete AFTER DELETE ON {table}"
    " WHEN {any_old} BEGIN {remove} END",
}
"""The parts of an index of SQLite. Its rows have numbers: VACUUM may change those of the table."""
ADD = (
    "INSERT INTO {index}_key (guid) SELECT new.guid WHERE {any_new};"
    " INSERT INTO {index} (rowid, {columns}) SELECT id, {new} FROM {index}_key"
    " WHERE guid = new.guid;"
)
REMOVE = (
    "INSERT INTO {index} ({index}, rowid, {columns}) SELECT 'delete', id, {old} FROM {index}_key"
    " WHERE guid = old.guid; DELETE FROM {index}_key WHERE guid = old.guid;"
)
FILL = (
    "INSERT INTO {index}_key (guid) SELECT guid FROM {table} WHERE {any}",
    "INSERT INTO {index} (rowid, {columns}) SELECT id, {columns} FROM {index}_key JOIN {table}"
    " USING (guid)",
)


def make_text_indexes(connection: Connection, metadata: MetaData) -> None:
    """Make the declared indexes, and drop others, in the transaction of a connection.

    A database without trigrams is searched without an index.
    """
    make = _make_in_sqlite if connection.dialect.name == "sqlite" else _make_in_postgresql
    searched = _searched(connection, metadata)
    try:
        with connection.begin_nested():
            make(connection, searched)
    except DBAPIError as error:
        log.warning("Texts are searched without an index: %s", error.orig)


def is_migrated(name: str | None, *_: Any) -> bool:
    """Whether migrations make the object of a name, which is no part of a text index."""
    return name is None or not name.startswith(INDEX)


def _searched(connection: Connection, metadata: MetaData) -> Mapping[str, Sequence[str]]:
    """The names of the columns with an index by those of their tables, as far as they exist."""
    inspector = inspect(connection)
    tables = [
        table
        for table in metadata.tables.values()
        if any(map(is_searched, table.c)) and inspector.has_table(table.name)
    ]
    existing = {
        table: {column["name"] for column in inspector.get_columns(table.name)} for table in tables
    }
    searched = {
        table.name: [each.name for each in table.c if is_searched(each) and each.name in columns]
        for table, columns in existing.items()
    }
    return {table: columns for table, columns in searched.items() if columns}


def _make_in_postgresql(connection: Connection, searched: Mapping[str, Sequence[str]]) -> None:
    wanted = {
        f"{INDEX}{table}_{column}": f'"{table}" USING gin ("{column}" gin_trgm_ops)'
        for table, columns in searched.items()
        for column in columns
    }
    existing = set(connection.scalars(OF_POSTGRESQL, {"beginning": INDEX}))
    for name in existing.difference(wanted):
        connection.execute(text(f"DROP INDEX {name}"))
    connection.execute(text(EXTENSION))
    for name in wanted.keys() - existing:
        connection.execute(text(f"CREATE INDEX {name} ON {wanted[name]}"))


def _make_in_sqlite(connection: Connection, searched: Mapping[str, Sequence[str]]) -> None:
    """Make all indexes anew if a part of any is missing or different."""
    wanted = {
        name: statement
        for table, columns in searched.items()
        for name, statement in _parts(table, columns).items()
    }
    existing = connection.execute(OF_SQLITE, {"beginning": INDEX}).all()
    if {part.name: part.sql for part in existing} == wanted:
        return
    for part in existing:
        connection.execute(text(f"DROP {part.type} {part.name}"))
    for statement in wanted.values():
        connection.exec_driver_sql(statement)
    for table, columns in searched.items():
        for statement in FILL:
            connection.exec_driver_sql(_completed(statement, table, columns))


def _parts(table: str, columns: Sequence[str]) -> Mapping[str, str]:
    """The statements that make an index of SQLite, by the names of its parts."""
    return {
        _completed(name, table, columns): _completed(statement, table, columns)
        for name, statement in PARTS.items()
    }


def _completed(statement: str, table: str, columns: Sequence[str]) -> str:
    def all_of(form: str) -> str:
        return ", ".join(map(form.format, columns))

    def any_of(form: str) -> str:
        return " OR ".join(map(form.format, columns))

    names = {
        "index": f"{INDEX}{table}",
        "table": f'"{table}"',
        "columns": all_of("{}"),
        "old": all_of("old.{}"),
        "new": all_of("new.{}"),
        "any": any_of("{} IS NOT NULL"),
        "any_old": any_of("old.{} IS NOT NULL"),
        "any_new": any_of("new.{} IS NOT NULL"),
        "any_changed": any_of("old.{0} IS NOT new.{0}"),
    }
    changes = {"add": ADD.format(**names), "remove": REMOVE.format(**names)}
    return statement.format(**names, **changes)

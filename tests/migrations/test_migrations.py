"""Migrations can be applied, reverted and applied again, have one head, and match the models."""

from collections.abc import Iterator
from datetime import datetime, timezone
from uuid import uuid4

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import (
    Boolean,
    Connection,
    Engine,
    MetaData,
    Table,
    insert,
    inspect,
    select,
    text,
)

from houston.core.db import migrations, text_indexes
from houston.core.db.engine import make_engine, writing
from houston.core.db.models import Base
from houston.core.db.text_indexes import is_migrated
from houston.core.db.texts import contains
from houston.modules.individuals.models import Individual
from houston.modules.users.models import folded
from tests.conftest import empty_database

INDIVIDUAL = Individual.__table__


@pytest.fixture
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield the address of an empty database."""
    with empty_database(request.config, tmp_path_factory, "migrations") as url:
        yield url


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = make_engine(url)
    yield engine
    engine.dispose()


def tables(engine: Engine) -> set[str]:
    names = set(inspect(engine).get_table_names()) - {"alembic_version"}
    return {name for name in names if is_migrated(name)}


def test_there_is_one_head(url: str) -> None:
    assert len(ScriptDirectory.from_config(migrations.config(url)).get_heads()) == 1


def test_up_down_and_up_again(url: str, engine: Engine) -> None:
    migrations.upgrade(url)
    created = tables(engine)
    assert created == set(Base.metadata.tables)
    command.downgrade(migrations.config(url), "base")
    assert tables(engine) == set()
    migrations.upgrade(url)
    assert tables(engine) == created


def test_head_matches_the_models(url: str, engine: Engine) -> None:
    migrations.upgrade(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_name": is_migrated}
        )
        assert compare_metadata(context, Base.metadata) == []


def test_names_of_accounts_are_moved_into_one_table_and_back(url: str, engine: Engine) -> None:
    migrations.upgrade(url, "0002")
    table = reflected(engine, "user")
    required = {
        column.name: False if isinstance(column.type, Boolean) else ""
        for column in table.c
        if not column.nullable and column.name not in ("id", "created", "updated")
    }
    accounts = [
        ("ada", "Ada@example.org", "secret", False),
        ("later\uff20example.org", "eve@example.org", "secret", False),
        ("late", "later@example.org", "secret", False),
        ("sage", "sage@example.org", "secret", True),
    ]
    now = datetime.now(timezone.utc)
    rows = [
        required
        | {"username": username, "username_folded": folded(username)}
        | {"email": email, "email_folded": folded(email), "password": password}
        | {"guid": uuid4().hex, "created": now, "updated": now, "is_internal": is_internal}
        | {"notification_preferences": {}, "twitter_username": f"@{email}"}
        for username, email, password, is_internal in accounts
    ]
    with engine.begin() as connection:
        connection.execute(table.insert(), rows)
    migrations.upgrade(url, "0003")
    names = reflected(engine, "user_name")
    with engine.connect() as connection:
        moved = set(connection.scalars(select(names.c.name)))
        table = reflected(engine, "user")
        usernames = list(connection.scalars(select(table.c.username).order_by(table.c.id)))
        passwords = list(connection.scalars(select(table.c.password).order_by(table.c.id)))
    own = {"ada", "ada@example.org", "sage", "sage@example.org"}
    assert moved == own | {"eve@example.org", "late", "later@example.org"}
    assert usernames == ["ada", "eve@example.org", "late", "sage"]
    assert passwords == ["secret", "secret", "secret", ""]
    command.downgrade(migrations.config(url), "0002")
    table = reflected(engine, "user")
    with engine.connect() as connection:
        restored = list(connection.scalars(select(table.c.username_folded).order_by(table.c.id)))
    assert restored == usernames


def reflected(engine: Engine, name: str) -> Table:
    """Return a table as it is in the database."""
    return Table(name, MetaData(), autoload_with=engine)


def parts_of_text_indexes(engine: Engine) -> dict[str, str]:
    """Return the parts of the indexes of texts by name, as the database defines them."""
    query = "SELECT name, sql FROM sqlite_master WHERE name GLOB 'text_index_*'"
    if engine.dialect.name == "postgresql":
        query = "SELECT indexname, indexdef FROM pg_indexes WHERE indexname LIKE 'text_index_%'"
    with engine.connect() as connection:
        return dict(connection.execute(text(query)).all())


def add_individual(connection: Connection, comments: str | None) -> None:
    guid, now = uuid4(), datetime.now(timezone.utc)
    values = {"guid": guid, "taxonomy_guid": guid, "created": now, "updated": now}
    connection.execute(insert(INDIVIDUAL), [{**values, "comments": comments, "custom_fields": {}}])


def found(engine: Engine, word: str) -> list[str]:
    condition = contains(INDIVIDUAL.c.comments, word)
    with engine.connect() as connection:
        return list(connection.scalars(select(INDIVIDUAL.c.comments).where(condition)))


def test_text_indexes_are_made_anew_if_a_part_is_missing(url: str, engine: Engine) -> None:
    migrations.upgrade(url)
    made = parts_of_text_indexes(engine)
    on_sqlite = engine.dialect.name == "sqlite"
    lost = "TRIGGER text_index_individual_insert" if on_sqlite else "INDEX text_index_name_value"
    with writing(engine).begin() as connection:
        connection.execute(text(f"DROP {lost}"))
        add_individual(connection, "A foal limps")
        add_individual(connection, None)
    assert parts_of_text_indexes(engine) != made
    migrations.upgrade(url)
    assert parts_of_text_indexes(engine) == made
    assert found(engine, "FOAL") == ["A foal limps"]


def test_tables_that_earlier_migrations_replace_keep_their_texts(url: str, engine: Engine) -> None:
    migrations.upgrade(url)
    with writing(engine).begin() as connection:
        add_individual(connection, "A foal limps")
    command.downgrade(migrations.config(url), "0005")
    assert found(engine, "FOAL") == ["A foal limps"]
    migrations.upgrade(url)
    assert found(engine, "FOAL") == ["A foal limps"]


def test_database_without_trigrams_is_searched(
    url: str, engine: Engine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(text_indexes, "EXTENSION", "CREATE EXTENSION missing")
    table = "CREATE VIRTUAL TABLE {index} USING missing({columns})"
    monkeypatch.setitem(text_indexes.PARTS, "{index}", table)  # type: ignore[arg-type]
    migrations.upgrade(url)
    assert parts_of_text_indexes(engine) == {}
    assert "searched without an index" in caplog.text
    with writing(engine).begin() as connection:
        add_individual(connection, "A foal limps")
    assert found(engine, "FOAL") == ["A foal limps"]

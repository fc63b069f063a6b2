"""Migrations can be applied, reverted and applied again, have one head, and match the models."""

from collections.abc import Iterator
from datetime import datetime, timezone
from uuid import uuid4

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Boolean, Engine, MetaData, Table, inspect, select

from houston.core.db import migrations
from houston.core.db.engine import make_engine
from houston.core.db.models import Base
from houston.core.db.text_indexes import is_migrated
from houston.modules.users.models import folded
from tests.conftest import empty_database


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

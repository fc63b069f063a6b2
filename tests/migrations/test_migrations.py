"""Migrations can be applied, reverted and applied again, have one head, and match the models."""

from collections.abc import Iterator

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect

from houston.core.db import migrations
from houston.core.db.engine import make_engine
from houston.core.db.models import Base
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
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


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
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []

"""Migrations, under the names of the seed."""

from typing import Any

from alembic import command
from alembic.config import Config
from invoke import task

from houston.core.db import migrations
from houston.scripts.application import CONFIG_HELP, database, settings_of


def alembic(config: str | None) -> Config:
    """Alembic's configuration for the database of the ini file."""
    return migrations.config(settings_of(config)["houston.database.url"])


@task(help=CONFIG_HELP)
def upgrade(_context: Any, revision: str = "head", config: str | None = None) -> None:
    """Migrate up."""
    migrations.upgrade(settings_of(config)["houston.database.url"], revision)


@task(help=CONFIG_HELP)
def downgrade(_context: Any, revision: str = "-1", config: str | None = None) -> None:
    """Migrate down."""
    command.downgrade(alembic(config), revision)


@task(help=CONFIG_HELP)
def migrate(_context: Any, message: str = "changes", config: str | None = None) -> None:
    """Write a migration from the difference between the models and the database."""
    write_revision(config, message, autogenerate=True)


@task(help=CONFIG_HELP)
def revision(_context: Any, message: str = "changes", config: str | None = None) -> None:
    """Write an empty migration."""
    write_revision(config, message, autogenerate=False)


def write_revision(config: str | None, message: str, *, autogenerate: bool) -> None:
    """Write a migration under the next number."""
    configured = alembic(config)
    _, name = migrations.head_and_next(configured)
    command.revision(configured, message=message, autogenerate=autogenerate, rev_id=name)


@task(help=CONFIG_HELP)
def merge(_context: Any, revisions: str = "heads", config: str | None = None) -> None:
    """Join two heads."""
    command.merge(alembic(config), revisions)


@task(help=CONFIG_HELP)
def stamp(_context: Any, revision: str = "head", config: str | None = None) -> None:
    """Set the version without migrating."""
    command.stamp(alembic(config), revision)


@task(help=CONFIG_HELP)
def show(_context: Any, revision: str = "head", config: str | None = None) -> None:
    """Print one migration."""
    command.show(alembic(config), revision)


@task(help=CONFIG_HELP)
def history(_context: Any, verbose: bool = False, config: str | None = None) -> None:
    """Print the migrations, newest first."""
    command.history(alembic(config), verbose=verbose)


@task(help=CONFIG_HELP)
def heads(_context: Any, verbose: bool = False, config: str | None = None) -> None:
    """Print the newest migrations; there must be one."""
    command.heads(alembic(config), verbose=verbose)


@task(help=CONFIG_HELP)
def branches(_context: Any, verbose: bool = False, config: str | None = None) -> None:
    """Print where migrations part."""
    command.branches(alembic(config), verbose=verbose)


@task(help=CONFIG_HELP)
def current(_context: Any, verbose: bool = False, config: str | None = None) -> None:
    """Print the version of the database."""
    command.current(alembic(config), verbose=verbose)


@task(help=CONFIG_HELP)
def edit(_context: Any, revision: str = "current", config: str | None = None) -> None:
    """Open a migration in $EDITOR."""
    command.edit(alembic(config), revision)


@task(help=CONFIG_HELP)
def init_development_data(_context: Any, config: str | None = None) -> None:
    """Make the example users and the example client in a database without users."""
    from houston.bootstrap import create_example_data

    with database(config) as (services, db):
        create_example_data(services, db)

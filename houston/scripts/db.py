"""Migrations of the database, by Alembic: `invoke app.db.upgrade` and its like.

A revision is the number of a migration, such as 0002, or `head`, `base`, or a number of steps
such as `-1`, which is passed as `--revision=-1`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from alembic import command
from alembic.config import Config
from invoke import task

from houston.bootstrap import create_example_data
from houston.core.db import migrations
from houston.scripts.application import CONFIG_HELP, database, exit_on_failure, settings_of

REVISION_HELP = {**CONFIG_HELP, "revision": "The revision: a number, head or base."}
MESSAGE_HELP = {**CONFIG_HELP, "message": "The title of the migration."}


@contextmanager
def alembic(config: str | None) -> Iterator[Config]:
    """Alembic's configuration for the database of the ini file; exit after a failure."""
    with exit_on_failure():
        yield migrations.config(settings_of(config)["houston.database.url"])


@task(help=REVISION_HELP)
def upgrade(_context: Any, revision: str = "head", config: str | None = None) -> None:
    """Migrate the database up, to the newest revision unless another is given."""
    with exit_on_failure():
        migrations.upgrade(settings_of(config)["houston.database.url"], revision)


@task(help=REVISION_HELP)
def downgrade(_context: Any, revision: str, config: str | None = None) -> None:
    """Migrate the database down: `invoke app.db.downgrade 0001`."""
    with alembic(config) as configured:
        command.downgrade(configured, revision)


@task(help=MESSAGE_HELP)
def migrate(_context: Any, message: str = "changes", config: str | None = None) -> None:
    """Write a migration from the difference between the models and the database."""
    write_revision(config, message, autogenerate=True)


@task(help=MESSAGE_HELP)
def revision(_context: Any, message: str = "changes", config: str | None = None) -> None:
    """Write an empty migration."""
    write_revision(config, message, autogenerate=False)


def write_revision(config: str | None, message: str, *, autogenerate: bool) -> None:
    """Write a migration file whose revision is the next number."""
    with alembic(config) as configured:
        _, name = migrations.head_and_next(configured)
        command.revision(configured, message=message, autogenerate=autogenerate, rev_id=name)


@task(help=CONFIG_HELP)
def merge(_context: Any, revisions: str = "heads", config: str | None = None) -> None:
    """Write a migration that joins several heads."""
    with alembic(config) as configured:
        command.merge(configured, revisions)


@task(help=REVISION_HELP)
def stamp(_context: Any, revision: str = "head", config: str | None = None) -> None:
    """Set the revision of the database without migrating it."""
    with alembic(config) as configured:
        command.stamp(configured, revision)


@task(help=REVISION_HELP)
def show(_context: Any, revision: str = "head", config: str | None = None) -> None:
    """Print one migration, the newest unless another is given."""
    with alembic(config) as configured:
        command.show(configured, revision)


def _printing(run: Callable[..., None], text: str) -> Any:
    """Make a task of a command of Alembic that prints something."""

    def body(_context: Any, verbose: bool = False, config: str | None = None) -> None:
        with alembic(config) as configured:
            run(configured, verbose=verbose)

    body.__doc__ = text
    return task(body, name=run.__name__, help=CONFIG_HELP)


history = _printing(command.history, "Print the migrations, newest first.")
heads = _printing(
    command.heads, "Print the migrations that no other follows; there must be exactly one."
)
branches = _printing(command.branches, "Print the migrations at which the history branches.")
current = _printing(command.current, "Print the revision of the database.")


@task(help=REVISION_HELP)
def edit(_context: Any, revision: str = "current", config: str | None = None) -> None:
    """Open a migration in $EDITOR, that of the database unless another is given."""
    with alembic(config) as configured:
        command.edit(configured, revision)


@task(help=CONFIG_HELP)
def init_development_data(_context: Any, config: str | None = None) -> None:
    """Create the example users and the example OAuth2 client in a database without users."""
    with database(config) as (services, db):
        create_example_data(services, db)

"""The environment of Alembic: the database of the settings, and the tables of all modules."""

import os
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules

from alembic import context
from sqlalchemy import Connection, text

import houston.core.jobs
import houston.core.storage
import houston.modules
from houston.config import load_settings
from houston.core.db.engine import begin, make_engine, writing
from houston.core.db.models import Base
from houston.core.db.text_indexes import is_migrated, make_text_indexes

LOCK = text("SELECT pg_advisory_xact_lock(hashtext('houston migrations'))")


def database_url() -> str:
    """Return the address that the caller gives, or else that of the settings."""
    if "url" in context.config.attributes:
        url: str = context.config.attributes["url"]
        return url
    ini = context.config.file_config
    section = dict(ini.items("app:main")) if ini.has_section("app:main") else {}
    url = load_settings(section, os.environ)["houston.database.url"]
    return url


def import_models() -> None:
    """Import the models of all modules: migrations do not depend on the enabled modules."""
    for module in iter_modules(houston.modules.__path__, "houston.modules."):
        if find_spec(f"{module.name}.models"):
            import_module(f"{module.name}.models")


def migrate(connection: Connection) -> None:
    """Run all migrations in one transaction; concurrent migrations wait for it."""
    on_sqlite = connection.dialect.name == "sqlite"
    if on_sqlite:
        # Batch mode replaces a table by a copy; dropping the original must not cascade.
        driver_connection = connection.connection.driver_connection
        driver_connection.execute("PRAGMA foreign_keys = OFF")
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=on_sqlite,
        transactional_ddl=True,
        compare_type=True,
        compare_server_default=True,
        include_name=is_migrated,
    )
    with context.begin_transaction():
        begin(connection)
        if not on_sqlite:
            connection.execute(LOCK)
        context.run_migrations()
        if on_sqlite:
            refuse_broken_references(connection)
        make_text_indexes(connection, Base.metadata)


def refuse_broken_references(connection: Connection) -> None:
    """Raise RuntimeError, which rolls back, if a row refers to a missing row."""
    broken = connection.execute(text("PRAGMA foreign_key_check")).first()
    if broken is not None:
        raise RuntimeError(f"a row of {broken[0]} refers to a missing row of {broken[2]}")


import_models()
engine = make_engine(database_url())
try:
    with writing(engine).connect() as connection:
        migrate(connection)
finally:
    engine.dispose()

"""Alembic's entry: the database of the settings, the tables of all modules."""

import os
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from typing import Any

import houston.core.jobs.models
import houston.modules
from alembic import context
from houston.core.db.engine import make_engine
from houston.core.db.meta import Base
from houston.core.settings import Settings


def database_url() -> str:
    """The address given by the caller, or else that of the ini file."""
    if "url" in context.config.attributes:
        url: str = context.config.attributes["url"]
        return url
    ini = context.config.file_config
    section = dict(ini.items("app:main")) if ini.has_section("app:main") else {}
    settings = Settings.load(section, os.environ)
    url = settings["houston.database.url"]
    return url


def import_models() -> None:
    """Make the tables of every module known, enabled or not: a migration is the same everywhere."""
    for module in iter_modules(houston.modules.__path__, "houston.modules."):
        for name in ("models", "session_models"):
            if find_spec(f"{module.name}.{name}"):
                import_module(f"{module.name}.{name}")


def run(connection: Any) -> None:
    """Run the migrations in one transaction."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()


import_models()
engine = make_engine(database_url())
try:
    with engine.connect() as connection:
        run(connection)
finally:
    engine.dispose()

"""The settings, the registry and the database of an ini file, for the tasks that need them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic.util import CommandError
from invoke import Exit
from pyramid.paster import get_app, get_appsettings, setup_logging
from sqlalchemy.exc import DBAPIError

from houston.config import load_settings
from houston.core.db.session import Database, Session
from houston.core.errors import ApiError
from houston.core.services import Services, services_of
from houston.core.settings import Settings, SettingsError

CONFIG_HELP = {"config": "The ini file; $HOUSTON_INI or else development.ini."}


def ini_file(config: str | None) -> str:
    """Return the given ini file, or that of the environment, or development.ini."""
    return config or os.environ.get("HOUSTON_INI") or "development.ini"


def settings_of(config: str | None) -> Settings:
    """Read the settings without making the application; exit with the fault of a wrong one."""
    try:
        return load_settings(get_appsettings(ini_file(config), "main"), os.environ)
    except (SettingsError, LookupError, OSError) as error:
        raise Exit(f"{ini_file(config)}: {error}", 1) from None


def registry_of(config: str | None) -> Any:
    """Make the application and return its registry; exit with the fault of a wrong setting."""
    settings_of(config)
    setup_logging(ini_file(config))
    return get_app(ini_file(config)).registry


@contextmanager
def database(config: str | None) -> Iterator[tuple[Services, Session]]:
    """The services and a session that is committed at the end; a failure becomes an exit."""
    with exit_on_failure():
        services = services_of(registry_of(config))
        with services[Database].transaction() as db:
            yield services, db


@contextmanager
def exit_on_failure() -> Iterator[None]:
    """Turn the failures of a service, of Alembic and of the database into an exit."""
    try:
        yield
    except ApiError as error:
        details = [text for texts in (error.messages or {}).values() for text in texts]
        raise Exit(" ".join(details) or error.message, 1) from None
    except CommandError as error:
        raise Exit(f"{error}.", 1) from None
    except DBAPIError as error:
        raise Exit(f"The database failed: {error.orig}", 1) from None

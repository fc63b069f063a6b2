"""The preparation of a site: migrations, example data, and the first administrator."""

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from houston.core.api.docs import REDIRECT
from houston.core.db.session import Database, Session
from houston.core.services import Services
from houston.core.settings import Settings
from houston.modules.auth.services import create_example_client
from houston.modules.users.models import User
from houston.modules.users.services.sign_up import (
    create_example_users,
    is_initialized,
    set_up_token,
)


def prepare_database(services: Services) -> None:
    """Migrate to head and create the example data, if the settings say so."""
    settings = services[Settings]
    if settings["houston.database.migrate"]:
        # Alembic takes ten megabytes, which a process that only serves does not need.
        from houston.core.db.migrations import upgrade

        upgrade(settings["houston.database.url"])
    if settings["houston.example_data"]:
        with services[Database].transaction() as db:
            create_example_data(services, db)


def create_example_data(services: Services, db: Session) -> None:
    """Make `root`/`q`, `user`/`w` and the client `documentation` in a database without users."""
    if db.scalar(select(User.id).limit(1)) is None:
        owner = create_example_users(services, db)
        base_url: str = services[Settings]["houston.base_url"]
        create_example_client(services, db, owner, base_url + REDIRECT)


def set_up_address(services: Services) -> str | None:
    """The address by which a site in production gets its first administrator.

    It is None in development, and when there is one; or if the database does not answer.
    """
    settings = services[Settings]
    if settings["houston.environment"] != "production":
        return None
    try:
        with services[Database].reading() as db:
            if is_initialized(db):
                return None
    except DBAPIError:
        return None
    return f"{settings['houston.base_url']}/api/v1/users/set_up?token={set_up_token(services)}"

"""What must be in the database before the first request: the schema, and maybe examples."""

from typing import Any

from sqlalchemy import select

from houston.core.api.docs import REDIRECT
from houston.core.db.session import Session
from houston.core.settings import Settings
from houston.modules.auth.services.clients import create_example_client
from houston.modules.users.models import User
from houston.modules.users.services import create_example_users


def prepare_database(registry: Any) -> None:
    """Migrate to head and make the example data, each where the settings ask for it."""
    settings: Settings = registry["houston.settings"]
    if settings["houston.database.migrate"]:
        # Alembic takes ten megabytes, which a process that only serves can do without.
        from houston.core.db.migrations import upgrade

        upgrade(settings["houston.database.url"])
    if settings["houston.example_data"]:
        with registry["houston.db.session_factory"].begin() as db:
            create_example_data(db, settings["houston.base_url"])


def create_example_data(db: Session, base_url: str) -> None:
    """Make `root`/`q`, `user`/`w` and the client `documentation` in a database without users."""
    if db.scalar(select(User.id).limit(1)) is None:
        owner = create_example_users(db)
        create_example_client(db, owner, base_url + REDIRECT)

"""What must be in the database before the first request: the schema, and maybe examples."""

from typing import Any

from sqlalchemy import select

from houston.core.db.migrations import upgrade
from houston.core.settings import Settings


def prepare_database(registry: Any) -> None:
    """Migrate to head and make the example data, each where the settings ask for it."""
    settings: Settings = registry["houston.settings"]
    if settings["houston.database.migrate"]:
        upgrade(settings["houston.database.url"])
    if settings["houston.example_data"]:
        create_example_data(registry)


def create_example_data(registry: Any) -> None:
    """Make `root`/`q`, `user`/`w` and the client `documentation` in a database without users."""
    from houston.modules.auth.services.clients import create_example_client
    from houston.modules.users.models import User
    from houston.modules.users.services import create_example_users

    with registry["houston.db.session_factory"].begin() as db:
        if db.scalar(select(User.id).limit(1)) is None:
            owner = create_example_users(db)
            create_example_client(db, owner)

"""Migrating, from a checkout or from an installed wheel."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy.engine import make_url

PACKAGE = Path(__file__).parents[2]
CHECKOUT = PACKAGE.parent / "alembic"
INSTALLED = PACKAGE / "migrations"


def config(url: str) -> Config:
    """Alembic's configuration for the database at `url`."""
    configured = Config()
    folder = CHECKOUT if (CHECKOUT / "env.py").exists() else INSTALLED
    configured.set_main_option("script_location", str(folder))
    configured.attributes["url"] = url
    return configured


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database at `url` to `revision`; makes the folder of a new SQLite file."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite" and address.database:
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    command.upgrade(config(url), revision)

"""Migrations, run from a checkout or from an installed wheel."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import rev_id
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


def head_and_next(configured: Config) -> tuple[str | None, str]:
    """The head revision and the next one: a number, so that the files are in order."""
    head = ScriptDirectory.from_config(configured).get_current_head()
    if head is None or head.isdecimal():
        return head, f"{int(head or 0) + 1:04}"
    return head, rev_id()


def upgrade(url: str, revision: str = "head") -> None:
    """Migrate the database at `url` to `revision`; makes the folder of a new SQLite file."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite" and address.database:
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    command.upgrade(config(url), revision)

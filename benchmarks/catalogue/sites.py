"""Sites with generated sightings, on SQLite and on PostgreSQL.

The owner of a tenth of a site has an account that can sign in. The CPU time of a server on
PostgreSQL includes that of its database connections, which are processes of the same machine.
"""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Connection, NullPool, create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from benchmarks.houston_app import Site, posting, prepare, sign_in, succeed
from benchmarks.results import POSTGRESQL, SQLITE
from benchmarks.servers import Launch, Server, cpu_seconds
from benchmarks.wire import Request

OWNER = "researcher0@example.org"
"""An owner of generated encounters; the generator uses accounts that exist."""
RESEARCHER = [
    {"op": "test", "path": "/current_password", "value": "q"},
    {"op": "replace", "path": "/is_researcher", "value": True},
]
"""The change by which the administrator becomes a researcher, who may create individuals."""
OF_CONNECTIONS = text(
    "SELECT pid FROM pg_stat_activity WHERE datname = :name AND backend_type = 'client backend'"
)


class PostgreSQL:
    """A server of PostgreSQL on this machine, on which databases can be created.

    Args:
        url: The URL of one of its databases.
    """

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        self._engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")

    def answers(self) -> bool:
        """Return whether it does, and its processes can be seen."""
        try:
            with self._engine.connect() as connection:
                process = connection.scalar(text("SELECT pg_backend_pid()"))
            return Path(f"/proc/{process}/comm").read_text().startswith("postgres")
        except (OperationalError, OSError):
            return False

    @contextmanager
    def database(self) -> Iterator[str]:
        """Create a database, whose URL is yielded, and drop it at the end."""
        name = f"houston_benchmark_{uuid4().hex}"
        with self._engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
            # The CPU time of parallel workers, which end with a statement, could not be read.
            only = "SET max_parallel_workers_per_gather = 0"
            connection.execute(text(f"ALTER DATABASE {name} {only}"))
        try:
            yield self._url.set(database=name).render_as_string(hide_password=False)
        finally:
            with self._engine.connect() as connection:
                connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))

    def analyze(self, url: str) -> None:
        """Do what autovacuum does within minutes, so that it does not while requests are timed."""
        engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text("VACUUM ANALYZE"))

    @contextmanager
    def watch(self) -> Iterator[Connection]:
        """Yield a connection to read the activity of the server."""
        with self._engine.connect() as connection:
            yield connection


class PostgreSQLServer(Server):
    """Houston on PostgreSQL; its CPU time includes that of its database connections."""

    def __init__(self, launch: Launch, probe: Request, log: Path, activity: Connection) -> None:
        self._activity = activity
        self._database = make_url(launch.environment["HOUSTON_DATABASE_URL"]).database
        super().__init__(launch, probe, log)

    def cpu_seconds(self) -> float:
        """Return the CPU time of the process and of the processes of its connections."""
        processes = self._activity.scalars(OF_CONNECTIONS, {"name": self._database})
        return super().cpu_seconds() + sum(map(cpu_seconds, processes))


@dataclass(frozen=True)
class Catalogue:
    """A generated site.

    Attributes:
        sightings: The number of generated sightings.
        site: The site, and a token of its administrator.
        owner: A token of a researcher who owns a tenth of the encounters.
        postgresql: The server of its database, if that is not SQLite.
    """

    folder: Path
    sightings: int
    site: Site
    owner: str
    postgresql: PostgreSQL | None

    @property
    def database(self) -> str:
        """The name of the database program."""
        return POSTGRESQL if self.postgresql else SQLITE

    @contextmanager
    def serve(self) -> Iterator[Server]:
        """Run the server of the site, with the name of the site in the figures."""
        name = f"{self.database}, {self.sightings}"
        launch, log = replace(self.site.launch, name=name), self.folder / f"{uuid4().hex}.log"
        with ExitStack() as stack:
            if self.postgresql is None:
                server = Server(launch, self.site.me, log)
            else:
                activity = stack.enter_context(self.postgresql.watch())
                server = PostgreSQLServer(launch, self.site.me, log, activity)
            yield stack.enter_context(server)


@contextmanager
def generated(folder: Path, sightings: int, postgresql: PostgreSQL | None) -> Iterator[Catalogue]:
    """Generate a site in an empty folder, which exists until the end of the block.

    Raises:
        RuntimeError: Houston does not start, or the generation fails.
    """
    folder.mkdir(parents=True)
    password, owner = secrets.token_urlsafe(16), ""

    def add_owner(server: Server, administrator: str) -> None:
        nonlocal owner
        account = {"email": OWNER, "password": password, "roles": ["is_researcher"]}
        succeed(server, posting("/users/", account).with_token(administrator))
        request = replace(posting("/users/1", RESEARCHER), method="PATCH")
        succeed(server, request.with_token(administrator))
        owner = sign_in(server, OWNER, password)

    with ExitStack() as stack:
        url = f"sqlite:///{folder / 'houston.db'}"
        if postgresql:
            url = stack.enter_context(postgresql.database())
        site = prepare(folder, url, add_owner)
        generate(site, sightings)
        if postgresql:
            postgresql.analyze(url)
        yield Catalogue(folder, sightings, site, owner, postgresql)


def generate(site: Site, sightings: int) -> None:
    """Generate sightings with the settings of development, which production refuses."""
    command = [sys.executable, "-m", "houston.scripts", "app.dev.generate-site"]
    done = subprocess.run(
        [*command, f"--sightings={sightings}", f"--config={site.preparation}"],
        env={**os.environ, **site.launch.environment},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"no site was generated:\n{done.stderr[-2000:]}")

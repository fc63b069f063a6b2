"""The whole suite, on each database that there is: `python -m tests.run [pytest options]`."""

import os
import subprocess
import sys

from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError

from tests.servers import POSTGRESQL

NO_POSTGRESQL = (
    f"Skipped on PostgreSQL: no server answers at {POSTGRESQL}. "
    "Set HOUSTON_TEST_DATABASE_URL to one that may create databases."
)

WITH_DATABASES_OF_THEIR_OWN = (
    "tests/browser",
    "tests/clients",
    "tests/deployment",
    "tests/reliability",
    "tests/scripts",
)
"""What starts servers and commands says itself on which database; once is enough."""

WITHIN_THE_PROCESS = [f"--ignore={folder}" for folder in WITH_DATABASES_OF_THEIR_OWN]
"""All else."""

SIDE_BY_SIDE = ("--numprocesses", "auto", "--dist", "worksteal")
"""As many processes as there are processors; those that are done help the others."""


def postgresql_answers() -> bool:
    """Whether there is a server to test on."""
    try:
        create_engine(POSTGRESQL, connect_args={"connect_timeout": 3}).connect().close()
    except SQLAlchemyError:
        return False
    return True


def run(database: str, options: list[str]) -> int:
    """Run the suite on one database and pass its status on."""
    print(f"\n== {database} ==", flush=True)
    command = [sys.executable, "-m", "pytest", *SIDE_BY_SIDE, "--database", database, *options]
    return subprocess.run(command).returncode


def main(options: list[str]) -> int:
    """Run everything; 1 when anything failed, or when CI lacks a server."""
    with_postgresql = postgresql_answers()
    statuses = [run("postgresql", [*WITHIN_THE_PROCESS, *options])] if with_postgresql else []
    statuses.append(run("sqlite", options))
    if not with_postgresql:
        print(NO_POSTGRESQL)
        if os.environ.get("CI"):
            return 1
    return int(any(statuses))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

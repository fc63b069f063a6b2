"""The whole suite: `python -m tests.run [PATH] [pytest options]`.

The tests run on each available database; the examples in the docstrings of houston run once. A path
in either folder runs only that.
"""

import os
import subprocess
import sys

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError

from tests.servers import POSTGRESQL

NO_POSTGRESQL = (
    f"Skipped on PostgreSQL: no server answers at {POSTGRESQL}. "
    "Set HOUSTON_TEST_DATABASE_URL to one that may create databases."
)

WITH_SEPARATE_DATABASES = (
    "tests/browser",
    "tests/clients",
    "tests/deployment",
    "tests/reliability",
    "tests/scripts",
)
"""Tests that start servers and commands use their own databases; they run once."""

IN_PROCESS = [f"--ignore={folder}" for folder in WITH_SEPARATE_DATABASES]
"""Options that select all other tests."""

ON_POSTGRESQL = [*IN_PROCESS, "--ignore=tests/contract/test_growth.py"]
"""The same without the tests that measure the time of this process, which run once."""

IN_PARALLEL = ("--numprocesses", "auto", "--dist", "worksteal")
"""Options for one process per processor, which share the tests."""


def postgresql_answers() -> bool:
    """Return whether a PostgreSQL server answers."""
    try:
        create_engine(POSTGRESQL, connect_args={"connect_timeout": 3}).connect().close()
    except SQLAlchemyError:
        return False
    return True


def run(database: str, options: list[str]) -> int:
    """Run the tests on one database and return pytest's exit status."""
    return _pytest(database, [*IN_PARALLEL, "--database", database, *options])


def run_on_all_databases(options: list[str]) -> bool:
    """Run the tests on each database and return whether all passed.

    In CI, a PostgreSQL server that does not answer counts as a failure.
    """
    if not postgresql_answers():
        on_sqlite = run("sqlite", options)
        print(NO_POSTGRESQL)
        return not (on_sqlite or os.environ.get("CI"))
    # A path may contain no tests for PostgreSQL.
    passing = (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)
    on_postgresql = run("postgresql", [*ON_POSTGRESQL, *options]) in passing
    return run("sqlite", options) == pytest.ExitCode.OK and on_postgresql


def run_doctests(options: list[str]) -> bool:
    """Run the examples in docstrings and return whether all passed."""
    return _pytest("doctests", ["--xdoctest", *options]) == pytest.ExitCode.OK


def _pytest(title: str, options: list[str]) -> int:
    print(f"\n== {title} ==", flush=True)
    return subprocess.run([sys.executable, "-m", "pytest", *options]).returncode


def main(arguments: list[str]) -> int:
    """Run the tests and the doctests, or the given path of either; return 1 if any failed."""
    paths = [argument for argument in arguments if argument.startswith(("houston", "tests"))]
    if not paths:
        passed = [run_on_all_databases(arguments), run_doctests(["houston", *arguments])]
    elif paths[0].startswith("houston"):
        passed = [run_doctests(arguments)]
    else:
        passed = [run_on_all_databases(arguments)]
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

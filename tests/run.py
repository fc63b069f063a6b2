"""The whole suite: `python -m tests.run [PATH] [pytest options]`.

The tests run on each available database; the examples in the docstrings of houston run once. On
SQLite, the tests within the process measure the coverage. A path in either folder runs only that.
"""

import os
import subprocess
import sys
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError

from tests.clients.recorder import FOLDER, PLUGIN
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

GENERATED = ("tests/contract/test_schemathesis.py", "tests/contract/test_raw_operations.py")
"""Tests with generated input: tracing makes them ten times slower."""

TIMED = "tests/contract/test_growth.py"
"""Tests that measure the time of this process run once, without tracing."""


def _without(*paths: str) -> list[str]:
    return [f"--ignore={path}" for path in paths]


ON_POSTGRESQL = _without(*WITH_SEPARATE_DATABASES, TIMED)
TRACED = [*_without(*WITH_SEPARATE_DATABASES, *GENERATED, TIMED), "--cov", "-p", PLUGIN]
"""The tests within the process: they measure the coverage, and record what clients replay."""
UNTRACED = [*WITH_SEPARATE_DATABASES, *GENERATED, TIMED]

IN_PARALLEL = ("--numprocesses", "auto", "--dist", "worksteal")
"""Options for one process per processor, which share the tests."""


def postgresql_answers() -> bool:
    """Return whether a PostgreSQL server answers."""
    try:
        create_engine(POSTGRESQL, connect_args={"connect_timeout": 3}).connect().close()
    except SQLAlchemyError:
        return False
    return True


def run(database: str, options: list[str], **environment: str) -> bool:
    """Run tests on one database and return whether all passed."""
    # A path may contain no tests for a database.
    passing = (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)
    return (
        _pytest(database, [*IN_PARALLEL, "--database", database, *options], environment) in passing
    )


def run_on_postgresql(options: list[str]) -> bool:
    """Run tests on PostgreSQL; in CI, a server that does not answer counts as a failure."""
    if postgresql_answers():
        return run("postgresql", [*ON_POSTGRESQL, *options])
    print(NO_POSTGRESQL)
    return not os.environ.get("CI")


def run_on_sqlite(options: list[str]) -> bool:
    """Run the whole suite on SQLite, and require the coverage of the tests within the process."""
    with TemporaryDirectory() as folder:
        traced = run("sqlite", [*TRACED, *options], **{FOLDER: folder})
        return run("sqlite", [*UNTRACED, *options], **{FOLDER: folder}) and traced


def run_doctests(options: list[str]) -> bool:
    """Run the examples in docstrings and return whether all passed."""
    return _pytest("doctests", ["--xdoctest", *options]) == pytest.ExitCode.OK


def _pytest(title: str, options: list[str], environment: dict[str, str] | None = None) -> int:
    print(f"\n== {title} ==", flush=True)
    command = [sys.executable, "-m", "pytest", *options]
    return subprocess.run(command, env=os.environ | (environment or {})).returncode


def main(arguments: list[str]) -> int:
    """Run the tests and the doctests, or the given path of either; return 1 if any failed."""
    paths = [argument for argument in arguments if argument.startswith(("houston", "tests"))]
    if not paths:
        suites = (run_on_postgresql(arguments), run_on_sqlite(arguments))
        passed = [*suites, run_doctests(["houston", *arguments])]
    elif paths[0].startswith("houston"):
        passed = [run_doctests(arguments)]
    else:
        passed = [run_on_postgresql(arguments), run("sqlite", arguments)]
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

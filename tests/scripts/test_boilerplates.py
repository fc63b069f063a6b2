"""A generated module can be registered and migrated, and passes the tests and the checks."""

import shutil
import sys
from pathlib import Path

import pytest
from invoke import Exit

from houston.scripts.boilerplates import vocabulary
from tests.commands import run
from tests.conftest import ROOT

NOT_COPIED = (".*", "var", "build", "dist", "clients", "*.egg-info", "__pycache__", "node_modules")
TESTS = ("tests/functional/field_trips", "tests/permissions", "tests/migrations")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a copy of this checkout with a new module."""
    copy = tmp_path_factory.mktemp("boilerplate") / "houston"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*NOT_COPIED))
    python(copy, "-m", "invoke", "app.boilerplates.crud-module", "field_trips")
    return copy


def python(checkout: Path, *command: str, **environment: str) -> str:
    """Run a Python command on the code of a checkout, and return its output."""
    return run(sys.executable, *command, folder=checkout, PYTHONPATH=str(checkout), **environment)


def test_suite_passes(checkout: Path) -> None:
    assert "passed" in python(checkout, "-m", "pytest", "--quiet", *TESTS)


def test_it_passes_the_checks(checkout: Path) -> None:
    python(checkout, "-m", "ruff", "check", ".")
    python(checkout, "-m", "ruff", "format", "--check", ".")
    python(checkout, "-m", "mypy")


def test_it_is_served_and_documented(checkout: Path) -> None:
    environment = ("--config", "testing.ini")
    assert "patch_field_trip" in python(checkout, "-m", "invoke", "app.endpoints", *environment)
    assert "/field_trips/{field_trip}" in python(
        checkout, "-m", "invoke", "app.swagger", *environment
    )


def test_migration_of_a_change_is_written_under_the_next_number(
    checkout: Path, tmp_path: Path
) -> None:
    models = checkout / "houston/modules/field_trips/models.py"
    text = models.read_text()
    models.write_text(text + "    place: Mapped[str] = mapped_column(String(80))\n")
    database = f"sqlite:///{tmp_path}/houston.sqlite"
    here = {"HOUSTON_DATABASE_URL": database, "HOUSTON_INI": "testing.ini"}
    for task in (["app.db.upgrade"], ["app.db.migrate", "--message", "place"]):
        python(checkout, "-m", "invoke", *task, **here)
    earlier, migration = sorted(checkout.glob("alembic/versions/[0-9]*.py"))[-2:]
    assert migration.name == f"{int(earlier.name[:4]) + 1:04}_place.py"
    assert 'add_column(sa.Column("place"' in migration.read_text().replace("'", '"')
    migration.unlink()
    models.write_text(text)


def test_existing_files_are_not_overwritten(checkout: Path) -> None:
    models = checkout / "houston/modules/field_trips/models.py"
    models.write_text(models.read_text() + "\n")
    with pytest.raises(AssertionError, match="exists already"):
        python(checkout, "-m", "invoke", "app.boilerplates.crud-module", "field_trips")
    assert models.read_text().endswith("\n\n")


@pytest.mark.parametrize(
    ("plural", "singular", "class_name"),
    [
        ("field_trips", "field_trip", "FieldTrip"),
        ("studies", "study", "Study"),
        ("animals", "animal", "Animal"),
    ],
)
def test_vocabulary(plural: str, singular: str, class_name: str) -> None:
    words = vocabulary(plural)
    assert (words["singular"], words["Singular"]) == (singular, class_name)


@pytest.mark.parametrize("name", ["Trips", "field-trips", "../x", "", "sheep", "1s"])
def test_invalid_module_name(name: str) -> None:
    with pytest.raises(Exit):
        vocabulary(name)

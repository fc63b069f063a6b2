"""The commands work as documented, each test with a separate database."""

import os
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine, create_engine, insert, select, text

from houston.core.db.types import utc_now
from houston.modules.annotations.models import Annotation
from houston.modules.sightings.models import Sighting, SightingStage
from tests.conftest import ROOT

TASKS = (
    "app.run",
    "app.swagger",
    "app.swagger.codegen",
    "app.db.upgrade",
    "app.db.downgrade",
    "app.db.migrate",
    "app.db.history",
    "app.db.heads",
    "app.db.current",
    "app.db.stamp",
    "app.db.show",
    "app.users.create-user",
    "app.users.create-machine-account",
    "app.users.create-oauth2-client",
    "app.users.set-password",
    "app.users.reset-password",
    "app.env.enter",
    "app.integrity.check",
    "app.client.compress",
    "app.dependencies.install",
    "app.dependencies.install-python-dependencies",
    "app.dependencies.install-swagger-ui",
    "app.boilerplates.crud-module",
    "app.dev.generate-site",
    "app.site-settings.get",
    "app.site-settings.set",
    "app.email.send",
    "app.audit-logs.print",
    "app.tus.cleanup",
)


class Console:
    """A shell with a database, storage and mail in a folder."""

    def __init__(self, folder: Path) -> None:
        self.environment = {
            **os.environ,
            "HOUSTON_INI": str(ROOT / "testing.ini"),
            "HOUSTON_DATABASE_URL": f"sqlite:///{folder}/houston.sqlite",
            "HOUSTON_STORAGE_URL": f"file:{folder}/files",
            "HOUSTON_MAIL_URL": f"file:{folder}/mail",
            "IPYTHONDIR": f"{folder}/ipython",
            # getpass warns when it reads a password from standard input.
            "PYTHONWARNINGS": "ignore",
        }

    def run(self, *command: str, answers: str = "", status: int = 0) -> str:
        """Run a command, check its exit status, and return its output."""
        done = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            env=self.environment,
            input=answers,
            capture_output=True,
            text=True,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    def houston(self, *command: str, answers: str = "", status: int = 0) -> str:
        """Run `houston …` in the same way."""
        return self.run("houston.scripts", *command, answers=answers, status=status)


@pytest.fixture
def console(tmp_path: Path) -> Console:
    return Console(tmp_path)


@pytest.mark.parametrize("program", ["invoke", "houston.scripts"])
def test_tasks_are_listed(console: Console, program: str) -> None:
    listed = console.run(program, "--list").replace("(", " ").replace(")", " ").split()
    assert set(TASKS) <= set(listed)


@pytest.mark.parametrize("task", TASKS)
def test_every_task_has_a_description(console: Console, task: str) -> None:
    explained = console.run("invoke", "--help", task)
    assert "none" not in explained.split("Docstring:")[1].split("Options:")[0]
    assert console.houston(task, "--help").splitlines()[1:] == explained.splitlines()[1:]


def test_run_and_enter_install_and_migrate_by_default(console: Console) -> None:
    for task in ("app.run", "app.env.enter"):
        explained = console.run("invoke", "--help", task)
        assert "--[no-]install-dependencies" in explained
        assert "--[no-]upgrade-db" in explained


@pytest.mark.parametrize("program", ["invoke", "houston.scripts"])
def test_downgrade_takes_the_revision_as_its_argument(console: Console, program: str) -> None:
    console.run(program, "app.db.upgrade")
    console.run(program, "app.db.downgrade", "0001")
    assert "0001" in console.run(program, "app.db.current")
    assert "revision" in console.run(program, "app.db.downgrade", status=1)
    console.run(program, "app.db.downgrade", "--revision=-1")
    assert "0001" not in console.run(program, "app.db.current")


@pytest.mark.parametrize("task", [("app.db.downgrade", "9999"), ("app.db.show", "-r", "9999")])
def test_unknown_revision_is_reported_in_one_sentence(
    console: Console, task: tuple[str, ...]
) -> None:
    printed = console.houston(*task, status=1)
    assert "Can't locate revision identified by '9999'." in printed
    assert "Traceback" not in printed


@pytest.mark.parametrize("task", ["app.db.upgrade", "app.db.current", "app.users.list-all"])
def test_database_that_does_not_answer_is_reported_in_one_sentence(
    console: Console, task: str
) -> None:
    console.environment["HOUSTON_DATABASE_URL"] = "postgresql+psycopg://houston@127.0.0.1:1/houston"
    console.environment["HOUSTON_DATABASE_MIGRATE"] = "false"
    printed = console.houston(task, status=1)
    assert "The database failed: connection failed" in printed
    assert "Traceback" not in printed


def test_migrating(console: Console) -> None:
    console.houston("app.db.upgrade")
    assert "(head)" in console.houston("app.db.current")
    assert "(head)" in console.houston("app.db.heads")
    assert "0001" in console.houston("app.db.history")
    assert "Rev: " in console.houston("app.db.show")
    console.houston("app.db.downgrade", "--revision", "base")
    assert "(head)" not in console.houston("app.db.current")
    console.houston("app.db.stamp")
    assert "(head)" in console.houston("app.db.current")


def test_site_is_generated_twice(console: Console) -> None:
    for seed in ("1", "2"):
        printed = console.houston("app.dev.generate-site", "--sightings", "30", "--seed", seed)
        assert "Generated 30 sightings" in printed
    with engine_of(console).connect() as connection:
        sightings, individuals, owners = (
            connection.scalar(text(f"SELECT count(*) FROM {table}"))
            for table in ("sighting", "individual", '"user"')
        )
        assert (sightings, individuals, owners) == (60, 12, 10)
        unlinked = "SELECT count(*) FROM annotation WHERE asset_guid NOT IN (SELECT asset_guid"
        assert connection.scalar(text(f"{unlinked} FROM sighting_asset)")) == 0


def engine_of(console: Console) -> Engine:
    return create_engine(console.environment["HOUSTON_DATABASE_URL"])


def test_account_and_client_are_created(console: Console) -> None:
    password = "correct horse battery\n"
    new = ("app.users.create-user", "--email", "ada@example.org", "--admin")
    created = console.houston(*new, answers=2 * password)
    assert "Created ada@example.org" in created
    again = console.houston(*new, answers=2 * password, status=1)
    assert "already in use" in again
    assert "ada@example.org" in console.houston("app.users.list-all")
    printed = console.houston("app.users.create-oauth2-client", "--email", "ada@example.org")
    assert "client_secret: " in printed
    who = ("--email", "ada@example.org")
    console.houston("app.users.add-role", *who, "--role", "is_researcher")
    console.houston("app.users.remove-role", *who, "--role", "is_researcher")
    console.houston("app.users.add-role", *who, "--role", "is_staff")
    unknown = console.houston("app.users.add-role", *who, "--role", "is_king", status=1)
    assert "is_researcher" in unknown
    assert "is_staff" in unknown
    console.houston("app.users.set-password", *who, answers=2 * "another battery\n")
    nobody = ("--email", "nobody@example.org", "--role", "is_researcher")
    assert "no account" in console.houston("app.users.add-role", *nobody, status=1)


def test_machine_accounts_have_no_password(console: Console) -> None:
    wrong = ("app.users.create-machine-account", "--email", "sage@x..org")
    assert "is not an e-mail address" in console.houston(*wrong, status=1)
    sage = ("--email", "sage@example.org")
    assert "Created" in console.houston("app.users.create-machine-account", *sage)
    refused = console.houston(
        "app.users.set-password", *sage, answers=2 * "another battery\n", status=1
    )
    assert "no password" in refused


def test_two_passwords_that_differ(console: Console) -> None:
    new = ("app.users.create-user", "--email", "ada@example.org")
    printed = console.houston(*new, answers="first password\nsecond password\n", status=1)
    assert "differ" in printed


def test_no_password(console: Console) -> None:
    new = ("app.users.create-user", "--email", "ada@example.org")
    assert "No password was given." in console.houston(*new, status=1)


def test_settings_are_shown_without_secrets(console: Console) -> None:
    shown = console.houston("app.config.show")
    assert "houston.session.secret = (hidden)" in shown
    assert "houston.environment = testing" in shown


SHELL_INPUT = """\
from houston.core.db.session import Database
print(db.query(User).all(), Database in services, services is request.services)
tm.abort(); get_ipython()
"""


@pytest.mark.parametrize(
    "command",
    [
        ("pyramid.scripts.pshell", "testing.ini"),
        ("invoke", "app.env.enter", "--no-install-dependencies"),
    ],
)
def test_shell_is_ipython_with_database_models_and_services(
    console: Console, command: tuple[str, ...]
) -> None:
    opened = console.run(*command, answers=SHELL_INPUT)
    assert "The session: db.query(User).all().\n" in opened
    assert "The parts of the application by class" in opened
    assert "[] True True" in opened
    assert "TerminalInteractiveShell" in opened


def test_routes_are_listed(console: Console) -> None:
    assert "/api/v1/users/me" in console.run("pyramid.scripts.proutes", "testing.ini")


def test_alembic_works_directly(console: Console) -> None:
    console.run("alembic", "-c", "testing.ini", "upgrade", "head")
    assert "(head)" in console.run("alembic", "-c", "testing.ini", "current")


def test_wrong_setting_is_reported_in_one_sentence(console: Console, tmp_path: Path) -> None:
    console.environment["HOUSTON_MAX_BODY"] = "large"
    printed = console.houston("app.config.show", status=1)
    assert "houston.max_body" in printed
    assert "Traceback" not in printed


def test_integrity_is_checked(console: Console) -> None:
    console.houston("app.db.upgrade")
    console.houston("app.dev.generate-site", "--sightings", "1")
    with create_engine(console.environment["HOUSTON_DATABASE_URL"]).begin() as connection:
        notice = connection.scalars(select(Annotation.guid)).first()
        assert str(notice) not in console.houston("app.integrity.check")
        assert str(notice) in console.houston("app.integrity.check", "--verbose")
        fault = {"guid": uuid4(), "time": utc_now(), "stage": SightingStage.UN_REVIEWED}
        connection.execute(insert(Sighting.__table__).values(fault))
    printed = console.houston("app.integrity.check", status=1)
    assert f"       {fault['guid']}\n" in printed
    assert "The number of faults in the catalogue: 1." in printed


def test_site_is_administered(console: Console, tmp_path: Path) -> None:
    new = ("app.users.create-user", "--email", "ada@example.org", "--admin")
    console.houston(*new, answers=2 * "correct horse battery\n")
    by_ada = ("--email", "ada@example.org")
    console.houston("app.site-settings.set", "site.name", "Zebras of the Mara", *by_ada)
    assert '"Zebras of the Mara"' in console.houston("app.site-settings.get", "site.name")
    wrong = console.houston("app.site-settings.set", "site.name", "[1]", *by_ada, status=1)
    assert "Traceback" not in wrong
    console.houston("app.site-settings.set", "recaptchaSecretKey", "a secret", *by_ada)
    assert "null" in console.houston("app.site-settings.get", "recaptchaSecretKey")
    assert "There is no setting x." in console.houston("app.site-settings.get", "x", status=1)
    printed = console.houston("app.audit-logs.print")
    assert "SiteSetting" in printed
    assert "ada@example.org Setting path: site.name" in printed
    assert "a secret" not in printed
    assert "SiteSetting" not in console.houston("app.audit-logs.print", "--faults")
    assert "is not a guid" in console.houston("app.audit-logs.print", "--guid", "x", status=1)
    assert "Sent to" in console.houston("app.email.send", "eve@example.org")
    (mail,) = (tmp_path / "mail").glob("*.eml")
    assert "Mail of Zebras of the Mara arrives" in mail.read_text()
    assert "is not an e-mail" in console.houston("app.email.send", "eve", status=1)
    console.houston("app.tus.cleanup")
    console.environment["HOUSTON_MAIL_URL"] = "null:"
    assert "switched off" in console.houston("app.email.send", "eve@example.org", status=1)


def test_client_is_compressed(console: Console, tmp_path: Path) -> None:
    for name in ("main.js", "logo.png", "tiny.js", ".hidden.js"):
        (tmp_path / name).write_text("a" if name == "tiny.js" else "run();" * 100)
    output = console.houston("app.client.compress", "--folder", str(tmp_path))
    assert output == "2 compressed files are written.\n"
    assert {path.name for path in tmp_path.glob("*.js.*")} == {"main.js.br", "main.js.gz"}
    refusal = console.houston("app.client.compress", status=1)
    assert "Name the folder of a web client, or set houston.client.path." in refusal

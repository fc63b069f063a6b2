"""The application over HTTP with a real database, in a transaction that each test rolls back.

`--database postgresql` runs the tests on PostgreSQL. The schema is created by the migrations, so
every run tests these as well.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import redis
from hypothesis import settings
from pyramid.paster import get_appsettings
from pyramid.router import Router
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url

import houston
from houston.core.db.engine import begin, writing
from houston.core.db.session import Database, Session
from houston.core.security.rate_limits import RateLimits
from houston.core.services import Services, services_of
from houston.modules.auth.usage import Usage
from tests.clients_of_roles import Client, client_of
from tests.factories import bind_factories
from tests.factories.users import UserFactory
from tests.live import ROOT
from tests.mailbox import Mailbox
from tests.servers import POSTGRESQL, REDIS

# The examples are the same in every run, so failures can be reproduced.
settings.register_profile("suite", derandomize=True, deadline=None, database=None)
settings.load_profile("suite")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.addoption("--load-seconds", type=float, default=30, help="duration of load tests")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Fail skipped tests in CI, which has every server and program."""
    outcome: Any = yield
    report = outcome.get_result()
    if report.skipped and os.environ.get("CI"):
        report.outcome = "failed"


@contextmanager
def empty_database(
    config: pytest.Config, folders: pytest.TempPathFactory, purpose: str
) -> Iterator[str]:
    """Yield the address of a new database on the chosen server."""
    if config.getoption("--database") == "sqlite":
        yield f"sqlite:///{folders.mktemp(purpose)}/houston.sqlite"
        return
    server = make_url(POSTGRESQL)
    name = f"houston_{purpose}_{uuid4().hex}"
    administration = create_engine(server, isolation_level="AUTOCOMMIT")
    with administration.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    try:
        yield server.set(database=name).render_as_string(hide_password=False)
    finally:
        with administration.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        administration.dispose()


@pytest.fixture(scope="session")
def database_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Yield the address of the database of this run."""
    with empty_database(request.config, tmp_path_factory, "suite") as url:
        yield url


@pytest.fixture(scope="session")
def mail_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of mails."""
    return tmp_path_factory.mktemp("mail")


@pytest.fixture(scope="session")
def storage_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of stored files."""
    return tmp_path_factory.mktemp("storage")


@pytest.fixture(scope="session")
def app(
    database_url: str,
    mail_folder: Path,
    storage_folder: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Router]:
    """Yield the application of testing.ini with the database of this run."""
    application = houston.main(
        {},
        **{
            **get_appsettings(str(ROOT / "testing.ini"), "main"),
            "houston.hosts": "localhost",
            "houston.cors.origins": "https://client.example.org",
            "houston.database.url": database_url,
            "houston.mail.url": f"file:{mail_folder}",
            "houston.uploads.folder": str(tmp_path_factory.mktemp("uploads")),
            "houston.storage.url": f"file:{storage_folder}",
        },
    )
    # The thread of the timer would write into the transaction of another test.
    services_of(application)[Usage].automatic = False
    yield application
    services_of(application)[Database].engine.dispose()


@pytest.fixture
def connection(app: Router) -> Iterator[Connection]:
    """Yield a connection in a transaction that is rolled back."""
    engine: Engine = services_of(app)[Database].engine
    with writing(engine).connect() as connection:
        transaction = connection.begin()
        begin(connection)
        yield connection
        transaction.rollback()


@pytest.fixture
def db(app: Router, connection: Connection) -> Iterator[Session]:
    """Yield a session in the same transaction as those of the requests."""
    database = services_of(app)[Database]
    factories = [database.writing, database.reading]
    engines = [factory.kw["bind"] for factory in factories]
    for factory in factories:
        factory.configure(bind=connection, join_transaction_mode="create_savepoint")
    session: Session = factories[0](expire_on_commit=False)
    bind_factories(services_of(app), session)
    yield session
    session.close()
    for factory, engine in zip(factories, engines, strict=True):
        factory.configure(bind=engine, join_transaction_mode="conditional_savepoint")


@pytest.fixture(autouse=True)
def reset_rate_limits(request: pytest.FixtureRequest) -> None:
    """Reset the rate limits, so that tests are independent."""
    if "app" in request.fixturenames:
        services_of(request.getfixturevalue("app"))[RateLimits].limiter.storage.reset()


@pytest.fixture
def services(app: Router) -> Services:
    """Return the services of the application."""
    return services_of(app)


@pytest.fixture
def statements(connection: Connection) -> Iterator[list[str]]:
    """Yield the SQL statements since the start of the test, without savepoints."""
    executed: list[str] = []

    def record(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "SAVEPOINT" not in statement:
            executed.append(statement)

    event.listen(connection, "before_cursor_execute", record)
    yield executed
    event.remove(connection, "before_cursor_execute", record)


@pytest.fixture
def mailbox(mail_folder: Path) -> Mailbox:
    """Return the mailbox of all mails of the test, which is initially empty."""
    mailbox = Mailbox(mail_folder)
    mailbox.empty()
    return mailbox


@pytest.fixture
def client_for(app: Router, db: Session) -> Any:
    """Return a function that creates a client with a token of an account, and optional scopes."""

    def make(account: Any, scopes: str | None = None) -> Client:
        return client_of(app, db, account, scopes)

    return make


@pytest.fixture
def anonymous(app: Router, db: Session) -> Client:
    """Return a client without credentials."""
    return Client(app)


@pytest.fixture
def user(client_for: Any) -> Client:
    """Return a client of a regular user without roles."""
    return client_for(UserFactory())  # type: ignore[no-any-return]


@pytest.fixture
def other(client_for: Any) -> Client:
    """Return a client of another regular user."""
    return client_for(UserFactory())  # type: ignore[no-any-return]


@pytest.fixture
def admin(client_for: Any) -> Client:
    """Return a client of an administrator."""
    return client_for(UserFactory(is_admin=True))  # type: ignore[no-any-return]


@pytest.fixture
def researcher(client_for: Any) -> Client:
    """Return a client of a researcher."""
    return client_for(UserFactory(is_researcher=True))  # type: ignore[no-any-return]


@pytest.fixture
def user_manager(client_for: Any) -> Client:
    """Return a client of a user manager."""
    return client_for(UserFactory(is_user_manager=True))  # type: ignore[no-any-return]


@pytest.fixture
def redis_url() -> Iterator[str]:
    """Yield the address of a Redis server, whose job queue is empty and locked for this test."""
    with redis.Redis.from_url(REDIS) as client:
        try:
            client.ping()
        except redis.ConnectionError as error:
            pytest.skip(f"no Redis server at {REDIS}: {error}")
        with client.lock("houston-tests", timeout=120):
            _empty_queue(client)
            yield REDIS
            _empty_queue(client)


def _empty_queue(client: "redis.Redis[bytes]") -> None:
    for key in client.scan_iter("huey.*.houstonjobs"):
        client.delete(key)

"""A minimal application on each database, with the packages of core that a test includes."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pyramid.config import Configurator
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from houston.core.db.engine import make_engine
from houston.core.db.session import Database
from houston.core.jobs import Job, Jobs
from houston.core.services import services_of
from houston.core.settings import Settings
from tests.servers import POSTGRESQL

MakeApplication = Callable[..., Configurator]


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """Yield the address of a temporary database of this test process."""
    admin = create_engine(POSTGRESQL, isolation_level="AUTOCOMMIT")
    name = f"houston_core_{os.getpid()}"
    try:
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
    except OperationalError as error:
        pytest.skip(f"no PostgreSQL server at {make_url(POSTGRESQL)!r}: {error.orig}")
    yield make_url(POSTGRESQL).set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """Yield an engine with an empty table of jobs."""
    if request.param == "sqlite":
        engine = make_engine(f"sqlite:///{tmp_path}/test.sqlite")
    else:
        engine = make_engine(request.getfixturevalue("postgresql_url"))
    Job.__table__.create(engine)  # type: ignore[attr-defined]
    yield engine
    Job.__table__.drop(engine)  # type: ignore[attr-defined]
    engine.dispose()


@pytest.fixture
def make_application(engine: Engine) -> Iterator[MakeApplication]:
    """Configure an application: `make_application("houston.core.jobs", **settings)`.

    The caller commits the configuration; by default, jobs run immediately.
    """
    created: list[Configurator] = []

    def make(*includes: str, **settings: Any) -> Configurator:
        config = Configurator()
        given = {
            "houston.base_url": "https://houston.example.org",
            "houston.jobs.url": "immediate:",
            "houston.mail.url": "null:",
            "houston.mail.sender": "Houston <houston@example.org>",
            "houston.limits": {},
            "houston.limits.default": "",
            "houston.limits.storage": "memory://",
            "houston.limits.sign_in": "10/5minutes",
            "houston.limits.mail_recipient": "10/hour",
            "houston.limits.mail_sender": "100/hour",
            **{key.replace("__", "."): value for key, value in settings.items()},
        }
        services = services_of(config)
        services.add(Settings(given))
        services.add(Database(engine))
        for include in includes:
            config.include(include)
        created.append(config)
        return config

    yield make
    for config in created:
        if Jobs in services_of(config):
            services_of(config)[Jobs].queue.stop()

"""An application with two jobs, which run at once or when the test says so."""

from collections.abc import Iterator

import pytest
from pyramid.registry import Registry
from sqlalchemy.orm import Session

from houston.core.db.session import Database
from houston.core.jobs import Jobs
from houston.core.services import services_of
from tests.unit.core.jobs.support import Deaf, MakeApplication, Note


@pytest.fixture
def note() -> Note:
    return Note()


@pytest.fixture
def registry(make_application: MakeApplication, note: Note) -> Registry:
    """An application with the jobs `note`, `note.secret` and `note.heard`, run at once."""
    config = make_application("houston.core.events", "houston.core.jobs")
    config.add_job("note", note, max_attempts=3, backoff=10)
    config.add_job("note.secret", note, max_attempts=1, secret=True, on_failure=note.hear)
    config.add_job("note.heard", note, max_attempts=2, on_failure=note.hear)
    config.commit()
    return config.registry


@pytest.fixture
def deaf(registry: Registry) -> Registry:
    """The same, whose jobs wait until the test runs them."""
    services_of(registry)[Jobs].doorbell = Deaf()
    return registry


@pytest.fixture
def db(registry: Registry) -> Iterator[Session]:
    with services_of(registry)[Database].writing() as session:
        yield session

"""An application with some jobs, which run immediately or when the test runs them."""

from collections.abc import Iterator

import pytest

from houston.core.db.session import Database, Session
from houston.core.services import Services, services_of
from tests.jobs import jobs_waiting
from tests.unit.core.jobs.support import MakeApplication, RecordedJob


@pytest.fixture
def recorded() -> RecordedJob:
    return RecordedJob()


@pytest.fixture
def services(make_application: MakeApplication, recorded: RecordedJob) -> Services:
    """Return the services of an application with the jobs `plain`, `secret` and `watched`."""
    config = make_application("houston.core.events", "houston.core.jobs")
    watched = {"on_failure": recorded.on_failure}
    config.add_job("plain", recorded, max_attempts=3, backoff=10)
    config.add_job("secret", recorded, max_attempts=1, secret=True, **watched)
    config.add_job("watched", recorded, max_attempts=2, **watched)
    config.commit()
    return services_of(config)


@pytest.fixture
def waiting(services: Services) -> Iterator[None]:
    """Hold back jobs until the test runs them."""
    with jobs_waiting(services):
        yield


@pytest.fixture
def db(services: Services) -> Iterator[Session]:
    with services[Database].writing() as session:
        yield session

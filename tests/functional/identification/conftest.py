"""A site, a stand-in of the image analysis, and committed sightings."""

from collections.abc import Iterator
from typing import Any

import pytest
from pyramid.router import Router

from tests.clients_of_roles import Client
from tests.factories.users import UserFactory
from tests.stand_ins.sage import StandInSage, installed


@pytest.fixture(autouse=True)
def _with_site(site: None) -> None:
    """Give all tests a site."""


@pytest.fixture
def sage(app: Router) -> Iterator[StandInSage]:
    """Yield a Sage whose callbacks are lost: the tests send them."""
    with StandInSage() as sage, installed(app, sage):
        sage.lose_callbacks = True
        yield sage


@pytest.fixture
def machine(client_for: Any) -> Client:
    """Return the account of the image analysis in callbacks."""
    client: Client = client_for(UserFactory(is_internal=True))
    return client


@pytest.fixture
def colleague(client_for: Any) -> Client:
    """Return a client of another researcher."""
    client: Client = client_for(UserFactory(is_researcher=True))
    return client

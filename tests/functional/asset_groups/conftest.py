"""A site with regions and species, for asset groups."""

from typing import Any

import pytest

from tests.clients_of_roles import Client
from tests.factories.users import UserFactory


@pytest.fixture(autouse=True)
def _with_site(site: None) -> None:
    """Give all tests a site."""


@pytest.fixture
def contributor(client_for: Any) -> Client:
    """Return a client of a contributor who is not a researcher."""
    client: Client = client_for(UserFactory(is_contributor=True))
    return client

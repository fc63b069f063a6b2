"""A site with types of relationships, and two individuals of the researcher."""

from typing import Any, NamedTuple

import pytest

from houston.modules.individuals.models import Individual
from tests.clients_of_roles import Client
from tests.factories.individuals import IndividualFactory
from tests.factories.relationships import TYPES
from tests.factories.sightings import EncounterFactory
from tests.factories.site_settings import SiteSettingFactory


class Pair(NamedTuple):
    """Two individuals."""

    mother: Individual
    calf: Individual


@pytest.fixture(autouse=True)
def _with_types(site: None) -> None:
    """Give all tests types of relationships."""
    SiteSettingFactory(key="relationship_type_roles", value=TYPES)


def individual_of(account: Any) -> Individual:
    """Create an individual of an account."""
    individual: Individual = IndividualFactory(encounters=[EncounterFactory(owner=account)])
    return individual


@pytest.fixture
def pair(researcher: Client) -> Pair:
    """Return two individuals that the researcher may change."""
    return Pair(individual_of(researcher.account), individual_of(researcher.account))

"""A site with regions and species, for sightings."""

from collections.abc import Iterator
from typing import Any

import pytest
from pyramid.router import Router

from houston.core.events import Events
from houston.core.services import services_of
from houston.modules.sightings.events import IndividualsLeft


@pytest.fixture(autouse=True)
def _with_site(site: None) -> None:
    """Give all tests a site."""


@pytest.fixture
def left(app: Router) -> Iterator[list[Any]]:
    """Yield the guids of the individuals that are left without encounters."""
    guids: list[Any] = []
    events = services_of(app)[Events]
    events.subscribe(IndividualsLeft, lambda _services, _db, event: guids.extend(event.guids))
    yield guids
    events._subscribers.pop()

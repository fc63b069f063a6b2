"""A site with regions and species, for sightings."""

import pytest


@pytest.fixture(autouse=True)
def _with_site(site: None) -> None:
    """Give all tests a site."""

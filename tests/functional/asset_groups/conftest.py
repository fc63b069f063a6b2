"""A site with regions and species, for asset groups."""

from typing import Any

import pytest

from houston.core.db.session import Session
from houston.modules.site_settings.models import SiteSetting
from tests.clients_of_roles import Client
from tests.factories.users import UserFactory
from tests.functional.asset_groups.reports import REGIONS, SPECIES


@pytest.fixture(autouse=True)
def site(db: Session) -> None:
    """Create the settings against which requests are validated."""
    db.add(SiteSetting(key="site.custom.regions", value=REGIONS))
    db.add(SiteSetting(key="site.species", value=SPECIES))
    db.commit()


@pytest.fixture
def contributor(client_for: Any) -> Client:
    """Return a client of a contributor who is not a researcher."""
    client: Client = client_for(UserFactory(is_contributor=True))
    return client

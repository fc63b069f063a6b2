"""A site with regions and species."""

import pytest

from houston.core.db.session import Session
from houston.modules.site_settings.models import SiteSetting
from tests.functional.asset_groups.reports import REGIONS, SPECIES


@pytest.fixture
def site(db: Session) -> None:
    """Create the settings against which the catalogue is validated."""
    db.add(SiteSetting(key="site.custom.regions", value=REGIONS))
    db.add(SiteSetting(key="site.species", value=SPECIES))
    db.commit()

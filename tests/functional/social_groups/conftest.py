"""A site with roles of members of social groups."""

import pytest

from tests.factories.site_settings import SiteSettingFactory
from tests.factories.social_groups import ROLES


@pytest.fixture(autouse=True)
def _with_roles(site: None) -> None:
    """Give all tests roles."""
    SiteSettingFactory(key="social_group_roles", value=ROLES)

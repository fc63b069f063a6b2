"""The generated pages of docs/ are what would be generated now."""

from pyramid.router import Router

from houston.modules.asset_groups.pipeline.page import states_page
from houston.scripts.documents import permissions_page, settings_page, site_settings_page
from tests.conftest import ROOT


def test_settings_are_up_to_date() -> None:
    assert (ROOT / "docs/settings.md").read_text() == settings_page()


def test_site_settings_are_up_to_date() -> None:
    assert (ROOT / "docs/site_settings.md").read_text() == site_settings_page()


def test_stages_are_up_to_date() -> None:
    assert (ROOT / "docs/asset-groups.md").read_text() == states_page()


def test_permissions_are_up_to_date(app: Router) -> None:
    assert (ROOT / "docs/permissions.md").read_text() == permissions_page(app.registry)

"""The generated pages of docs/ are up to date, and pages link to existing files."""

import re
from importlib.metadata import version
from pathlib import Path

import pytest
from oauthlib.oauth2.rfc6749 import errors as oauth2
from pyramid.router import Router

from houston.modules.asset_groups.pipeline import states_page
from houston.modules.auth.provider import CODES
from houston.scripts.documents import (
    errors_page,
    permissions_page,
    settings_page,
    site_settings_page,
)
from tests.conftest import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)")
FILE = re.compile(r"(?<![/\w])(?:core|modules|houston|docs|deploy|tests|examples)/[\w./-]+\.\w+\b")


def test_settings_are_up_to_date() -> None:
    assert (ROOT / "docs/settings.md").read_text() == settings_page()


def test_site_settings_are_up_to_date(app: Router) -> None:
    assert (ROOT / "docs/site_settings.md").read_text() == site_settings_page(app.registry)


def test_stages_are_up_to_date() -> None:
    assert (ROOT / "docs/asset-groups.md").read_text() == states_page()


def test_permissions_are_up_to_date(app: Router) -> None:
    assert (ROOT / "docs/permissions.md").read_text() == permissions_page(app.registry)


def test_errors_are_up_to_date(app: Router) -> None:
    assert (ROOT / "docs/errors.md").read_text() == errors_page()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pages_link_to_existing_files(page: Path) -> None:
    text = page.read_text()
    linked = [page.parent / target for target in LINK.findall(text)]
    assert [path for path in linked if not path.exists()] == []
    folders = (ROOT, ROOT / "houston")
    named = FILE.findall(text)
    assert [name for name in named if not any((each / name).exists() for each in folders)] == []


def test_changelog_has_the_version() -> None:
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.M)
    assert newest is not None
    assert newest[1] == version("houston")


def test_codes_of_oauth2_are_those_of_the_library() -> None:
    assert CODES.keys() < {getattr(each, "error", None) for each in vars(oauth2).values()}

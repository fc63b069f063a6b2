"""The policy of the page, and the script that recent browsers need."""

import re
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

import pytest
from webtest import TestApp

from houston.core.db.session import Database
from houston.core.services import services_of
from houston.modules.site_settings.models import SiteSetting
from tests.functional.client.conftest import Serve

OWN = {
    "default-src": {"'self'"},
    "script-src": {"'self'", "'unsafe-eval'"},
    "style-src": {"'self'", "'unsafe-inline'"},
    "img-src": {"'self'", "data:", "blob:"},
    "font-src": {"'self'", "data:"},
    "connect-src": {"'self'"},
    "object-src": {"'none'"},
    "base-uri": {"'self'"},
    "form-action": {"'self'"},
    "frame-ancestors": {"'self'"},
    "frame-src": {"https://portal-2.flatfile.io"},
}


def sources(response: Any) -> dict[str, set[str]]:
    directives = map(str.split, response.headers["Content-Security-Policy"].split(";"))
    return {name: set(own) for name, *own in directives}


@contextmanager
def stored(client: TestApp, **values: str) -> Iterator[None]:
    """Store site settings during a block."""
    database = services_of(client.app)[Database]
    with database.transaction() as db:
        db.add_all(SiteSetting(key=key, value=value) for key, value in values.items())
    try:
        yield
    finally:
        with database.transaction() as db:
            db.query(SiteSetting).filter(SiteSetting.key.in_(values)).delete()


def test_script_of_the_page_is_allowed_by_its_hash(client: TestApp) -> None:
    response = client.get("/sightings")
    script = re.search(r'<head lang="en"><script>(.*?)</script><title>', response.text, re.DOTALL)
    assert script
    assert "scrollTo" in script[1]
    hashed = f"'sha256-{b64encode(sha256(script[1].encode()).digest()).decode()}'"
    assert sources(response) == {**OWN, "script-src": {*OWN["script-src"], hashed}}


def test_script_can_be_switched_off(serve: Serve) -> None:
    response = serve(**{"client.compatibility": "false"}).get("/")
    assert "<script>" not in response.text
    assert sources(response) == OWN


@pytest.mark.parametrize("page", ["<!DOCTYPE html><title>A", "<title>A", ""])
def test_pages_without_a_head(client: TestApp, folder: Any, page: str) -> None:
    (folder / "index.html").write_text(page)
    assert re.match(r"(<!DOCTYPE html>)?<script>", client.get("/").text)


def test_files_have_the_policy_of_every_page(client: TestApp) -> None:
    assert sources(client.get("/main.js")) == OWN


def test_services_of_the_site_are_allowed(client: TestApp) -> None:
    before = client.get("/")
    with stored(client, googleMapsApiKey="key"):
        response = client.get("/", headers={"If-None-Match": before.headers["ETag"]})
        # A browser would keep the policy of a page that has not changed.
        assert response.status_int == 200
        allowed = sources(response)
        assert "https://*.googleapis.com" in allowed["script-src"]
        assert "https://*.gstatic.com" in allowed["img-src"]
        assert allowed["frame-src"] == OWN["frame-src"]
    with stored(client, recaptchaPublicKey="key"):
        allowed = sources(client.get("/"))
        assert "https://www.google.com/recaptcha/" in allowed["script-src"] & allowed["frame-src"]
        assert allowed["img-src"] == OWN["img-src"]
    assert sources(client.get("/")) == sources(before)


@pytest.mark.parametrize(
    ("dsn", "origin"),
    [
        ("https://key@sentry.example.org:8443/5", {"https://sentry.example.org:8443"}),
        ("key", set()),
    ],
)
def test_reports_of_failures_are_allowed(serve: Serve, dsn: str, origin: set[str]) -> None:
    allowed = sources(serve(sentry_dsn=dsn).get("/"))
    assert allowed["connect-src"] == {"'self'"} | origin


def test_policy_of_the_api_stays(client: TestApp) -> None:
    response = client.get("/api/v1/site-settings/public-data")
    assert sources(response) == {"default-src": {"'none'"}, "frame-ancestors": {"'none'"}}
    assert response.headers["X-Frame-Options"] == "DENY"

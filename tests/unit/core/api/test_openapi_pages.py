"""The API documents and the interactive page over HTTP."""

import pytest
from webtest import TestApp

from houston.core.api import docs
from tests.unit.core.api import herds


@pytest.fixture(scope="module")
def pages() -> TestApp:
    return TestApp(herds.application())


@pytest.mark.parametrize(
    ("path", "member", "version"),
    [
        ("/api/v1/swagger.json", "swagger", "2.0"),
        ("/api/v1/openapi.json", "openapi", "3.1.0"),
    ],
)
def test_documents(pages: TestApp, path: str, member: str, version: str) -> None:
    response = pages.get(path)
    assert response.json[member] == version
    assert response.content_type == "application/json"
    assert int(response.headers["Content-Length"]) == len(response.body)


def test_unchanged_document_is_not_sent_again(pages: TestApp) -> None:
    etag = pages.get("/api/v1/swagger.json").headers["ETag"]
    response = pages.get("/api/v1/swagger.json", headers={"If-None-Match": etag}, status=304)
    assert response.body == b""
    assert response.headers["ETag"] == etag
    pages.get("/api/v1/swagger.json", headers={"If-None-Match": '"other"'}, status=200)


def test_document_is_generated_once(monkeypatch: pytest.MonkeyPatch) -> None:
    created = []
    monkeypatch.setattr(docs, "swagger", lambda registry: created.append(registry) or {})
    pages = TestApp(herds.application())
    assert created == [], "it is generated at the first request"
    assert [pages.get("/api/v1/swagger.json").json for _ in range(2)] == [{}, {}]
    assert len(created) == 1


@pytest.mark.parametrize("path", ["/api/v1", "/api/v1/"])
def test_page_runs_only_files_of_this_server(pages: TestApp, path: str) -> None:
    page = pages.get(path)
    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy
    for element in (*page.html("script"), *page.html("link")):
        address = element.get("src") or element.get("href")
        assert address.startswith("/api/v1/docs/")
        pages.get(address, status=200)


def test_root_redirects_to_the_page(pages: TestApp) -> None:
    response = pages.get("/", status=303)
    assert response.location == "http://localhost/api/v1/"
    assert response.follow().content_type == "text/html"
    assert pages.head("/", status=303).location == response.location
    below = pages.get("/", extra_environ={"SCRIPT_NAME": "/houston"}, status=303)
    assert below.location == "http://localhost/houston/api/v1/"
    pages.post("/", status=404)


def test_page_can_be_disabled_without_the_documents() -> None:
    pages = TestApp(herds.application(**{"houston.docs": "false"}))
    pages.get("/api/v1/", status=404)
    pages.get("/", status=404)
    pages.get("/api/v1/docs/page.js", status=404)
    pages.get("/api/v1/swagger.json", status=200)

"""A web client that Houston serves, in a real browser: its policy, and moving between its pages."""

from collections.abc import Iterator

import pytest

from tests.browser.chromium import Page, browse, chromium
from tests.live import LiveServer, live_server

NO_BROWSER = "The web client is tested in a browser, and there is no `chromium` on the PATH."
HTML = """<!doctype html><html><head><meta charset="utf-8"><title>A client</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="/main.css">
<script defer src="/main.js"></script></head><body><div id="root"></div></body></html>"""
STYLES = "body { color: #112233 }"

# What the page of a path leaves to be cleaned up is called before the next one, as React 16 does.
SCRIPT = """
let cleanUp;
function show() {
  if (cleanUp !== undefined) cleanUp();
  const root = document.getElementById("root");
  root.innerHTML = `<style>p { color: #445566 }</style><p>${location.pathname}</p>
    <img src="data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==">
    <a id="next" href="/sightings">Sightings</a><a id="last" href="/users/1">User</a>`;
  root.onclick = (event) => {
    event.preventDefault();
    history.pushState({}, "", event.target.getAttribute("href"));
    show();
  };
  window.compiled = new Function("return 7")();
  cleanUp = window.scrollTo(0, 0);
}
fetch("/api/v1/site-settings/data/site.name").then((answer) => answer.json()).then((setting) => {
  window.siteName = setting.value ?? setting.key;
  show();
});
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    if chromium() is None:
        pytest.skip(NO_BROWSER)
    client = tmp_path_factory.mktemp("client")
    for name, text in (("index.html", HTML), ("main.css", STYLES), ("main.js", SCRIPT)):
        (client / name).write_text(text)
    with live_server(tmp_path_factory.mktemp("server"), HOUSTON_CLIENT_PATH=str(client)) as server:
        yield server


@pytest.fixture
def page(server: LiveServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with browse(tmp_path_factory.mktemp("profile")) as page:
        yield page


def test_client_lives_with_its_policy(page: Page, server: LiveServer) -> None:
    page.open(f"{server.url}/")
    assert page.text("p") == "/"
    assert page.evaluate("window.siteName")
    assert page.evaluate("window.compiled") == 7
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(17, 34, 51)"
    assert (
        page.evaluate("getComputedStyle(document.querySelector('p')).color") == "rgb(68, 85, 102)"
    )
    assert page.evaluate("document.querySelector('img').naturalWidth") == 1
    assert page.errors == []


def test_moving_between_pages(page: Page, server: LiveServer) -> None:
    page.open(f"{server.url}/")
    for link, path in (("#next", "/sightings"), ("#last", "/users/1"), ("#next", "/sightings")):
        page.click(link)
        assert page.text("p") == path
    page.open(f"{server.url}/users/1")
    assert page.text("p") == "/users/1"
    assert page.errors == []


def test_scrolling_returns_nothing(page: Page, server: LiveServer) -> None:
    page.open(f"{server.url}/")
    page.text("p")
    page.evaluate("document.getElementById('root').style.height = '9000px'")
    for owner in ("window", "document.documentElement"):
        for name, position in (("scroll", 10), ("scrollTo", 20), ("scrollBy", 40)):
            assert page.evaluate(f"{owner}.{name}(0, {position}) === undefined")
        assert page.evaluate("window.scrollY") == 60
    assert page.errors == []


def test_injected_scripts_do_not_run(page: Page, server: LiveServer) -> None:
    page.open(f"{server.url}/")
    page.evaluate(
        "document.head.append(Object.assign(document.createElement('script'), {text: 'owned = 1'}))"
    )
    assert page.evaluate("typeof owned") == "undefined"
    assert any("Content Security Policy" in error for error in page.errors)

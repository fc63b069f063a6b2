"""The interactive page in a real browser: signing in, and executing an operation."""

import json
import time
from collections.abc import Iterator

import httpx
import pytest

from tests.browser.chromium import Page, browse, chromium
from tests.live import LiveServer, live_server

NO_BROWSER = "The interactive page is tested in a browser, and there is no `chromium` on the PATH."
PASSWORD_FLOW = ".auth-container:first-child"
OPERATION = "#operations-users-get_me"
RESPONSE = f"{OPERATION} .live-responses-table .response"
ME = "/api/v1/users/me"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    if chromium() is None:
        pytest.skip(NO_BROWSER)
    with live_server(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture
def page(server: LiveServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with browse(tmp_path_factory.mktemp("profile")) as page:
        page.open(f"{server.url}/api/v1/")
        yield page


def operations_shown(page: Page) -> Iterator[str]:
    """Return the visible operations while scrolling, since the page renders them lazily."""
    position = 0
    while position < page.evaluate("document.documentElement.scrollHeight"):
        page.evaluate(f"window.scrollTo(0, {position})")
        time.sleep(0.3)
        found = page.evaluate("[...document.querySelectorAll('.opblock')].map(e => e.id).join(' ')")
        yield from found.split()
        position += 800


def sign_in(page: Page) -> None:
    """Sign in by the password flow of the dialog, and close the dialog."""
    page.click(".scheme-container .btn.authorize")
    page.wait_for(f"{page.element('#client_id_password')}.value === 'documentation'")
    page.write("#oauth_username", "root")
    page.write("#oauth_password", "q")
    page.click(f"{PASSWORD_FLOW} .btn.authorize")


def test_page_shows_every_operation_without_errors(page: Page, server: LiveServer) -> None:
    document = httpx.get(f"{server.url}/api/v1/openapi.json").json()
    listed = sum(len(item.keys() - {"parameters"}) for item in document["paths"].values())
    page.wait_for("document.querySelectorAll('.opblock').length > 0")
    assert len(set(operations_shown(page))) == listed
    assert page.errors == []


def test_signing_in_and_reading_the_own_account(page: Page) -> None:
    sign_in(page)
    page.element(f"{PASSWORD_FLOW} .btn.authorize[aria-label='Remove authorization']")
    page.click(f"{PASSWORD_FLOW} .btn-done")
    try_out_own_account(page)
    assert page.text(f"{RESPONSE} .response-col_status").split()[0] == "200"
    account = json.loads(page.text(f"{RESPONSE} .highlight-code code"))
    assert (account["id"], account["username"]) == (1, "root")
    assert page.errors == []


def test_response_is_shown_without_signing_in(page: Page) -> None:
    try_out_own_account(page)
    assert page.text(f"{RESPONSE} .response-col_status").split()[0] == "401"


def try_out_own_account(page: Page) -> None:
    """Filter for `GET /users/me`, open and execute it."""
    page.write(".operation-filter-input", ME)
    assert page.text(f"{OPERATION} .opblock-summary-path").replace("\u200b", "") == ME
    page.click(f"{OPERATION} .opblock-summary-control")
    page.element(f"{OPERATION}:not(:has(.opblock-loading-animation)) .opblock-body")
    page.click(f"{OPERATION} .btn.execute")


AUTHORIZATION_REQUEST = """
window.answered = null;
window.swaggerUIRedirectOauth2 = {
  auth: {name: "oauth2"}, state: "xyz", redirectUrl: "here",
  callback: (answer) => { window.answered = answer.auth.code; },
  errCb: (error) => { window.answered = error.message; },
};
window.open("/api/v1/docs/oauth2-redirect.html?%s") !== null
"""


@pytest.mark.parametrize(
    ("parameters", "result"),
    [
        ("code=abc&state=xyz", "abc"),
        ("error=access_denied&state=xyz", "access_denied"),
        ("code=abc&state=other", "Another answer than asked for."),
    ],
)
def test_result_of_the_authorization_page_is_passed_on(
    page: Page, parameters: str, result: str
) -> None:
    assert page.evaluate(AUTHORIZATION_REQUEST % parameters)
    assert page.wait_for("window.answered") == result

"""The request of somebody without an account."""

from typing import Any

from tests.factories.account_requests import AccountRequestFactory
from tests.permissions.expected import Cast

EXPECTED = {
    "list_account_requests": "401 403 403 403 403 403 200 200 200 200 403",
    "create_account_request": "422 422 422 422 422 422 422 422 422 422 403",
    "delete_account_request": "401 403 403 403 403 403 204 204 204 204 403",
    "accept_account_request": "401 403 403 403 403 403 200 200 200 200 403",
}


def keys(_cast: Cast) -> dict[str, Any]:
    return {"account_request": AccountRequestFactory().guid}

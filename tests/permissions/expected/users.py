"""Accounts: `owner` is the account itself."""

from typing import Any

from tests.permissions.expected import Cast

EXPECTED = {
    "list_users": "401 403 403 403 403 200 200 200 200 200 403",
    "search_users": "401 403 403 403 403 200 200 200 200 200 403",
    "find_users": "401 403 403 403 403 200 200 200 200 200 403",
    "create_user": "422 422 422 422 422 422 422 422 422 422 422",
    "get_user": "200 200 200 200 200 200 200 200 200 200 200",
    "patch_user": "401 403 200 403 403 403 200 200 200 200 403",
    "delete_user": "401 403 204 403 403 403 204 204 204 204 403",
    "get_profile_image": "404 404 404 404 404 404 404 404 404 404 404",
    "get_me": "401 200 200 200 200 200 200 200 200 200 403",
    "create_invitation": "401 403 403 403 403 403 422 422 422 422 403",
    "verify_account_email": "401 200 200 200 200 200 200 200 200 200 403",
    "reset_password_email": "422 422 422 422 422 422 422 422 422 422 422",
    "get_first_administrator": "200 200 200 200 200 200 200 200 200 200 200",
    "create_first_administrator": "422 422 422 422 422 422 422 422 422 422 422",
    "open_set_up": "403 403 403 403 403 403 403 403 403 403 403",
}


def keys(cast: Cast) -> dict[str, Any]:
    return {"user": cast.owner.guid}

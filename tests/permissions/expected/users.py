"""Accounts: `owner` is the user himself."""

from typing import Any

from tests.permissions.expected import Cast

EXPECTED = {
    "list_users": "401 403 403 403 403 ok ok ok ok ok 403",
    "create_user": "ok ok ok ok ok ok ok ok ok ok ok",
    "get_user": "ok ok ok ok ok ok ok ok ok ok ok",
    "patch_user": "401 403 ok 403 403 403 ok ok 403 403 403",
    "delete_user": "401 403 ok 403 403 403 ok ok 403 403 403",
    "get_me": "401 ok ok ok ok ok ok ok ok ok 403",
    "create_invitation": "401 403 403 403 403 403 ok ok 403 403 403",
    "verify_account_email": "401 ok ok ok ok ok ok ok ok ok 403",
    "reset_password_email": "ok ok ok ok ok ok ok ok ok ok ok",
    "get_first_administrator": "ok ok ok ok ok ok ok ok ok ok ok",
    "create_first_administrator": "ok ok ok ok ok ok ok ok ok ok ok",
}


def keys(cast: Cast) -> dict[str, Any]:
    return {"user": cast.owner.guid}

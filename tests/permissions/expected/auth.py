"""Credentials: clients and tokens belong to their owners; OAuth2 knows by itself who is who."""

from typing import Any

from tests.factories.auth import ClientFactory, TokenFactory
from tests.permissions.expected import Cast

EXPECTED = {
    "get_client": "401 403 ok 403 403 403 403 ok 403 403 403",
    "patch_client": "401 403 ok 403 403 403 403 ok 403 403 403",
    "delete_client": "401 403 ok 403 403 403 403 ok 403 403 403",
    "list_clients": "401 ok ok ok ok ok ok ok ok ok 403",
    "create_client": "401 ok ok ok ok ok ok ok ok ok 403",
    "create_personal_token": "401 ok ok ok ok ok ok ok ok ok 403",
    "list_tokens": "401 ok ok ok ok ok ok ok ok ok 403",
    "get_token": "401 403 ok 403 403 403 403 ok 403 403 403",
    "delete_token": "401 403 ok 403 403 403 403 ok 403 403 403",
    "create_session": "ok ok ok ok ok ok ok ok ok ok ok",
    "delete_session": "401 ok ok ok ok ok ok ok ok ok 403",
    "log_out": "ok ok ok ok ok ok ok ok ok ok ok",
    "get_recaptcha": "ok ok ok ok ok ok ok ok ok ok ok",
    "get_code": "ok ok ok ok ok ok ok ok ok ok ok",
    "use_code": "ok ok ok ok ok ok ok ok ok ok ok",
    "follow_code": "ok ok ok ok ok ok ok ok ok ok ok",
    "follow_code_with_password": "ok ok ok ok ok ok ok ok ok ok ok",
    "show_authorization": "ok ok ok ok ok ok ok ok ok ok ok",
    "decide_authorization": "ok ok ok ok ok ok ok ok ok ok ok",
    "create_token": "ok ok ok ok ok ok ok ok ok ok ok",
    "create_token_by_address": "ok ok ok ok ok ok ok ok ok ok ok",
    "create_token_below_api": "ok ok ok ok ok ok ok ok ok ok ok",
    "revoke_token": "ok ok ok ok ok ok ok ok ok ok ok",
    "revoke_token_below_api": "ok ok ok ok ok ok ok ok ok ok ok",
    "introspect_token": "ok ok ok ok ok ok ok ok ok ok ok",
    "get_authorization_server": "ok ok ok ok ok ok ok ok ok ok ok",
}


def keys(cast: Cast) -> dict[str, Any]:
    return {
        "client": ClientFactory(user=cast.owner).guid,
        "token": TokenFactory(user_id=cast.owner.id).guid,
        "code": "0" * 64,
    }

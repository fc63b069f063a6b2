"""Credentials: clients and tokens belong to their owners; OAuth2 authenticates its own callers."""

from typing import Any

from tests.factories.auth import ClientFactory, TokenFactory
from tests.permissions.expected import Cast

EXPECTED = {
    "get_client": "401 403 200 403 403 403 403 200 403 403 403",
    "patch_client": "401 403 200 403 403 403 403 200 403 403 403",
    "delete_client": "401 403 204 403 403 403 403 204 403 403 403",
    "list_clients": "401 200 200 200 200 200 200 200 200 200 403",
    "create_client": "401 422 422 422 422 422 422 422 422 422 403",
    "create_client_secret": "401 403 200 403 403 403 403 403 403 403 403",
    "create_personal_token": "401 422 422 422 422 422 422 422 422 422 403",
    "list_tokens": "401 200 200 200 200 200 200 200 200 200 403",
    "get_token": "401 403 200 403 403 403 403 200 403 403 403",
    "delete_token": "401 403 204 403 403 403 403 204 403 403 403",
    "create_session": "422 422 422 422 422 422 422 422 422 422 422",
    "delete_session": "401 200 200 200 200 200 200 200 200 200 403",
    "log_out_by_link": "302 302 302 302 302 302 302 302 302 302 302",
    "log_out": "302 302 302 302 302 302 302 302 302 302 302",
    "get_recaptcha": "200 200 200 200 200 200 200 200 200 200 200",
    "get_code": "404 404 404 404 404 404 404 404 404 404 404",
    "use_code": "404 404 404 404 404 404 404 404 404 404 404",
    "follow_code": "404 404 404 404 404 404 404 404 404 404 404",
    "follow_code_with_password": "404 404 404 404 404 404 404 404 404 404 404",
    "show_authorization": "400 400 400 400 400 400 400 400 400 400 400",
    "decide_authorization": "400 400 400 400 400 400 400 400 400 400 400",
    "create_token": "400 400 400 400 400 400 400 400 400 400 400",
    "create_token_by_address": "400 400 400 400 400 400 400 400 400 400 400",
    "create_token_below_api": "400 400 400 400 400 400 400 400 400 400 400",
    "revoke_token": "400 400 400 400 400 400 400 400 400 400 400",
    "revoke_token_below_api": "400 400 400 400 400 400 400 400 400 400 400",
    "introspect_token": "400 400 400 400 400 400 400 400 400 400 400",
    "get_authorization_server": "200 200 200 200 200 200 200 200 200 200 200",
}


def keys(cast: Cast) -> dict[str, Any]:
    return {
        "client": ClientFactory(user=cast.owner).guid,
        "token": TokenFactory(user_id=cast.owner.id).guid,
        "code": "0" * 64,
    }

"""The calls of the quickstart, by curl with a separate server."""

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.live import SECRET, LiveServer

ACCOUNT_FIELDS = [
    "id",
    "username",
    "email",
    "first_name",
    "middle_name",
    "last_name",
    "is_active",
    "is_regular_user",
    "is_admin",
    "created",
    "updated",
]


def curl(*arguments: str) -> Any:
    """Run curl, and return its output as JSON."""
    command = ["curl", "--silent", "--show-error", *arguments]
    return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)


def check_tokens(answer: dict[str, Any]) -> None:
    assert list(answer) == ["token_type", "access_token", "refresh_token", "expires_in", "scope"]
    assert answer["token_type"] == "Bearer"
    assert answer["expires_in"] == 3600
    scopes = answer["scope"].split()
    assert scopes == sorted(scopes)
    assert {"assets:write", "auth:read", "teams:write", "users:read"} < set(scopes)
    assert len({answer["access_token"], answer["refresh_token"]}) == 2


def token_address(server: LiveServer, grant: str) -> str:
    return f"{server.url}/auth/oauth2/token?grant_type={grant}"


def test_credentials_in_the_url(server: LiveServer) -> None:
    address = token_address(server, "password")
    check_tokens(curl(f"{address}&client_id=documentation&username=root&password=q"))


def test_credentials_as_a_multipart_form(server: LiveServer) -> None:
    fields = ("-F", "client_id=documentation", "-F", "username=root", "-F", "password=q")
    check_tokens(curl(token_address(server, "password"), *fields))


def test_credentials_as_an_urlencoded_form(server: LiveServer) -> None:
    fields = "client_id=documentation&username=user&password=w"
    check_tokens(curl(token_address(server, "password"), "--data", fields))


def test_client_by_basic_authentication(server: LiveServer) -> None:
    fields = ("-F", "username=root", "-F", "password=q")
    check_tokens(curl(token_address(server, "password"), "--user", "documentation:", *fields))


def test_own_account_with_the_access_token(server: LiveServer) -> None:
    authorization = server.sign_in("root", "q")["Authorization"]
    header = ("--header", f"Authorization: {authorization}")
    account = curl(*header, f"{server.url}/api/v1/users/me")
    assert list(account)[: len(ACCOUNT_FIELDS)] == ACCOUNT_FIELDS
    assert account["id"] == 1
    assert account["username"] == "root"
    assert account["email"] == "root@localhost"
    assert account["is_active"] is account["is_regular_user"] is account["is_admin"] is True
    assert account["created"].endswith("+00:00")


def test_refreshing(server: LiveServer) -> None:
    fields = ("-F", "client_id=documentation", "-F", "username=root", "-F", "password=q")
    first = curl(token_address(server, "password"), *fields)
    refresh = ("--user", "documentation:", "-F", f"refresh_token={first['refresh_token']}")
    second = curl(token_address(server, "refresh_token"), *refresh)
    check_tokens(second)
    assert second["access_token"] != first["access_token"]


def test_client_credentials(server: LiveServer) -> None:
    address = token_address(server, "client_credentials")
    response = curl(address, "--user", f"documentation:{SECRET}")
    assert list(response) == ["token_type", "access_token", "expires_in", "scope"]
    assert set(response["scope"].split()) >= {"teams:read", "teams:write", "users:read"}
    header = ("--header", f"Authorization: Bearer {response['access_token']}")
    assert curl(*header, f"{server.url}/api/v1/users/me")["username"] == "documentation"


def test_document_is_served(server: LiveServer) -> None:
    assert curl(f"{server.url}/api/v1/swagger.json")["swagger"] == "2.0"


def test_first_start_writes_its_files_into_the_configured_folders(server: LiveServer) -> None:
    assert Path(server.folder, "houston.sqlite").exists()

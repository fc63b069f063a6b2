"""Small requests take little: bodies, values, depth, faults and clauses have bounds."""

from json import dumps
from typing import Any
from uuid import uuid4

import pytest

from tests.clients_of_roles import Client

TEAMS, USERS, GROUPS = "/api/v1/teams", "/api/v1/users", "/api/v1/asset_groups"
TOKEN, SESSIONS = "/auth/oauth2/token", "/api/v1/auth/sessions"
JSON = {"Content-Type": "application/json"}
LIGATURE = "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}"
SIGHTING: dict[str, Any] = {
    "time": "2020-01-01T00:00:00Z",
    "timeSpecificity": "time",
    "locationId": str(uuid4()),
    "encounters": [{}],
}


def text_of(size: int) -> bytes:
    """Return a JSON text of so many bytes."""
    return b'"' + b"a" * (size - 2) + b'"'


class TestSizes:
    @pytest.mark.parametrize("address", [USERS, SESSIONS, TOKEN])
    def test_anonymous_body_is_refused_by_its_length(self, anonymous: Client, address: str) -> None:
        for headers in (JSON, {**JSON, "Cookie": "session=forged"}):
            assert anonymous.post(address, b"{" * 65_536, headers=headers).status_int != 413
            response = anonymous.post(address, b"{" * 65_537, headers=headers)
            assert response.status_int == 413
            assert "65536 bytes" in response.json["message"]

    def test_forged_token_does_not_raise_the_limit(self, anonymous: Client) -> None:
        headers = {**JSON, "Authorization": "Bearer forged"}
        assert anonymous.post(USERS, text_of(100_000), headers=headers).status_int == 401

    def test_limit_of_most_operations(self, user: Client) -> None:
        assert user.post(TEAMS, text_of(2**20), headers=JSON).status_int == 422
        response = user.post(TEAMS, text_of(2**20 + 1), headers=JSON)
        assert response.status_int == 413
        assert "1048576 bytes" in response.json["message"]

    def test_bulk_import_declares_a_larger_one(self, user: Client, anonymous: Client) -> None:
        assert user.post(GROUPS, text_of(2**21), headers=JSON).status_int == 422
        assert user.post(GROUPS, text_of(2**25 + 1), headers=JSON).status_int == 413
        assert anonymous.post(GROUPS, text_of(2**17), headers=JSON).status_int == 413

    def test_limits_are_documented(self, anonymous: Client) -> None:
        document = anonymous.get("/api/v1/openapi.json").json
        shared = document["components"]["responses"]["ContentTooLarge"]["description"]
        assert "At most 1048576 bytes, and 65536 of callers who are not signed in." in shared
        own = document["components"]["responses"]["ContentTooLargeOf33554432"]["description"]
        assert "At most 33554432 bytes" in own
        reference = document["paths"][GROUPS]["post"]["responses"]["413"]["$ref"]
        assert reference.endswith("/ContentTooLargeOf33554432")
        upload = document["components"]["responses"]["ContentTooLargeOf104857600"]["description"]
        assert "At most 104857600 bytes, and 52428800 of" in upload


class TestValues:
    @pytest.mark.parametrize(
        "values", [b"[[]" + b",[]" * 300_000 + b"]", b"[" + b"{},0," * 200_000]
    )
    def test_number_of_values(self, user: Client, values: bytes) -> None:
        response = user.post(GROUPS, values, headers=JSON)
        assert response.status_int == 400
        assert "more than 500000 values" in response.json["message"]

    def test_marks_in_texts_are_no_values(self, user: Client) -> None:
        body = dumps({"description": '[{,\\"' * 200_000}).encode()
        response = user.post(GROUPS, body, headers=JSON)
        assert response.status_int == 422
        assert "description" in response.json["messages"]

    def test_parameters_of_an_address(self, user: Client) -> None:
        names = "&".join(f"name{number}=1" for number in range(30_000))
        for address in (USERS, "/auth/oauth2/authorize", f"{USERS}/me"):
            response = user.get(f"{address}?{names}")
            assert response.status_int == 400
            assert "parameters" in response.json["message"]

    def test_long_texts_are_told_once(self, anonymous: Client) -> None:
        body = {"email": "a" * 5000, "password": "x" * 5000}
        messages = anonymous.post_json(USERS, body).json["messages"]
        assert messages["email"] == ["Longer than maximum length 120."]
        assert messages["password"] == ["Longer than maximum length 1024."]


class TestFaults:
    def test_bad_encounters(self, user: Client) -> None:
        encounters = [{"sex": "x", "taxonomy": "y", "unknown" * 30: 1}] * 1000
        group = {
            "uploadType": "bulk",
            "speciesDetectionModel": ["None"],
            "sightings": [SIGHTING | {"encounters": encounters}] * 10,
        }
        response = user.post_json(GROUPS, group)
        assert response.status_int == 422
        assert len(response.body) < 50_000

    def test_unknown_fields(self, user: Client) -> None:
        response = user.post_json(TEAMS, {f"name{number}": 1 for number in range(50_000)})
        assert response.status_int == 422
        assert len(response.body) < 10_000


class TestRawOperations:
    @pytest.mark.parametrize("field", ["username", "password", "client_id", "scope", "code"])
    def test_long_text_names_its_field(self, anonymous: Client, field: str) -> None:
        form = {"grant_type": "password", field: LIGATURE * 5000}
        response = anonymous.post(TOKEN, form)
        assert response.status_int == 400
        assert response.json["error"] == "invalid_request"
        assert list(response.json["messages"]) == [field]
        assert field in response.json["message"]

    def test_nul_names_its_field(self, anonymous: Client) -> None:
        response = anonymous.post("/auth/oauth2/revoke", {"token": "a\0b"})
        assert (response.status_int, list(response.json["messages"])) == (400, ["token"])

    def test_repeated_field(self, anonymous: Client) -> None:
        response = anonymous.post(TOKEN, [("username", "ada"), ("username", "eve")])
        assert response.json["messages"] == {"username": ["Given more than once."]}

    def test_unknown_fields_are_ignored(self, anonymous: Client) -> None:
        response = anonymous.post(TOKEN, {"grant_type": "magic", "further": "x" * 5000})
        assert response.json["error"] == "unsupported_grant_type"

    def test_form_of_get_is_not_read(self, anonymous: Client) -> None:
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        response = anonymous.request(
            TOKEN, method="GET", body=b"grant_type=client_credentials", headers=form
        )
        assert response.status_int == 400
        assert response.json["error"] == "invalid_request"

    @pytest.mark.parametrize("field", ["username", "password", "decision"])
    def test_file_at_the_consent_page(self, anonymous: Client, field: str) -> None:
        body = (
            f'--b\r\nContent-Disposition: form-data; name="{field}"; filename="a.txt"\r\n\r\n'
            "a\r\n--b--"
        )
        response = anonymous.post(
            "/auth/oauth2/authorize?client_id=a",
            body.encode(),
            headers={"Content-Type": "multipart/form-data; boundary=b"},
        )
        assert response.status_int == 400
        assert response.json["messages"][field] == ["Not a file, but text is expected here."]

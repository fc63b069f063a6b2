"""Every error is JSON with a reason and the usual headers, whatever the request."""

import logging
from typing import Any
from urllib.parse import urlencode

import pytest
from pyramid.router import Router

from houston.core.db.session import Session
from houston.core.http.measures import Measures
from houston.core.services import services_of
from tests.clients_of_roles import Client
from tests.factories.auth import ClientFactory
from tests.factories.users import UserFactory

PATCH_HEADERS = {"Content-Type": "application/json-patch+json"}


def check_envelope(response: Any, status: int) -> dict[str, Any]:
    assert response.status_int == status, response.text
    assert response.content_type == "application/json"
    body: dict[str, Any] = response.json
    assert body["status"] == status
    assert isinstance(body["message"], str)
    assert body["message"]
    assert body["request_id"] == response.headers["X-Request-Id"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    return body


def test_unknown_address(anonymous: Client) -> None:
    check_envelope(anonymous.get("/api/v1/unicorns"), 404)
    check_envelope(anonymous.get("/nowhere"), 404)


def test_root_redirects_to_the_interactive_page(anonymous: Client) -> None:
    response = anonymous.get("/")
    assert response.status_int == 303
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "swagger-ui" in response.follow().text
    check_envelope(anonymous.post("/"), 404)


def test_unknown_method_lists_the_allowed_ones(anonymous: Client) -> None:
    response = anonymous.put("/api/v1/users/me")
    check_envelope(response, 405)
    assert "GET" in response.headers["Allow"]


def test_anonymous_caller_is_challenged(anonymous: Client) -> None:
    response = anonymous.get("/api/v1/users/me")
    check_envelope(response, 401)
    # RFC 6750, section 3.1: no error code without a credential.
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="houston"'


def test_invalid_token(anonymous: Client) -> None:
    for token in ("nonsense", "", "é"):
        headers = {"Authorization": f"Bearer {token}"}
        response = anonymous.get("/api/v1/users/me", headers=headers)
        check_envelope(response, 401)
        assert 'error="invalid_token"' in response.headers["WWW-Authenticate"]


def test_token_without_the_scope(client_for: Any, user: Client) -> None:
    response = client_for(user.account, scopes="teams:read").get("/api/v1/users/me")
    assert check_envelope(response, 403)["reason"] == "insufficient_scope"
    assert 'scope="users:read"' in response.headers["WWW-Authenticate"]


@pytest.mark.parametrize(
    "path", ["/api/v1/users/%ff", "/api/v1/users/%00", "/api/v1/%c3%28", "/%ed%a0%80"]
)
def test_paths_that_are_not_text(anonymous: Client, path: str) -> None:
    check_envelope(anonymous.get(path), 400)


@pytest.mark.parametrize("query", ["limit=%ff", "%ff=1", "search=%00"])
def test_queries_that_are_not_text(admin: Client, query: str) -> None:
    check_envelope(admin.get(f"/api/v1/users?{query}"), 400)


@pytest.mark.parametrize(
    "path", ["/api/v1/teams/../users", "/api/v1//users", "/api/v1/users/me/.."]
)
def test_path_traversal_finds_nothing(user: Client, path: str) -> None:
    assert user.get(path).status_int in (400, 404, 405)


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"nonsense",
        b'{"title": NaN}',
        b'{"title": 1e999}',
        b'{"title": "a", "title": "b"}',
        b'{"title": "\xff"}',
        b"[" * 100_000,
        b'{"\\ud800": 1}',
        b'{"title": ' + b"9" * 5000 + b"}",
    ],
)
def test_bodies_that_are_not_json(user: Client, body: bytes) -> None:
    response = user.post("/api/v1/teams", body, headers={"Content-Type": "application/json"})
    check_envelope(response, 400)


def test_deep_json(user: Client) -> None:
    body = b'{"title": ' + b"[" * 60 + b"]" * 60 + b"}"
    response = user.post("/api/v1/teams", body, headers={"Content-Type": "application/json"})
    check_envelope(response, 400)


def test_text_that_cannot_be_stored_names_its_field(user: Client) -> None:
    for title in ("a\x00b", "\ud800"):
        response = user.post_json("/api/v1/teams", {"title": title})
        assert list(check_envelope(response, 422)["messages"]) == ["title"]


def test_unknown_fields_are_named(user: Client) -> None:
    response = user.post_json("/api/v1/teams", {"title": "Cetaceans", "tilte": "x"})
    assert check_envelope(response, 422)["messages"] == {"tilte": ["Unknown field."]}
    response = user.get("/api/v1/users/me?limt=5")
    assert check_envelope(response, 422)["messages"] == {"limt": ["Unknown field."]}


def test_wrong_content_type(user: Client) -> None:
    response = user.post("/api/v1/teams", b"<a/>", headers={"Content-Type": "application/xml"})
    check_envelope(response, 415)


def test_types_are_checked_after_the_permission(anonymous: Client) -> None:
    response = anonymous.post("/api/v1/teams", b"<a/>", headers={"Content-Type": "application/xml"})
    check_envelope(response, 401)


def test_wrong_content_type_of_a_patch_lists_the_accepted_ones(user: Client) -> None:
    team = user.post_json("/api/v1/teams", {"title": "Cetaceans"}).json["id"]
    response = user.patch(f"/api/v1/teams/{team}", b"x", headers={"Content-Type": "text/plain"})
    check_envelope(response, 415)
    assert "application/json-patch+json" in response.headers["Accept-Patch"]


def test_not_acceptable(user: Client) -> None:
    check_envelope(user.get("/api/v1/users/me", headers={"Accept": "text/csv"}), 406)


def test_accept_with_alternatives(user: Client) -> None:
    headers = {"Accept": "text/html, application/json;q=0.5"}
    assert user.get("/api/v1/users/me", headers=headers).status_int == 200


def test_huge_body(user: Client) -> None:
    headers = {"Content-Type": "application/json", "Content-Length": str(10**9)}
    check_envelope(user.post("/api/v1/teams", b"{}", headers=headers), 413)


@pytest.mark.parametrize("length", ["-1", "x", "1e3"])
def test_content_length_that_is_not_a_number(app: Router, db: Session, length: str) -> None:
    # The lint of WebTest would refuse the request.
    careless = Client(app, lint=False)
    response = careless.post("/api/v1/teams", b"{}", headers={"Content-Length": length})
    check_envelope(response, 400)


@pytest.mark.parametrize("path", ["/api/v1/users/me", "/api/v1/users/me/"])
def test_trailing_slash_is_ignored(user: Client, path: str) -> None:
    assert user.get(path).status_int == 200


def test_pages_far_beyond_the_end_are_empty(user: Client) -> None:
    page = user.get(f"/api/v1/keywords?offset={2**62}")
    assert (page.status_int, page.json) == (200, [])


def test_head_is_get_without_body(user: Client) -> None:
    response = user.head("/api/v1/users/me")
    assert response.status_int == 200
    assert response.body == b""
    assert int(response.headers["Content-Length"]) > 0


def test_options_lists_what_the_caller_may_do(user: Client, anonymous: Client) -> None:
    response = user.options("/api/v1/teams")
    assert response.status_int == 204
    assert set(response.headers["Allow"].split(", ")) == {"GET", "POST", "OPTIONS"}
    assert anonymous.options("/api/v1/teams").headers["Allow"] == "OPTIONS"


def test_each_request_is_logged_without_its_query(
    user: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "houston.access"):
        response = user.get("/api/v1/users/me?secret=zebra")
    (record,) = (each for each in caplog.records if each.name == "houston.access")
    assert record.getMessage() == "GET /api/v1/users/me 422"
    fields = vars(record)
    assert fields["request_id"] == response.headers["X-Request-Id"]
    assert (fields["route"], fields["status"]) == ("/api/v1/users/me", 422)
    assert fields["user"] == user.account.guid
    assert "zebra" not in str(fields)


def test_requests_are_not_logged_at_level_warning(
    user: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "houston.access"):
        user.get("/api/v1/users/me")
    assert not [each for each in caplog.records if each.name == "houston.access"]


def test_request_id_of_the_caller_is_used(anonymous: Client) -> None:
    headers = {"X-Request-Id": "0123456789abcdef"}
    response = anonymous.get("/heartbeat", headers=headers)
    assert response.headers["X-Request-Id"] == "0123456789abcdef"
    response = anonymous.get("/heartbeat", headers={"X-Request-Id": "no\tgood"})
    assert response.headers["X-Request-Id"] != "no\tgood"


def test_heartbeat_readiness_and_metrics(anonymous: Client) -> None:
    assert anonymous.get("/heartbeat").json == {"status": "alive"}
    assert anonymous.get("/readiness").json == {"status": "ready"}
    counted = anonymous.get("/metrics")
    assert counted.status_int == 200
    assert 'route="/heartbeat"' in counted.text


def test_metrics_of_the_database(app: Router, anonymous: Client, user: Client) -> None:
    measures = services_of(app)[Measures]
    measures.made = float("-inf")
    measured = anonymous.get("/metrics").text
    for sample in (
        'info_info{git_version="',
        'models{cls="houston.modules.users.models.User"} 1.0',
        'logins{days="1"} 1.0',
        'logins{days="None"} 1.0',
        "# TYPE tasks gauge",
    ):
        assert sample in measured
    UserFactory()
    assert anonymous.get("/metrics").text.count('models.User"} 1.0') == 1, "read every 30 seconds"
    measures.made = float("-inf")
    assert 'models{cls="houston.modules.users.models.User"} 2.0' in anonymous.get("/metrics").text


class TestEntityTags:
    def test_unchanged_item_is_not_sent_again(self, user: Client) -> None:
        tag = user.get("/api/v1/users/me").headers["ETag"]
        response = user.get("/api/v1/users/me", headers={"If-None-Match": tag})
        assert response.status_int == 304
        assert response.body == b""
        assert response.headers["ETag"] == tag

    def test_change_requires_the_current_version(self, user: Client) -> None:
        team = f"/api/v1/teams/{user.post_json('/api/v1/teams', {'title': 'A'}).json['id']}"
        tag = user.get(team).headers["ETag"]
        change = [{"op": "replace", "path": "/title", "value": "B"}]
        fresh = user.patch_json(team, change, headers={"If-Match": tag})
        assert fresh.status_int == 200
        stale = user.patch_json(team, change, headers={"If-Match": tag})
        check_envelope(stale, 412)
        check_envelope(user.delete(team, headers={"If-Match": tag}), 412)
        assert user.get(team).json["title"] == "B"
        current = user.get(team).headers["ETag"]
        assert fresh.headers["ETag"] == current
        assert user.delete(team, headers={"If-Match": current}).status_int == 204

    @pytest.mark.parametrize("requested", ["bytes=0-1", "bytes=-", f"bytes={'9' * 5000}-"])
    def test_ranges_of_json_are_ignored(self, user: Client, requested: str) -> None:
        for headers in ({"Range": requested}, {"Range": requested, "If-None-Match": '"other"'}):
            assert user.get("/api/v1/users/me", headers=headers).json["guid"]

    def test_list_of_tags_and_star(self, user: Client) -> None:
        tag = user.get("/api/v1/users/me").headers["ETag"]
        for value in (f'"other", {tag}', f"W/{tag}", "*"):
            headers = {"If-None-Match": value}
            assert user.get("/api/v1/users/me", headers=headers).status_int == 304


class TestTransactions:
    def test_refused_patch_changes_nothing(self, user: Client) -> None:
        team = f"/api/v1/teams/{user.post_json('/api/v1/teams', {'title': 'A'}).json['id']}"
        operations = [
            {"op": "replace", "path": "/title", "value": "B"},
            {"op": "test", "path": "/title", "value": "C"},
        ]
        body = check_envelope(user.patch_json(team, operations), 409)
        assert list(body["messages"]) == ["1"]
        assert "/title" in body["message"]
        assert user.get(team).json["title"] == "A"


class TestCrossOrigin:
    def test_errors_can_be_read_by_the_page(self, anonymous: Client) -> None:
        origin = "https://client.example.org"
        response = anonymous.get("/api/v1/users/me", headers={"Origin": origin})
        assert response.status_int == 401
        assert response.headers["Access-Control-Allow-Origin"] == origin
        exposed = response.headers["Access-Control-Expose-Headers"].split(", ")
        assert {"X-Total-Count", "Upload-Offset"} <= set(exposed)
        assert "Origin" in response.headers["Vary"]

    def test_preflight(self, anonymous: Client) -> None:
        response = anonymous.options(
            "/api/v1/teams",
            headers={
                "Origin": "https://client.example.org",
                "Access-Control-Request-Method": "PATCH",
                "Access-Control-Request-Headers": "authorization, content-type",
            },
        )
        assert response.status_int == 204
        assert "PATCH" in response.headers["Access-Control-Allow-Methods"]
        allowed = response.headers["Access-Control-Allow-Headers"]
        assert allowed == "authorization, content-type"

    def test_unknown_origin_is_refused(self, anonymous: Client) -> None:
        headers = {"Origin": "https://evil.example.com"}
        response = anonymous.get("/heartbeat", headers=headers)
        assert "Access-Control-Allow-Origin" not in response.headers


def test_unknown_host(anonymous: Client) -> None:
    foreign = {"Host": "evil.example.com"}
    check_envelope(anonymous.get("/api/v1/users/me", headers=foreign), 400)
    assert anonymous.get("/heartbeat", headers=foreign).status_int == 200


class TestLocations:
    def test_letters_that_are_not_ascii(self, anonymous: Client) -> None:
        response = anonymous.post("/logout?next=/%E2%82%AC%20a")
        assert response.status_int == 302
        assert response.headers["Location"].endswith("/%E2%82%AC%20a")

    @pytest.mark.parametrize(
        "address", ["https://[::1", "https://[", "http://a]b/", "http://\u2100.com"]
    )
    def test_malformed_redirect(self, user: Client, address: str) -> None:
        client = ClientFactory(level="public")
        query = {"response_type": "code", "client_id": client.client_id, "redirect_uri": address}
        response = user.get(f"/auth/oauth2/authorize?{urlencode(query)}")
        assert (response.status_int, response.json["error"]) == (400, "invalid_request")
        body = {"default_scopes": ["users:read"], "redirect_uris": [address]}
        assert user.post_json("/api/v1/auth/clients", body).status_int == 422

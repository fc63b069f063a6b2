"""The checker finds every difference from the document, and accepts conforming exchanges."""

import re
from typing import Any

import pytest
from webtest import TestRequest, TestResponse

from houston.core.api.openapi import openapi
from houston.core.json import dumps
from tests.contract.checker import Forbidden, Undocumented, check_exchange
from tests.unit.core.api import herds

HERD: dict[str, Any] = {
    "guid": "5f0b2a3e-7c1d-4e55-9c43-0d6b6a1f2e88",
    "name": "Northern",
    "kind": None,
    "founded": "2020-01-02T03:04:05+00:00",
    "place": {"latitude": 1.5, "longitude": 2.5},
    "pastures": [],
    "counts": {"adults": 3},
    "notes": ["anything"],
}
ERROR = {"status": 404, "message": "Nothing.", "reason": "gone", "detail": 1}
ADDRESS = f"/api/v1/herds/{HERD['guid']}"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return openapi(herds.registry())


def response(status: int = 200, body: Any = HERD, **headers: str) -> TestResponse:
    sent = TestResponse(status=status)
    if body is not None:
        sent.body = dumps(body)
        sent.content_type = "application/json"
    if status == 200 and not headers:
        headers = {"ETag": '"a"'}
    sent.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return sent


def request(method: str, path: str, content_type: str = "") -> TestRequest:
    return TestRequest.blank(path, method=method, content_type=content_type)


@pytest.mark.parametrize(
    ("method", "path", "response"),
    [
        ("GET", ADDRESS, response()),
        ("GET", f"{ADDRESS}/", response()),
        ("HEAD", ADDRESS, response(body=None)),
        ("OPTIONS", ADDRESS, response(204, None)),
        ("GET", ADDRESS, response(304, None)),
        ("GET", ADDRESS, response(404, ERROR)),
        ("DELETE", ADDRESS, response(204, None)),
        ("GET", "/api/v1/herds?limit=1", response(body=[HERD, HERD], X_Total_Count="7")),
        ("PUT", ADDRESS, response(405, ERROR)),
        ("GET", "/api/v1/flocks", response(404, ERROR)),
        ("GET", "/heartbeat", response(body={"status": "alive"})),
    ],
)
def test_documented_response_passes(
    document: Any, method: str, path: str, response: TestResponse
) -> None:
    check_exchange(document, request(method, path), b"", response)


@pytest.mark.parametrize(
    ("method", "path", "response", "words"),
    [
        ("GET", ADDRESS, response(418, ERROR), "answered 418, not 200, 304, 400"),
        ("GET", ADDRESS, response(body=HERD | {"kind": "cows"}), "$.kind"),
        ("GET", ADDRESS, response(body=HERD | {"guid": "1"}), "$.guid"),
        ("GET", ADDRESS, response(body=HERD | {"founded": "2020"}), "$.founded"),
        ("GET", ADDRESS, response(body=HERD | {"password": "x"}), "'password' was unexpected"),
        ("GET", ADDRESS, response(body={"guid": HERD["guid"]}), "'name' is a required property"),
        ("GET", ADDRESS, response(404, {"error": "gone"}), "'status' is a required property"),
        ("GET", ADDRESS, response(X_Other="1"), "without the header ETag"),
        ("GET", "/api/v1/herds", response(X_Total_Count="1"), "is not of type 'array'"),
        ("DELETE", ADDRESS, response(204, {}), "says nothing"),
        ("POST", "/auth/oauth2/token", response(body={"any": 1}), "is not of type 'null'"),
        ("PUT", ADDRESS, response(), "is not in the document"),
        ("GET", "/api/v1/flocks", response(), "is not in the document"),
    ],
)
def test_undocumented_response_is_found(
    document: Any, method: str, path: str, response: TestResponse, words: str
) -> None:
    with pytest.raises(Undocumented, match=re.escape(words)):
        check_exchange(document, request(method, path), b"", response)


def test_other_content_type_is_found(document: Any) -> None:
    page = response(body="A page.", ETag='"a"')
    page.content_type = "text/html"
    with pytest.raises(Undocumented, match="of the type text/html"):
        check_exchange(document, request("GET", ADDRESS), b"", page)


@pytest.mark.parametrize(
    ("content_type", "sent"),
    [
        ("application/json-patch+json", [{"op": "remove", "path": "/kind"}]),
        ("application/json", [{"op": "replace", "path": "/name", "value": "Southern"}]),
        ("application/merge-patch+json", {"kind": None}),
    ],
)
def test_allowed_request_passes(document: Any, content_type: str, sent: Any) -> None:
    requested = request("PATCH", ADDRESS, content_type)
    check_exchange(document, requested, dumps(sent), response())


@pytest.mark.parametrize(
    ("content_type", "sent", "words"),
    [
        ("application/json", b'[{"op": "remove", "path": "/guid"}]', "'/guid' is not one of"),
        ("application/merge-patch+json", b'{"guid": "1"}', "'guid' was unexpected"),
        ("application/json", b"", "no body"),
    ],
)
def test_forbidden_request_is_found(
    document: Any, content_type: str, sent: bytes, words: str
) -> None:
    requested = request("PATCH", ADDRESS, content_type)
    with pytest.raises(Forbidden, match=words):
        check_exchange(document, requested, sent, response())
    check_exchange(document, requested, sent, response(422, ERROR))

"""The published documents are valid and consistent, and are sent with an entity tag."""

from typing import Any
from uuid import uuid4

import pytest
from openapi_spec_validator import OpenAPIV2SpecValidator, OpenAPIV31SpecValidator
from pyramid.router import Router

from houston.core.api.openapi.description import describe
from houston.core.db.session import Session
from tests.clients_of_roles import Client

SWAGGER, OPENAPI = "/api/v1/swagger.json", "/api/v1/openapi.json"


def operations(document: dict[str, Any], prefix: str = "") -> dict[str, dict[str, Any]]:
    return {
        f"{method} {prefix}{path}": operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if method != "parameters"
    }


@pytest.mark.parametrize(
    ("address", "validator"),
    [(SWAGGER, OpenAPIV2SpecValidator), (OPENAPI, OpenAPIV31SpecValidator)],
)
def test_documents_are_valid(anonymous: Client, address: str, validator: Any) -> None:
    assert list(validator(anonymous.get(address).json).iter_errors()) == []


def test_both_documents_have_the_same_operations(anonymous: Client) -> None:
    swagger = operations(anonymous.get(SWAGGER).json, prefix="/api/v1")
    openapi = operations(anonymous.get(OPENAPI).json)
    below = {name: each for name, each in openapi.items() if " /api/v1" in name}
    assert {name: each["operationId"] for name, each in swagger.items()} == {
        name: each["operationId"] for name, each in below.items()
    }


def test_every_operation_has_a_summary(anonymous: Client) -> None:
    named = operations(anonymous.get(OPENAPI).json)
    assert len({each["operationId"] for each in named.values()}) == len(named)
    for name, each in named.items():
        assert each["tags"], name
        assert each["summary"].endswith("."), name
        assert "May be called by" in each["description"], name
        assert {"400", "406"} <= each["responses"].keys(), name


def test_secured_operations_name_their_scope(anonymous: Client) -> None:
    document = anonymous.get(SWAGGER).json
    flows = document["securityDefinitions"]
    assert set(flows["oauth2_password"]["scopes"]) >= {
        f"{noun}:{access}" for noun in ("auth", "users", "teams") for access in ("read", "write")
    }
    security = operations(document)["get /users/me"]["security"]
    assert {"oauth2_password": ["users:read"]} in security


def test_refusal_of_a_wrong_token_is_documented(app: Router, db: Session) -> None:
    caller = Client(app, extra_environ={"HTTP_AUTHORIZATION": "Bearer wrong"})
    public = [each for each in describe(app.registry) if each.scope is None]
    refused = set()
    for each in public:
        path = each.path.format(**dict.fromkeys(each.variables, uuid4()))
        response = caller.request(path, method=each.operation.method)  # checks the answer
        refused |= {each.operation.name} if response.status_int == 401 else set()
    assert {"get_site_settings", "delete_upload"} <= refused


@pytest.mark.parametrize("address", [SWAGGER, OPENAPI])
def test_unchanged_document_is_not_sent_again(anonymous: Client, address: str) -> None:
    tag = anonymous.get(address).headers["ETag"]
    assert anonymous.get(address, headers={"If-None-Match": tag}).status_int == 304


def test_page_loads_only_from_this_server(anonymous: Client) -> None:
    page = anonymous.get("/api/v1/")
    assert page.status_int == 200
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in page.text.replace("http-equiv", "")
    redirect = anonymous.get("/api/v1/docs/oauth2-redirect.html")
    assert redirect.headers["Content-Security-Policy"] == policy
    for name in ("swagger-ui-bundle.js", "page.js", "page.css", "oauth2-redirect.js"):
        assert anonymous.get(f"/api/v1/docs/{name}").status_int == 200

"""How callers prove who they are, as far as this application has the addresses for it."""

from collections.abc import Iterator, Mapping
from typing import Any

from houston.core.api.service import API, services
from houston.core.services import services_of
from houston.core.settings import Settings

TOKEN_ENDPOINT = "/auth/oauth2/token"  # noqa: S105 - an address
AUTHORIZATION_ENDPOINT = "/auth/oauth2/authorize"
SESSIONS = f"{API}/auth/sessions"
SESSION_COOKIE = "session"

FLOWS_OF_SWAGGER = {
    "password": "password",
    "clientCredentials": "application",
    "authorizationCode": "accessCode",
}

Json = dict[str, Any]


def swagger_schemes(registry: Any, scopes: Mapping[str, str]) -> dict[str, Json]:
    """The security definitions of Swagger 2.0: one for each OAuth2 flow, with whole addresses."""
    base: str = services_of(registry)[Settings]["houston.base_url"].rstrip("/")
    return {
        f"oauth2_{FLOWS_OF_SWAGGER[flow]}": {
            "type": "oauth2",
            "flow": FLOWS_OF_SWAGGER[flow],
            "scopes": dict(scopes),
            **{name: base + path for name, path in endpoints.items()},
        }
        for flow, endpoints in _flows(registry)
    }


def openapi_schemes(registry: Any, scopes: Mapping[str, str]) -> dict[str, Json]:
    """The security schemes of OpenAPI 3.1: OAuth2 with its flows, and the browser's session."""
    schemes: dict[str, Json] = {}
    flows = {flow: {**endpoints, "scopes": dict(scopes)} for flow, endpoints in _flows(registry)}
    if flows:
        schemes["oauth2"] = {"type": "oauth2", "flows": flows}
    if SESSIONS in _addresses(registry):
        schemes["session"] = {
            "type": "apiKey",
            "in": "cookie",
            "name": SESSION_COOKIE,
            "description": f"For browsers: `POST {SESSIONS}` sets it.",
        }
    return schemes


def _flows(registry: Any) -> Iterator[tuple[str, dict[str, str]]]:
    addresses = _addresses(registry)
    if TOKEN_ENDPOINT not in addresses:
        return
    token = {"tokenUrl": TOKEN_ENDPOINT}
    yield "password", token
    yield "clientCredentials", token
    if AUTHORIZATION_ENDPOINT in addresses:
        yield "authorizationCode", {"authorizationUrl": AUTHORIZATION_ENDPOINT, **token}


def _addresses(registry: Any) -> set[str]:
    return {service.path for service in services(registry)}

"""How callers prove who they are, as far as this application has the addresses for it."""

from collections.abc import Iterator, Mapping
from typing import Any

from houston.core.rest.service import API, services

TOKEN_ENDPOINT = "/auth/oauth2/token"  # noqa: S105
AUTHORIZE = "/auth/oauth2/authorize"
SESSIONS = f"{API}/auth/sessions"
SESSION_COOKIE = "session"

Json = dict[str, Any]


def swagger_schemes(registry: Any, scopes: Mapping[str, str]) -> dict[str, Json]:
    """The security definitions of Swagger 2.0: each OAuth2 flow is one of its own."""
    names = {"clientCredentials": "application", "authorizationCode": "accessCode"}
    return {
        f"oauth2_{names.get(flow, flow)}": {
            "type": "oauth2",
            "flow": names.get(flow, flow),
            "scopes": dict(scopes),
            **urls,
        }
        for flow, urls in _flows(registry)
    }


def openapi_schemes(registry: Any, scopes: Mapping[str, str]) -> dict[str, Json]:
    """The security schemes of OpenAPI 3.1: OAuth2 with its flows, and the browser's session."""
    schemes: dict[str, Json] = {}
    flows = {
        flow: {**urls, "refreshUrl": TOKEN_ENDPOINT, "scopes": dict(scopes)}
        for flow, urls in _flows(registry)
    }
    if flows:
        schemes["oauth2"] = {"type": "oauth2", "flows": flows}
    if SESSIONS in _addresses(registry):
        schemes["session"] = {
            "type": "apiKey",
            "in": "cookie",
            "name": SESSION_COOKIE,
            "description": "Set by signing in at `POST /api/v1/auth/sessions`, for browsers.",
        }
    return schemes


def _flows(registry: Any) -> Iterator[tuple[str, dict[str, str]]]:
    addresses = _addresses(registry)
    if TOKEN_ENDPOINT in addresses:
        yield "password", {"tokenUrl": TOKEN_ENDPOINT}
        yield "clientCredentials", {"tokenUrl": TOKEN_ENDPOINT}
    if TOKEN_ENDPOINT in addresses and AUTHORIZE in addresses:
        yield "authorizationCode", {"authorizationUrl": AUTHORIZE, "tokenUrl": TOKEN_ENDPOINT}


def _addresses(registry: Any) -> set[str]:
    return {service.path for service in services(registry)}

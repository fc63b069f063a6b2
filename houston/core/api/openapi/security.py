"""Security schemes of the documents, as modules add them."""

from collections.abc import Mapping
from typing import Any

from pyramid.config import Configurator

from houston.core.api.openapi.converters import Json
from houston.core.services import services_of
from houston.core.settings import Settings

FLOWS_OF_SWAGGER = {
    "password": "password",
    "clientCredentials": "application",
    "authorizationCode": "accessCode",
}


class SecuritySchemes(dict[str, Json]):
    """The security scheme objects of OpenAPI 3.1 by name, without the scopes."""


def add_security_scheme(config: Configurator, name: str, scheme: Json) -> None:
    """Add a security scheme: `config.add_security_scheme("oauth2", {…})`.

    Args:
        name: The name of the scheme in the documents.
        scheme: A security scheme object of OpenAPI 3.1; the flows of OAuth2 need no scopes.
    """
    schemes = services_of(config)[SecuritySchemes]
    config.action(("houston.security_scheme", name), schemes.__setitem__, args=(name, scheme))


def openapi_schemes(registry: Any, scopes: Mapping[str, str]) -> dict[str, Json]:
    """The schemes in the form of OpenAPI 3.1."""
    return {
        name: {**scheme, "flows": {flow: each | {"scopes": scopes} for flow, each in flows.items()}}
        if (flows := scheme.get("flows"))
        else scheme
        for name, scheme in services_of(registry)[SecuritySchemes].items()
    }


def swagger_schemes(registry: Any, scopes: Mapping[str, str]) -> dict[str, Json]:
    """The schemes in the form of Swagger 2.0: one for each flow of OAuth2, without cookies."""
    parts = services_of(registry)
    base: str = parts[Settings]["houston.base_url"].rstrip("/")
    return {
        f"{name}_{FLOWS_OF_SWAGGER[flow]}": {
            "type": "oauth2",
            "flow": FLOWS_OF_SWAGGER[flow],
            "scopes": dict(scopes),
            **{key: base + path for key, path in addresses.items()},
        }
        for name, scheme in parts[SecuritySchemes].items()
        for flow, addresses in scheme.get("flows", {}).items()
    }


def includeme(config: Configurator) -> None:
    """Let modules add schemes."""
    services_of(config).add(SecuritySchemes())
    config.add_directive("add_security_scheme", add_security_scheme)

"""The documents of the API: Swagger 2.0 for generators of clients, and OpenAPI 3.1.

Both are made from the declarations of the services, their schemas, and the grants. cornice_swagger
makes the first, from which the second is converted.
"""

from collections.abc import Mapping
from typing import Any

from pyramid.config import Configurator
from pyramid.exceptions import ConfigurationError

from houston.core.api.contributions import Contributions
from houston.core.api.openapi.converters import Json
from houston.core.api.openapi.description import Described, describe, scopes_of
from houston.core.api.openapi.openapi3 import converted
from houston.core.api.openapi.swagger2 import Swagger
from houston.core.api.service import API
from houston.core.services import services_of
from houston.core.settings import Settings

INFO = {
    "title": "Houston",
    "version": "1.0.0",
    "description": (
        "The backend of Wildbook.\n\n"
        "Send an access token as `Authorization: Bearer <token>`. Every error is an `Error` "
        "object. Addresses may have a trailing slash, and every response has an `X-Request-Id`."
    ),
}
FLOWS_OF_SWAGGER = {
    "password": "password",
    "clientCredentials": "application",
    "authorizationCode": "accessCode",
}


class SecuritySchemes(dict[str, Json]):
    """The security scheme objects of OpenAPI 3.1 by name, without the scopes."""


def swagger(registry: Any) -> Json:
    """The Swagger 2.0 document, with the operations below the base path of the API.

    Of the others, a generated client needs only the token endpoint, which the security definitions
    have.
    """
    operations = [each for each in describe(registry) if each.path.startswith(f"{API}/")]
    document = _document(registry, operations)
    paths = {path.removeprefix(API): item for path, item in document["paths"].items()}
    return document | {"basePath": API, "paths": paths}


def openapi(registry: Any) -> Json:
    """The OpenAPI 3.1 document, with the operations of all addresses."""
    operations = describe(registry)
    scopes = scopes_of(operations)
    schemes = {
        name: {**scheme, "flows": {flow: each | {"scopes": scopes} for flow, each in flows.items()}}
        if (flows := scheme.get("flows"))
        else scheme
        for name, scheme in services_of(registry)[SecuritySchemes].items()
    }
    return converted(_document(registry, operations), schemes)


def _document(registry: Any, operations: list[Described]) -> Json:
    """The Swagger 2.0 document of some operations, with whole paths."""
    schemes = _swagger_schemes(registry, scopes_of(operations))
    contributions = services_of(registry)[Contributions]
    return Swagger(operations, schemes, contributions).document(INFO)


def _swagger_schemes(registry: Any, scopes: Mapping[str, str]) -> Json:
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


def check_names(registry: Any) -> None:
    """Check that all operations have different names: generated clients would lose one of two.

    Raises:
        ConfigurationError: Some names are not unique.
    """
    names = [each.operation.name for each in describe(registry)]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise ConfigurationError(f"operations with the same name: {', '.join(repeated)}")


def add_security_scheme(config: Configurator, name: str, scheme: Json) -> None:
    """Add a security scheme object of OpenAPI 3.1; the flows of OAuth2 need no scopes."""
    schemes = services_of(config)[SecuritySchemes]
    config.action(("houston.security_scheme", name), schemes.__setitem__, args=(name, scheme))


def includeme(config: Configurator) -> None:
    """Let modules add schemes: `config.add_security_scheme("oauth2", {…})`."""
    services_of(config).add(SecuritySchemes())
    config.add_directive("add_security_scheme", add_security_scheme)

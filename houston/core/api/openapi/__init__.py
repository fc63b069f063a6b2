"""The API described by itself: Swagger 2.0 for generators, OpenAPI 3.1 for everything else.

Both are read from what runs: the declarations of the services, the schemas that validate and
render, the grants that decide. The only importer of cornice_swagger.
"""

from typing import Any

from pyramid.exceptions import ConfigurationError

from houston.core.api.openapi.converters import Json
from houston.core.api.openapi.description import describe, scopes_of
from houston.core.api.openapi.openapi3 import document
from houston.core.api.openapi.security import openapi_schemes, swagger_schemes
from houston.core.api.openapi.swagger2 import Swagger

__all__ = ["check_names", "openapi", "swagger"]

INFO = {
    "title": "Houston",
    "version": "1.0.0",
    "description": (
        "The backend of Wildbook.\n\n"
        "Send an access token as `Authorization: Bearer <token>`. Every error is the one `Error` "
        "object. An address answers with and without a trailing slash, and every answer has an "
        "`X-Request-Id`."
    ),
}


def swagger(registry: Any) -> Json:
    """The Swagger 2.0 document of the application."""
    operations = describe(registry)
    schemes = swagger_schemes(registry, scopes_of(operations))
    return Swagger(operations, schemes).document(INFO)


def openapi(registry: Any) -> Json:
    """The OpenAPI 3.1 document of the application."""
    operations = describe(registry)
    schemes = openapi_schemes(registry, scopes_of(operations))
    return document(operations, schemes, INFO)


def check_names(registry: Any) -> None:
    """Raise ConfigurationError when operations share a name: generated clients would lose one."""
    names = [each.operation.name for each in describe(registry)]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise ConfigurationError(f"operations share a name: {', '.join(repeated)}")

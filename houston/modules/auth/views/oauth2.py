"""The endpoints of OAuth2, as its standards name their fields and their errors."""

from typing import Any

from pyramid.response import Response

from houston.core.api.service import Service
from houston.core.db.session import Database
from houston.core.errors import Forbidden, TooManyRequests, Unauthenticated
from houston.core.http.exception_views import api_error
from houston.core.http.forms import FORM_TYPES, URLENCODED
from houston.core.http.request import Request
from houston.core.json import dumps
from houston.core.schema.nodes import Schema, String
from houston.core.security.permissions import Permission
from houston.core.settings import Settings
from houston.core.tree import Branches
from houston.modules.auth import consent, provider, schemas
from houston.modules.auth.errors import ProtocolError
from houston.modules.auth.services.scopes import all_scopes

token = Service("oauth2_token", "/auth/oauth2/token", prefix="", tag="oauth2")
revocation = Service("oauth2_revoke", "/auth/oauth2/revoke", prefix="", tag="oauth2")
introspection = Service("oauth2_introspect", "/auth/oauth2/introspect", prefix="", tag="oauth2")
authorization = Service("oauth2_authorize", "/auth/oauth2/authorize", prefix="", tag="oauth2")
metadata = Service(
    "oauth2_metadata", "/.well-known/oauth-authorization-server", prefix="", tag="oauth2"
)
tokens_alias = Service("oauth2_token_alias", "/auth/tokens")
revoke_alias = Service("oauth2_revoke_alias", "/auth/revoke")

IN_QUERY = Schema(String(name="grant_type", missing="", description="Or in the form."))
TOKEN_REQUEST: dict[str, Any] = {
    "raw": True,
    "query": IN_QUERY,
    "body": schemas.TokenRequestSchema(),
    "consumes": FORM_TYPES,
    "returns": schemas.TokensSchema(),
    "errors": (Unauthenticated, TooManyRequests),
}
REVOCATION: dict[str, Any] = {
    "raw": True,
    "body": schemas.TokenFormSchema(),
    "consumes": FORM_TYPES,
    "errors": (Unauthenticated,),
}


@token.post(Permission.PUBLIC, **TOKEN_REQUEST)
def create_token(request: Request) -> Response:
    """Get tokens for a password, a refresh token, a client's secret or an authorization code.

    RFC 6749. A refresh token is good once; showing it again revokes all that came from it.
    """
    try:
        answer = provider.answer_token_request(request, request.db)
    except ProtocolError as error:
        # Returned, since what the noticing of a theft has revoked would not outlive an exception.
        return api_error(error, request)
    return _secret(answer)


@token.get(
    Permission.PUBLIC,
    raw=True,
    query=schemas.TokenRequestSchema(),
    returns=schemas.TokensSchema(),
    errors=(Unauthenticated, TooManyRequests),
)
def create_token_by_address(request: Request) -> Response:
    """Get tokens with everything in the address, which only works in development.

    Addresses end up in logs, so elsewhere this says to use POST.
    """
    with request.services[Database].transaction(request.actor) as db:
        return _secret(provider.answer_token_request(request, db))


@tokens_alias.post(Permission.PUBLIC, **TOKEN_REQUEST)
def create_token_below_api(request: Request) -> Response:
    """Get tokens: another address of the OAuth2 token endpoint."""
    return create_token(request)


@revocation.post(Permission.PUBLIC, **REVOCATION)
def revoke_token(request: Request) -> Response:
    """Revoke an access or a refresh token, with all that came from the same sign-in (RFC 7009)."""
    provider.revoke(request, request.db)
    return Response(status=200, content_type="application/json", charset=None)


@revoke_alias.post(Permission.PUBLIC, **REVOCATION)
def revoke_token_below_api(request: Request) -> Response:
    """Revoke a token: another address of the OAuth2 revocation endpoint."""
    return revoke_token(request)


@introspection.post(
    Permission.PUBLIC,
    raw=True,
    body=schemas.TokenFormSchema(),
    consumes=FORM_TYPES,
    returns=schemas.IntrospectionSchema(),
    errors=(Unauthenticated,),
)
def introspect_token(request: Request) -> Response:
    """Ask what an access token is good for (RFC 7662); for clients that show their secret."""
    return _secret(provider.introspect(request, request.db))


@authorization.get(
    Permission.PUBLIC,
    raw=True,
    query=schemas.AuthorizationSchema(),
    produces="text/html",
    others={303: "The client, where it can be told, asks wrongly."},
    errors=(Unauthenticated,),
)
def show_authorization(request: Request) -> Response:
    """Show the page where a user lets a client act for him (RFC 6749, with PKCE of RFC 7636)."""
    return consent.show(request)


@authorization.post(
    Permission.PUBLIC,
    raw=True,
    query=schemas.AuthorizationSchema(),
    body=schemas.ConsentSchema(),
    consumes=(URLENCODED,),
    produces="text/html",
    status=303,
    others={200: "The page again, since name and password do not belong together."},
    errors=(Unauthenticated, Forbidden, TooManyRequests),
)
def decide_authorization(request: Request) -> Response:
    """Sign in on that page, or decide."""
    return consent.decide(request)


@metadata.get(Permission.PUBLIC)
def get_authorization_server(request: Request) -> dict[str, Any]:
    """Describe this authorization server to programs (RFC 8414)."""
    base = request.services[Settings]["houston.base_url"]
    methods = ["client_secret_basic", "client_secret_post"]
    return {
        "issuer": base,
        "authorization_endpoint": base + authorization.path,
        "token_endpoint": base + token.path,
        "revocation_endpoint": base + revocation.path,
        "introspection_endpoint": base + introspection.path,
        "scopes_supported": all_scopes(request.services[Branches]),
        "response_types_supported": ["code"],
        "grant_types_supported": list(provider.GRANTS),
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none", *methods],
        "revocation_endpoint_auth_methods_supported": ["none", *methods],
        "introspection_endpoint_auth_methods_supported": methods,
        "service_documentation": f"{base}/api/v1/",
    }


def _secret(answer: provider.Answer) -> Response:
    response = Response(dumps(answer), content_type="application/json", charset=None)
    response.headers.update({"Cache-Control": "no-store", "Pragma": "no-cache"})
    return response

"""The addresses of OAuth2, clients, tokens, browser sessions and mailed codes."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from pyramid.response import Response

from houston.core.api.service import Service
from houston.core.db.session import Database, Session
from houston.core.errors import (
    ApiError,
    Forbidden,
    NotFound,
    TooManyRequests,
    Unauthenticated,
    Unprocessable,
)
from houston.core.http.exception_views import api_error
from houston.core.http.request import FORM_TYPES, URLENCODED, Request
from houston.core.json import dumps
from houston.core.schema.nodes import Schema, String
from houston.core.security.grants import Permission
from houston.core.settings import Settings
from houston.core.tree import Branches
from houston.modules.auth import browsers, consent, provider, schemas, services
from houston.modules.auth.addresses import path_of_site
from houston.modules.auth.identity import CookieSource
from houston.modules.auth.models import Client, Token
from houston.modules.site_settings import services as site_settings
from houston.modules.users.models import CodeKind
from houston.modules.users.services import codes

token_endpoint = Service("oauth2_token", "/auth/oauth2/token", prefix="", tag="oauth2")
revocation = Service("oauth2_revoke", "/auth/oauth2/revoke", prefix="", tag="oauth2")
introspection = Service("oauth2_introspect", "/auth/oauth2/introspect", prefix="", tag="oauth2")
authorization = Service("oauth2_authorize", "/auth/oauth2/authorize", prefix="", tag="oauth2")
metadata = Service(
    "oauth2_metadata", "/.well-known/oauth-authorization-server", prefix="", tag="oauth2"
)
tokens = Service("oauth2_token_alias", "/auth/tokens")
revocation_below_api = Service("oauth2_revoke_alias", "/auth/revoke")
token = Service("token", "/auth/tokens/{token}")
personal_tokens = Service("personal_tokens", "/auth/personal_tokens")
clients = Service("oauth2_clients", "/auth/clients")
client = Service("oauth2_client", "/auth/clients/{client}")
client_secret = Service("oauth2_client_secret", "/auth/clients/{client}/secret")
sessions = Service("sessions", "/auth/sessions")
logout = Service("logout", "/logout", prefix="", tag="auth")
recaptcha = Service("recaptcha", "/auth/recaptcha")
code = Service("code", "/auth/code/{code}")
code_json = Service("code_json", "/auth/code/{code}.json")

TOKEN_REQUEST: dict[str, Any] = {
    "raw": True,
    "query": Schema(
        String(
            name="grant_type",
            missing="",
            description="The grant type, which may be in the form instead.",
        )
    ),
    "body": schemas.TokenRequestSchema(),
    "consumes": FORM_TYPES,
    "returns": schemas.TokensSchema(),
    "errors": (Unauthenticated, TooManyRequests),
}
TOKEN_FORM: dict[str, Any] = {
    "raw": True,
    "body": schemas.TokenFormSchema(),
    "consumes": FORM_TYPES,
    "errors": (Unauthenticated,),
}
NEXT = Schema(
    String(
        0,
        2048,
        name="next",
        missing="",
        description="A path of this site, or `origin` for the page that sent the caller.",
    )
)
SIGN_IN_PAGE = "/login"
PAGES = {CodeKind.EMAIL: "/email_verified", CodeKind.RECOVER: "/reset_password"}


@token_endpoint.post(Permission.PUBLIC, **TOKEN_REQUEST)
def create_token(request: Request) -> Response:
    """Get tokens for a password, a refresh token, a client secret or an authorization code.

    RFC 6749. A refresh token can be used once; a second use revokes all tokens of the sign-in.
    """
    try:
        answer = provider.create_tokens(request, request.db)
    except provider.ProtocolError as error:
        # Returned, since an exception would undo the revocation of tokens after a second use.
        return api_error(error, request)
    return _not_stored(answer)


@token_endpoint.get(
    Permission.PUBLIC,
    raw=True,
    query=schemas.TokenRequestSchema(),
    returns=schemas.TokensSchema(),
    errors=(Unauthenticated, TooManyRequests),
)
def create_token_by_address(request: Request) -> Response:
    """Get tokens with all parameters in the address, in development only.

    Addresses end up in logs, so in production the error says to use POST.
    """
    with request.services[Database].transaction(request.actor) as db:
        return _not_stored(provider.create_tokens_by_address(request, db))


@tokens.post(Permission.PUBLIC, **TOKEN_REQUEST)
def create_token_below_api(request: Request) -> Response:
    """Get tokens: another address of the OAuth2 token endpoint."""
    return create_token(request)


@revocation.post(Permission.PUBLIC, **TOKEN_FORM)
def revoke_token(request: Request) -> Response:
    """Revoke an access or a refresh token, with all tokens of the sign-in (RFC 7009)."""
    provider.revoke(request)
    return Response(status=200, content_type="application/json", charset=None)


@revocation_below_api.post(Permission.PUBLIC, **TOKEN_FORM)
def revoke_token_below_api(request: Request) -> Response:
    """Revoke a token: another address of the OAuth2 revocation endpoint."""
    return revoke_token(request)


@introspection.post(Permission.PUBLIC, **TOKEN_FORM, returns=schemas.IntrospectionSchema())
def introspect_token(request: Request) -> Response:
    """Describe an access token to a client that authenticates by its secret (RFC 7662)."""
    return _not_stored(provider.introspect(request))


@authorization.get(
    Permission.PUBLIC,
    raw=True,
    query=schemas.AuthorizationSchema(),
    produces="text/html",
    others={303: "Another parameter than the client or its address is not valid."},
    errors=(Unauthenticated,),
)
def show_authorization(request: Request) -> Response:
    """Show the page on which a user authorizes a client (RFC 6749, with PKCE of RFC 7636)."""
    return consent.respond(request, consent.show)


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
    """Submit the authorization page: sign in, or approve or refuse the client."""
    return consent.respond(request, consent.decide)


@metadata.get(Permission.PUBLIC)
def get_authorization_server(request: Request) -> dict[str, Any]:
    """Describe this authorization server to programs (RFC 8414)."""
    base = request.services[Settings]["houston.base_url"]
    methods = ["client_secret_basic", "client_secret_post"]
    return {
        "issuer": base,
        "authorization_endpoint": base + authorization.path,
        "token_endpoint": base + token_endpoint.path,
        "revocation_endpoint": base + revocation.path,
        "introspection_endpoint": base + introspection.path,
        "scopes_supported": services.all_scopes(request.services[Branches]),
        "response_types_supported": ["code"],
        "grant_types_supported": provider.GRANT_TYPES,
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none", *methods],
        "revocation_endpoint_auth_methods_supported": ["none", *methods],
        "introspection_endpoint_auth_methods_supported": methods,
        "service_documentation": f"{base}/api/v1/",
    }


@clients.get(Permission.LIST, returns=schemas.ClientSchema(), many=True)
def list_clients(request: Request) -> Sequence[Client]:
    """List the OAuth2 clients of the caller."""
    return services.list_clients(request.db, request.caller)


@clients.post(
    Permission.CREATE, body=schemas.NewClientSchema(), returns=schemas.CreatedClientSchema()
)
def create_client(request: Request) -> Client:
    """Create an OAuth2 client. Only this response has its secret."""
    return services.register_client(
        request.services, request.db, request.caller, request.validated["body"]
    )


client.read("get_client", schemas.ClientSchema(), "Read an OAuth2 client.")
client.remove("delete_client", "Delete an OAuth2 client with its tokens.")


@client.patch(Permission.WRITE, patch=schemas.ClientPatch(), returns=schemas.ClientSchema())
def patch_client(request: Request) -> Client:
    """Change an OAuth2 client."""
    row, change = request.context.row, request.validated["change"]
    branches = request.services[Branches]
    return services.update_client(branches, request.db, request.caller, row, change)


@client_secret.post(Permission.CREATE, returns=schemas.CreatedClientSchema(), errors=(Forbidden,))
def create_client_secret(request: Request) -> Client:
    """Replace the secret of an OAuth2 client. Only this response has it.

    A new password that its user has not set themselves ends the secrets of all their clients.
    """
    row = request.context.__parent__.row
    return services.create_secret(request.services, request.db, request.caller, row)


@tokens.get(Permission.LIST, returns=schemas.TokenSchema(), many=True)
def list_tokens(request: Request) -> Sequence[Token]:
    """List the valid tokens of the caller, with their clients, scopes and last uses."""
    return services.list_tokens(request.db, request.caller)


token.read("get_token", schemas.TokenSchema(), "Read the description of a token.")


@token.delete(Permission.DELETE)
def delete_token(request: Request) -> None:
    """Revoke a token, with all tokens of the sign-in."""
    services.revoke_token(request.db, request.context.row)


@personal_tokens.post(
    Permission.CREATE,
    body=schemas.NewPersonalTokenSchema(),
    returns=schemas.PersonalTokenSchema(),
    errors=(Forbidden,),
)
def create_personal_token(request: Request) -> Token:
    """Create a personal access token, for scripts. Only this response has the token."""
    return services.create_personal_token(
        request.services, request.db, request.caller, request.validated["body"]
    )


@sessions.post(
    Permission.PUBLIC,
    body=schemas.SignInSchema(),
    returns=schemas.SessionSchema(),
    errors=(Unauthenticated, Forbidden, TooManyRequests),
)
def create_session(request: Request) -> str:
    """Sign in with a browser: sets the session cookie, and ends the former session."""
    body = request.validated["body"]
    browsers.sign_in(request, body.get("email") or body.get("username"), body["password"])
    return "Session Created"


@sessions.delete(Permission.DELETE, status=200, returns=schemas.SessionSchema())
def delete_session(request: Request) -> str:
    """Sign out: ends the session, or revokes the token, of this request."""
    browsers.sign_out(request, request.db)
    return "Session Deleted"


@logout.get(Permission.PUBLIC, query=NEXT, status=302, errors=(Unauthenticated, Forbidden))
def log_out_by_link(request: Request) -> Response:
    """Sign out by a link of a page of this site, and redirect to another page."""
    with request.services[Database].transaction(request.actor) as db:
        return _log_out(request, db, request.validated["querystring"]["next"])


@logout.post(
    Permission.PUBLIC, query=NEXT, body=NEXT, status=302, errors=(Unauthenticated, Forbidden)
)
def log_out(request: Request) -> Response:
    """Sign out by a form of a page, and redirect to another page.

    `next` is in the address or in the form.
    """
    given = request.validated
    following = given["querystring"]["next"] or given["body"]["next"]
    return _log_out(request, request.db, following)


@recaptcha.get(Permission.PUBLIC, returns=schemas.RecaptchaSchema())
def get_recaptcha(request: Request) -> str:
    """Read the key with which pages show reCAPTCHA; null if the site does not use it."""
    return site_settings.recaptcha(request.services, request.db).public_key


@code_json.get(Permission.PUBLIC, returns=schemas.MessageSchema())
def get_code(request: Request) -> str:
    """Confirm an e-mail address by the code that was mailed to it."""
    with request.services[Database].transaction(request.actor) as db:
        return codes.use_code(request.services, db, codes.find_code(db, request.matchdict["code"]))


@code_json.post(Permission.PUBLIC, body=schemas.CodeSchema(), returns=schemas.MessageSchema())
def use_code(request: Request) -> str:
    """Confirm an e-mail address, or set a new password, by a mailed code."""
    code = codes.find_code(request.db, request.matchdict["code"])
    return codes.use_code(request.services, request.db, code, request.validated["body"]["password"])


@code.get(Permission.PUBLIC, status=302)
def follow_code(request: Request) -> Response:
    """Confirm an e-mail address by a link in a mail, and redirect to the page of the result."""
    with request.services[Database].transaction(request.actor) as db:
        return _redirect_with_result(request, db, "")


@code.post(Permission.PUBLIC, body=schemas.CodeSchema(), status=302)
def follow_code_with_password(request: Request) -> Response:
    """Confirm an e-mail address, or set a new password, and redirect to the page of the result."""
    return _redirect_with_result(request, request.db, request.validated["body"]["password"])


def _redirect_with_result(request: Request, db: Session, password: str) -> Response:
    code = codes.find_code(db, request.matchdict["code"])
    page = PAGES.get(CodeKind(code.kind))
    if page is None:
        raise NotFound
    try:
        # The redirect commits, so the changes of a refused use are undone here.
        with db.begin_nested():
            message, status = codes.use_code(request.services, db, code, password), 200
    except ApiError as error:
        message, status = _reason(error), int(error.status)
    result = urlencode({"message": message, "status": status})
    return Response(status=302, location=f"{page}?{result}")


def _reason(error: ApiError) -> str:
    """The messages by field, which say more than the message of the error."""
    if isinstance(error, Unprocessable) and error.messages:
        return " ".join(text for texts in error.messages.values() for text in texts)
    return error.message


def _log_out(request: Request, db: Session, following: str) -> Response:
    browsers.log_out(request, db)
    address = (request.referer or "") if following == "origin" else following
    path = path_of_site(address, request.services[CookieSource].origins(request))
    return Response(status=302, location=path or SIGN_IN_PAGE)


def _not_stored(answer: provider.Answer) -> Response:
    """A response with tokens, which caches must not store (RFC 6749, section 5.1)."""
    response = Response(dumps(answer), content_type="application/json", charset=None)
    response.headers.update({"Cache-Control": "no-store", "Pragma": "no-cache"})
    return response

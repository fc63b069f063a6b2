"""The OAuth2 endpoints of oauthlib with the grant types of this server.

They are made for each request, as they have no other way to hand the session of the request to the
validator. Only this file and `validator` know oauthlib.
"""

import re
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import urlencode

from oauthlib.oauth2 import (
    AccessDeniedError,
    ClientCredentialsGrant,
    FatalClientError,
    InvalidRequestError,
    OAuth2Error,
    ResourceOwnerPasswordCredentialsGrant,
    WebApplicationServer,
)

from houston.core.db.session import Session
from houston.core.errors import BadRequest, Messages
from houston.core.http.request import URLENCODED, Request
from houston.core.json import loads
from houston.core.settings import Settings
from houston.modules.auth.locks import lock_caller
from houston.modules.auth.models import Client
from houston.modules.auth.validator import Validator, make_token

Answer = dict[str, Any]

GRANT_TYPES = ("authorization_code", "password", "client_credentials", "refresh_token")
IN_BODY_ONLY = frozenset(
    {"username", "password", "client_secret", "refresh_token", "code", "token"}
)
NOT_IN_URL = "Credentials in the address would end up in logs: send them by POST, as a form."
NOT_BY_GET = "Send the parameters by POST, as a form (RFC 6749, section 3.2)."
NO_SCOPE = "Name a scope, or leave the parameter out for all scopes of the client."
CHALLENGE = re.compile(r"[A-Za-z0-9._~-]{43,128}")
"""The form of a code challenge (RFC 7636, section 4.2)."""
MEMBERS = ("token_type", "access_token", "refresh_token", "expires_in", "scope")

CODES = {
    "invalid_request": "A parameter is missing or malformed, or the address has a secret.",
    "invalid_client": "The client is unknown, or its secret is wrong or missing.",
    "invalid_grant": (
        "The password, authorization code or refresh token is wrong, expired, used before or was "
        "issued to another client."
    ),
    "invalid_scope": "A scope does not exist, or the client, user or token does not have it.",
    "unauthorized_client": "The client may not use this grant type.",
    "unsupported_grant_type": "The server does not have this grant type.",
    "unsupported_response_type": "The authorization page answers with a code and nothing else.",
    "access_denied": "The user refused the client; the redirect carries this code.",
}
"""The values of `error` (RFC 6749, sections 4.1.2.1 and 5.2) and when each is sent."""


class ProtocolError(BadRequest):
    """A request to an OAuth2 endpoint breaks the protocol: `error` has a code of RFC 6749."""

    def __init__(
        self, error: str, description: str, status: int = 400, messages: Messages | None = None
    ) -> None:
        text = description or CODES.get(error, error)
        super().__init__(text, messages=messages, error=error, error_description=text)
        self.status = status
        if status == 401:
            self.headers["WWW-Authenticate"] = 'Basic realm="houston"'


def malformed(messages: Messages) -> ProtocolError:
    """The error of parameters that are repeated, too long, or not text."""
    return ProtocolError(
        "invalid_request", BadRequest(messages=messages).message, messages=messages
    )


class Authorization(NamedTuple):
    """A valid authorization request (RFC 6749, section 4.1.1).

    `refusal` is the address that tells the client that the user refuses (section 4.1.2.1).
    """

    client: Client
    redirect_uri: str
    scopes: list[str]
    refusal: str


def create_tokens_by_address(request: Request, db: Session) -> Answer:
    """Answer a token request with all parameters in the address, if the settings allow it.

    Raises:
        ProtocolError: The request is refused.
    """
    allowed = request.services[Settings]["houston.oauth2.allow_credentials_in_url"]
    if not allowed or request.body:
        raise ProtocolError("invalid_request", NOT_BY_GET)
    return create_tokens(request, db)


def create_tokens(request: Request, db: Session) -> Answer:
    """Answer a token request (RFC 6749, section 5.1).

    Raises:
        ProtocolError: The request is refused. Tokens that it has revoked stay so.
    """
    server = _server(request, db)
    try:
        tokens = _answer(request, server.create_token_response)
    finally:
        request.keep_changes = server.request_validator.reuse_detected
    return {name: tokens[name] for name in MEMBERS if name in tokens}


def revoke(request: Request) -> None:
    """Revoke a token (RFC 7009); an unknown one counts as revoked.

    Raises:
        ProtocolError: The client is not authenticated.
    """
    _answer(request, _server(request, request.db).create_revocation_response)


def introspect(request: Request) -> Answer:
    """Describe a token to a client with a secret (RFC 7662).

    Raises:
        ProtocolError: The client is not authenticated.
    """
    server = _server(request, request.db, public_clients=False)
    return _answer(request, server.create_introspect_response)


def read_authorization(request: Request) -> Authorization | str:
    """The authorization request in the address, or the address that tells the client its fault.

    Raises:
        ProtocolError: The client or its redirection address is not valid, so there is no redirect.
    """
    server = _server(request, request.db)
    try:
        scopes, details = server.validate_authorization_request(_address(request), "GET")
    except FatalClientError as error:
        raise ProtocolError(error.error, error.description) from None
    except OAuth2Error as error:
        return str(error.in_uri(error.redirect_uri))
    target = details["redirect_uri"]
    refusal = AccessDeniedError(state=details["state"]).in_uri(target)
    return Authorization(details["request"].client, target, scopes, refusal)


def create_code(request: Request, user: Any) -> str:
    """Create an authorization code; returns the address that sends it to the client.

    Raises:
        Unauthenticated: The session of the caller has ended in the meantime.
    """
    lock_caller(request.db, request.caller)
    headers, _, _ = _server(request, request.db).create_authorization_response(
        _address(request), "GET", credentials={"user": user}
    )
    return str(headers["Location"])


def _require_s256(request: Any) -> dict[str, Any]:
    """Refuse the challenge method `plain`, which reveals the verifier (RFC 9700, section 2.1.1)."""
    if request.code_challenge_method != "S256":
        raise InvalidRequestError("Transform algorithm not supported.", request=request)
    if not CHALLENGE.fullmatch(request.code_challenge):
        raise InvalidRequestError("Malformed code challenge.", request=request)
    return {}


def _server(request: Request, db: Session, **options: Any) -> Any:
    validator = Validator(request, db, **options)
    settings = request.services[Settings]
    server = WebApplicationServer(
        validator,
        partial(make_token, settings, "access"),
        settings["houston.oauth2.access_token_lifetime"],
        partial(make_token, settings, "refresh"),
    )
    server.grant_types["password"] = ResourceOwnerPasswordCredentialsGrant(validator)
    server.grant_types["client_credentials"] = ClientCredentialsGrant(validator)
    server.auth_grant.custom_validators.post_auth.append(_require_s256)
    return server


def _answer(request: Request, respond: Callable[..., tuple[Any, str, int]]) -> Answer:
    """The answer of an endpoint to a form."""
    headers = {"Content-Type": URLENCODED}
    if "HTTP_AUTHORIZATION" in request.environ:
        headers["Authorization"] = request.environ["HTTP_AUTHORIZATION"]
    _, text, status = respond(request.path_url, "POST", _form(request), headers)
    answer: Answer = loads(text.encode()) if text else {}
    if status >= 400:
        raise ProtocolError(answer["error"], answer.get("error_description", ""), status)
    return answer


def _form(request: Request) -> str:
    """The parameters of the query string, without credentials, and of the form, as one form."""
    address, form = request.validated["querystring"], request.validated.get("body", {})
    allowed = request.services[Settings]["houston.oauth2.allow_credentials_in_url"]
    if IN_BODY_ONLY.intersection(address) and not allowed:
        raise ProtocolError("invalid_request", NOT_IN_URL)
    given = [*address.items(), *form.items()]
    if any(name == "scope" and not value.split() for name, value in given):
        raise ProtocolError("invalid_scope", NO_SCOPE)
    return urlencode(given)


def _address(request: Request) -> str:
    """The address of the request, encoded as oauthlib requires."""
    return f"{request.path_url}?{urlencode(request.validated['querystring'])}"

"""The OAuth2 endpoints of oauthlib with the grant types of this server.

A grant and its endpoint are made for each request, as they have no other way to hand the session of
the request to the validator. Only this file and `validator` know oauthlib.
"""

import re
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, NamedTuple
from urllib.parse import urlencode

from oauthlib.oauth2 import (
    AccessDeniedError,
    AuthorizationCodeGrant,
    AuthorizationEndpoint,
    BearerToken,
    ClientCredentialsGrant,
    FatalClientError,
    IntrospectEndpoint,
    InvalidRequestError,
    OAuth2Error,
    RefreshTokenGrant,
    ResourceOwnerPasswordCredentialsGrant,
    RevocationEndpoint,
    TokenEndpoint,
)

from houston.core.db.session import Session
from houston.core.errors import BadRequest
from houston.core.http.request import URLENCODED, Request
from houston.core.json import loads
from houston.core.security.secrets import make_secret
from houston.core.settings import Settings
from houston.modules.auth.models import Client
from houston.modules.auth.validator import Validator

Answer = dict[str, Any]

GRANTS = {
    "authorization_code": AuthorizationCodeGrant,
    "password": ResourceOwnerPasswordCredentialsGrant,
    "client_credentials": ClientCredentialsGrant,
    "refresh_token": RefreshTokenGrant,
}
IN_BODY_ONLY = frozenset(
    {"username", "password", "client_secret", "refresh_token", "code", "token"}
)
NOT_IN_URL = "Credentials in the address would end up in logs: send them by POST, as a form."
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

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        text = description or CODES.get(error, error)
        super().__init__(text, error=error, error_description=text)
        self.status = HTTPStatus(status)
        if self.status == HTTPStatus.UNAUTHORIZED:
            self.headers["WWW-Authenticate"] = 'Basic realm="houston"'


class Authorization(NamedTuple):
    """A valid authorization request (RFC 6749, section 4.1.1)."""

    client: Client
    redirect_uri: str
    scopes: list[str]
    state: str | None

    @property
    def refusal(self) -> str:
        """The address that tells the client that the user refuses (section 4.1.2.1)."""
        address: str = AccessDeniedError(state=self.state).in_uri(self.redirect_uri)
        return address


class AuthorizationError(Exception):
    """An authorization request is not valid; the text is the address that tells the client."""


def create_tokens(request: Request, db: Session) -> Answer:
    """Answer a token request (RFC 6749, section 5.1).

    Raises:
        ProtocolError: The request is refused. Tokens that it has revoked stay so.
    """
    validator = Validator(request.services, db, request.address)
    grants = {name: grant(validator) for name, grant in GRANTS.items()}
    endpoint = TokenEndpoint("authorization_code", _bearer(request, validator), grants)
    try:
        tokens = _answer(request, endpoint.create_token_response)
    finally:
        request.keep_changes = validator.reuse_detected
    return {name: tokens[name] for name in MEMBERS if name in tokens}


def revoke(request: Request, db: Session) -> None:
    """Revoke a token (RFC 7009); an unknown one counts as revoked.

    Raises:
        ProtocolError: The client is not authenticated.
    """
    validator = Validator(request.services, db, request.address)
    _answer(request, RevocationEndpoint(validator).create_revocation_response)


def introspect(request: Request, db: Session) -> Answer:
    """Describe a token to a client with a secret (RFC 7662).

    Raises:
        ProtocolError: The client is not authenticated.
    """
    validator = Validator(request.services, db, request.address, public_clients=False)
    return _answer(request, IntrospectEndpoint(validator).create_introspect_response)


def read_authorization(request: Request) -> Authorization:
    """Validate the authorization request in the address (RFC 6749, section 4.1.1).

    Raises:
        ProtocolError: The client or its redirection address is not valid, so there is no redirect.
        AuthorizationError: Another parameter is not valid.
    """
    endpoint = _authorization_endpoint(request)
    try:
        scopes, details = endpoint.validate_authorization_request(_address(request), "GET")
    except FatalClientError as error:
        raise ProtocolError(error.error, error.description) from None
    except OAuth2Error as error:
        raise AuthorizationError(error.in_uri(error.redirect_uri)) from None
    client = details["request"].client
    return Authorization(client, details["redirect_uri"], scopes, details["state"])


def create_code(request: Request, authorization: Authorization, user: Any) -> str:
    """Create an authorization code.

    Returns:
        The address that sends the code to the client (RFC 6749, section 4.1.2).
    """
    headers, _, _ = _authorization_endpoint(request).create_authorization_response(
        _address(request), "GET", scopes=authorization.scopes, credentials={"user": user}
    )
    location: str = headers["Location"]
    return location


def require_s256(request: Any) -> dict[str, Any]:
    """Refuse the challenge method `plain`, which reveals the verifier (RFC 9700, section 2.1.1).

    Args:
        request: The request of oauthlib, after its own validation.

    Raises:
        InvalidRequestError: The method is not `S256`, or the challenge is malformed.
    """
    if request.code_challenge_method != "S256":
        raise InvalidRequestError("Transform algorithm not supported.", request=request)
    if not CHALLENGE.fullmatch(request.code_challenge):
        raise InvalidRequestError("Malformed code challenge.", request=request)
    return {}


def _bearer(request: Request, validator: Validator) -> BearerToken:
    lifetime = request.services[Settings]["houston.oauth2.access_token_lifetime"]
    return BearerToken(validator, lambda _request: make_secret(), lifetime)


def _authorization_endpoint(request: Request) -> AuthorizationEndpoint:
    validator = Validator(request.services, request.db, request.address)
    grant = AuthorizationCodeGrant(validator)
    grant.custom_validators.post_auth.append(require_s256)
    return AuthorizationEndpoint("code", _bearer(request, validator), {"code": grant})


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
    """The parameters of the query string and of the form, as one form.

    Raises:
        ProtocolError: A parameter is not text, or the query string has credentials where the
            settings do not allow it.
    """
    in_url = IN_BODY_ONLY.intersection(request.GET)
    if in_url and not request.services[Settings]["houston.oauth2.allow_credentials_in_url"]:
        raise ProtocolError("invalid_request", NOT_IN_URL)
    return _encoded([*request.GET.items(), *request.POST.items()])


def _address(request: Request) -> str:
    """The address of the request, encoded as oauthlib requires.

    Raises:
        ProtocolError: A parameter is not text.
    """
    return f"{request.path_url}?{_encoded(request.GET.items())}"


def _encoded(parameters: Iterable[tuple[str, Any]]) -> str:
    pairs = list(parameters)
    if not all(isinstance(value, str) and "\0" not in value for _, value in pairs):
        raise ProtocolError("invalid_request", "A parameter is not text.")
    return urlencode(pairs)

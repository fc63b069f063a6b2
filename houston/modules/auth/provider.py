"""The OAuth2 provider: oauthlib's endpoints, put together of the grants that we give."""

from typing import Any
from urllib.parse import urlencode

from oauthlib.oauth2 import (
    AuthorizationCodeGrant,
    AuthorizationEndpoint,
    BearerToken,
    ClientCredentialsGrant,
    IntrospectEndpoint,
    RefreshTokenGrant,
    ResourceOwnerPasswordCredentialsGrant,
    RevocationEndpoint,
    TokenEndpoint,
)
from oauthlib.oauth2.rfc6749.errors import UnsupportedCodeChallengeMethodError
from pyramid.request import Request

from houston.core.db.session import Session
from houston.core.http.forms import URLENCODED
from houston.core.json import loads
from houston.core.security.secrets import make_secret
from houston.core.settings import Settings
from houston.modules.auth.errors import ProtocolError
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
NOT_IN_URL = (
    "Credentials do not belong into an address, which ends up in logs: "
    "send them by POST in the body, as a form."
)
ORDER = ("token_type", "access_token", "refresh_token", "expires_in", "scope")


def require_s256(request: Any) -> dict[str, Any]:
    """Refuse the method `plain`, which shows the verifier to whoever reads the address.

    A validator of oauthlib that runs after its own; RFC 9700, section 2.1.1.

    Raises:
        UnsupportedCodeChallengeMethodError: The method is not `S256`.
    """
    if request.code_challenge_method != "S256":
        raise UnsupportedCodeChallengeMethodError(request=request)
    return {}


class Provider(AuthorizationEndpoint, TokenEndpoint, IntrospectEndpoint, RevocationEndpoint):
    """All OAuth2 endpoints, for one request.

    Args:
        validator: Answers what oauthlib asks.
        lifetime: Seconds that an access token is valid.
    """

    def __init__(self, validator: Validator, lifetime: int) -> None:
        grants = {name: grant(validator) for name, grant in GRANTS.items()}
        grants["authorization_code"].custom_validators.post_auth.append(require_s256)
        bearer = BearerToken(validator, lambda _request: make_secret(), lifetime)
        AuthorizationEndpoint.__init__(self, "code", bearer, {"code": grants["authorization_code"]})
        TokenEndpoint.__init__(self, "authorization_code", bearer, grants)
        IntrospectEndpoint.__init__(self, validator)
        RevocationEndpoint.__init__(self, validator)


def provider_of(
    request: Request, db: Session, *, public_clients: bool = True
) -> tuple[Provider, Validator]:
    """The provider for a request, with what answers it."""
    settings = request.services[Settings]
    validator = Validator(
        request.services,
        db,
        address=request.address,
        refresh_lifetime=settings["houston.oauth2.refresh_token_lifetime"],
        public_clients=public_clients,
    )
    return Provider(validator, settings["houston.oauth2.access_token_lifetime"]), validator


def answer_token_request(request: Request, db: Session) -> Answer:
    """The tokens of RFC 6749, section 5.1, in the order of its examples.

    Raises ProtocolError; what the noticing of a theft has revoked is kept.
    """
    provider, validator = provider_of(request, db)
    body = _form(request)
    _, text, status = provider.create_token_response(
        uri_of(request, request.path), "POST", body, _headers(request)
    )
    request.keep_changes = validator.theft_noticed
    tokens = _checked(text, status)
    return {name: tokens[name] for name in ORDER if name in tokens}


def revoke(request: Request, db: Session) -> None:
    """RFC 7009. An unknown token is as good as revoked; raises ProtocolError for a bad client."""
    provider, _ = provider_of(request, db)
    _, text, status = provider.create_revocation_response(
        uri_of(request, request.path), "POST", _form(request), _headers(request)
    )
    _checked(text, status)


def introspect(request: Request, db: Session) -> Answer:
    """RFC 7662, for clients that show their secret; raises ProtocolError for others."""
    provider, _ = provider_of(request, db, public_clients=False)
    _, text, status = provider.create_introspect_response(
        uri_of(request, request.path), "POST", _form(request), _headers(request)
    )
    return _checked(text, status)


def _checked(text: str | None, status: int) -> Answer:
    answer: Answer = loads(text.encode()) if text else {}
    if status >= 400:
        raise ProtocolError(answer["error"], answer.get("error_description", ""), status)
    return answer


def _form(request: Request) -> str:
    """The parameters of the query and of the form, as one form.

    Raises ProtocolError for credentials in the query, unless the settings allow them, and for what
    is no text.
    """
    settings = request.services[Settings]
    in_url = IN_BODY_ONLY.intersection(request.GET)
    if in_url and not settings["houston.oauth2.allow_credentials_in_url"]:
        raise ProtocolError("invalid_request", NOT_IN_URL)
    pairs = [*request.GET.items(), *request.POST.items()]
    if not all(isinstance(value, str) and "\0" not in value for _, value in pairs):
        raise ProtocolError("invalid_request", "A parameter is not text.")
    return urlencode(pairs)


def uri_of(request: Request, path: str) -> str:
    """An address of ours for oauthlib; whether it really is https is the proxy's matter."""
    return f"https://{request.host}{path}"


def _headers(request: Request) -> dict[str, str]:
    header = request.environ.get("HTTP_AUTHORIZATION")
    content = {"Content-Type": URLENCODED}
    return content | ({"Authorization": header} if header else {})

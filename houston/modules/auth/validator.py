"""The request validator of oauthlib: looks up clients, users, tokens and codes in the database."""

from datetime import timedelta
from typing import Any
from urllib.parse import unquote_plus
from uuid import uuid4

from oauthlib.oauth2 import RequestValidator
from pyramid.authentication import extract_http_basic_credentials
from sqlalchemy import select

from houston.core.db.session import Session
from houston.core.db.types import utc_now
from houston.core.http.request import Request
from houston.core.security.secrets import (
    DIGEST_LENGTH,
    derive_secret,
    digest_of,
    make_secret,
    matches,
)
from houston.core.settings import Settings
from houston.modules.auth.addresses import is_registered
from houston.modules.auth.browsers import Devices
from houston.modules.auth.locks import lock_account, lock_client, lock_user
from houston.modules.auth.models import AuthorizationCode, Client, ClientLevel, Token
from houston.modules.auth.services import delete_expired, revoke_tokens
from houston.modules.users.services.accounts import authenticate

CODE_LIFETIME = timedelta(seconds=100)
MAX_URL_LENGTH: int = AuthorizationCode.redirect_uri.type.length


class Validator(RequestValidator):
    """Validates one request.

    Args:
        public_clients: Whether clients without a secret are accepted.

    Attributes:
        reuse_detected: Whether a refresh token or a code was used before, so that its family has
            been revoked.
    """

    _code: AuthorizationCode
    _refreshed: Token
    _given: Token | None = None

    def __init__(self, request: Request, db: Session, *, public_clients: bool = True) -> None:
        self.reuse_detected = False
        self._services, self._db = request.services, db
        self._place = request.services[Devices].place(request)
        self._public_clients, self._family = public_clients, uuid4()

    def client_authentication_required(self, request: Any) -> bool:
        """Return whether the secret of the client is needed or was sent."""
        client_id, secret = _credentials(request)
        if secret or not self._public_clients or request.grant_type == "client_credentials":
            return True
        client = self._client(client_id)
        return client is None or client.level != ClientLevel.PUBLIC

    def authenticate_client(self, request: Any) -> bool:
        """Authenticate a client by its secret (RFC 6749, section 2.3.1)."""
        client_id, secret = _credentials(request)
        request.client = client = self._client(client_id)
        # A digest is compared for an unknown client too, so that it takes as long. The RFC encodes
        # the secret in the header, which curl and others do not do.
        digest = client.secret_digest if client else "0" * DIGEST_LENGTH
        return any(matches(digest, meant) for meant in (secret, unquote_plus(secret)))

    def authenticate_client_id(self, client_id: str, request: Any) -> bool:
        """Accept a public client by its identifier (RFC 6749, section 3.2.1)."""
        request.client = client = self._client(client_id or _credentials(request)[0])
        return client is not None and client.level == ClientLevel.PUBLIC

    def validate_client_id(self, client_id: str, request: Any) -> bool:
        """Find the client of an authorization request."""
        request.client = self._client(client_id)
        return request.client is not None

    def validate_grant_type(
        self, client_id: str, grant_type: str, client: Any, request: Any
    ) -> bool:
        """Passwords are only for clients of the site, and for a client of the same user."""
        if grant_type == "password":
            return bool(client.first_party or request.user.id == client.user_id)
        if grant_type == "client_credentials":
            request.user = client.user
            return lock_client(self._db, client) and bool(client.user.is_active)
        return True

    def validate_user(self, username: str, password: str, client: Any, request: Any) -> bool:
        """Authenticate a user by password, within the rate limit of failed sign-ins."""
        user = authenticate(self._services, self._db, username, password, place=self._place)
        if user is None or not (user.is_active and lock_user(self._db, user)):
            return False
        request.user = user
        return True

    def get_default_scopes(self, client_id: str, request: Any) -> Any:
        """The scopes of a request that names none (RFC 6749, section 3.3)."""
        return request.client.default_scopes

    def validate_scopes(self, client_id: str, scopes: Any, client: Any, request: Any) -> bool:
        """Accept scopes that the client has, and put them in the order of the client."""
        requested = set(filter(None, scopes))
        if not requested or not requested.issubset(client.default_scopes):
            return False
        request.scopes = [scope for scope in client.default_scopes if scope in scopes]
        return True

    def save_bearer_token(self, token: Any, request: Any) -> None:
        """Store the digests of a pair of tokens, or of an access token alone."""
        now, refresh_token = utc_now(), token.get("refresh_token")
        if self._given is not None:
            token["scope"] = " ".join(self._given.scopes)
            return
        lifetime = self._services[Settings]["houston.oauth2.refresh_token_lifetime"]
        self._db.add(
            Token(
                client_guid=request.client.guid,
                user_id=request.user.id,
                family=self._family,
                scopes=token["scope"].split(),
                access_digest=digest_of(token["access_token"]),
                expires=now + timedelta(seconds=token["expires_in"]),
                refresh_digest=digest_of(refresh_token) if refresh_token else None,
                refresh_expires=now + timedelta(seconds=lifetime) if refresh_token else None,
            )
        )
        self._db.flush()
        delete_expired(self._db, request.user)

    def validate_refresh_token(self, refresh_token: str, client: Any, request: Any) -> bool:
        """Use up a refresh token, which can be used once (RFC 9700, section 4.14.2).

        Simultaneous requests, and one that repeats a request whose response was lost, get the
        tokens that it has given, as long as these are unused.
        """
        found = self._find(Token.refresh_digest, refresh_token, client)
        self._given = self._given_lately(found, request) if found and found.spent else None
        if self._given is None:
            if not self._is_unused(found, "spent", "refresh_expires") or found.revoked:
                return False
            found.spent = found.revoked = utc_now()
        self._refreshed, self._family, request.user = found, found.family, found.user
        return bool(self.get_original_scopes(refresh_token, request))

    def get_original_scopes(self, refresh_token: str, request: Any) -> list[str]:
        """The scopes of the token that is refreshed, as far as the client still has them."""
        scopes = request.client.default_scopes
        return [scope for scope in self._refreshed.scopes if scope in scopes]

    def revoke_token(self, token: str, token_type_hint: str, request: Any) -> None:
        """Revoke an access or a refresh token of the client, with its family (RFC 7009)."""
        digest = digest_of(token)
        given = (Token.access_digest == digest) | (Token.refresh_digest == digest)
        family = select(Token.family).where(given, Token.client_guid == request.client.guid)
        revoke_tokens(self._db, Token.family.in_(family))

    def introspect_token(
        self, token: str, token_type_hint: str, request: Any
    ) -> dict[str, Any] | None:
        """The claims of a valid access token (RFC 7662, section 2.2); None for any other.

        A client learns about its own tokens. Those of all clients are for the clients of the site,
        since anybody can make a client (section 4).
        """
        found = self._db.scalar(
            select(Token).where(Token.access_digest == digest_of(token), Token.revoked.is_(None))
        )
        expired = found and found.expires and found.expires <= utc_now()
        if found is None or expired or not found.user.is_active:
            return None
        if not request.client.first_party and found.client_guid != request.client.guid:
            return None
        claims: dict[str, Any] = {
            "scope": " ".join(found.scopes),
            "client_id": found.client.client_id if found.client else None,
            "username": found.user.username,
            "token_type": "Bearer",
            "exp": int(found.expires.timestamp()) if found.expires else None,
            "iat": int(found.created.timestamp()),
            "sub": str(found.user.guid),
        }
        return {name: value for name, value in claims.items() if value is not None}

    def validate_redirect_uri(self, client_id: str, redirect_uri: str, request: Any) -> bool:
        """Accept an address that is registered and can be stored."""
        stored = len(redirect_uri) <= MAX_URL_LENGTH
        return stored and is_registered(redirect_uri, request.client.redirect_uris)

    def get_default_redirect_uri(self, client_id: str, request: Any) -> str | None:
        """The registered address, if there is one only (RFC 6749, section 3.1.2.3)."""
        addresses: list[str] = request.client.redirect_uris
        return addresses[0] if len(addresses) == 1 else None

    def validate_response_type(
        self, client_id: str, response_type: str, client: Any, request: Any
    ) -> bool:
        """Accept `code` alone: the implicit grant is obsolete (RFC 9700, section 2.1.2)."""
        return response_type == "code"

    def is_pkce_required(self, client_id: str, request: Any) -> bool:
        """Require PKCE of every client (RFC 9700, section 2.1.1)."""
        return True

    def save_authorization_code(self, client_id: str, code: Any, request: Any) -> None:
        """Store the digest of a code."""
        self._db.add(
            AuthorizationCode(
                client_guid=request.client.guid,
                user_id=request.user.id,
                digest=digest_of(code["code"]),
                scopes=request.scopes,
                redirect_uri=request.redirect_uri,
                code_challenge=request.code_challenge,
                expires=utc_now() + CODE_LIFETIME,
            )
        )
        self._db.flush()

    def validate_code(self, client_id: str, code: str, client: Any, request: Any) -> bool:
        """Find a code, which can be used once (RFC 6749, section 4.1.2)."""
        found = self._find(AuthorizationCode.digest, code, client)
        if not self._is_unused(found, "used", "expires"):
            return False
        self._code, self._family, request.user = found, found.family, found.user
        request.scopes = [scope for scope in found.scopes if scope in client.default_scopes]
        return bool(request.scopes)

    def confirm_redirect_uri(
        self, client_id: str, code: str, redirect_uri: str, client: Any, request: Any
    ) -> bool:
        """Accept the address to which the code was sent (RFC 6749, section 4.1.3)."""
        return redirect_uri == self._code.redirect_uri

    def get_code_challenge(self, code: str, request: Any) -> str:
        """The challenge of the code (RFC 7636, section 4.4)."""
        return self._code.code_challenge

    def get_code_challenge_method(self, code: str, request: Any) -> str:
        """The only method that is accepted."""
        return "S256"

    def invalidate_authorization_code(self, client_id: str, code: str, request: Any) -> None:
        """Mark the code as used."""
        self._code.used = utc_now()
        self._db.flush()

    def _client(self, client_id: str | None) -> Client | None:
        if not client_id or "\0" in client_id:
            return None
        return self._db.scalar(select(Client).where(Client.client_id == client_id))

    def _find(self, digest: Any, secret: str, client: Client) -> Any:
        """The token or code of a client, locked after its account."""
        own = (digest == digest_of(secret), digest.class_.client_guid == client.guid)
        account = self._db.scalar(select(digest.class_.user_id).where(*own))
        if account is None:
            return None
        lock_account(self._db, account)
        return self._db.scalar(select(digest.class_).where(*own).with_for_update())

    def _is_unused(self, found: Any, used: str, expires: str) -> bool:
        """Return whether a token or code can be used; a second use revokes its family."""
        if found is not None and getattr(found, used):
            self.reuse_detected = True
            revoke_tokens(self._db, Token.family == found.family)
            return False
        expired = found is None or getattr(found, expires) <= utc_now()
        return bool(not expired and found.user.is_active)

    def _given_lately(self, spent: Token, request: Any) -> Token | None:
        """The unused pair of tokens that a spent refresh token has given a moment ago."""
        settings = self._services[Settings]
        grace = timedelta(seconds=settings["houston.oauth2.refresh_grace"])
        if spent.spent is None or spent.spent + grace <= utc_now():
            return None
        digest = digest_of(make_token(settings, "refresh", request))
        return self._db.scalar(
            select(Token).where(Token.refresh_digest == digest, Token.revoked.is_(None))
        )


def make_token(settings: Settings, purpose: str, request: Any) -> str:
    """A new token; that of a refresh token can be computed again, since only digests are stored."""
    if request.grant_type != "refresh_token":
        return make_secret()
    return derive_secret(settings["houston.session.secret"], purpose, request.refresh_token)


def _credentials(request: Any) -> tuple[str, str]:
    """The identifier and the secret of the client, from the Basic header or else the form."""
    if not request.headers.get("Authorization", "").lower().startswith("basic "):
        return request.client_id or "", request.client_secret or ""
    client_id, secret = extract_http_basic_credentials(request) or ("", "")
    return unquote_plus(client_id), secret

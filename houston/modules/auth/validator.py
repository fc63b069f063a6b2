"""What oauthlib asks of us: who clients and users are, and what was issued to them."""

from base64 import b64decode
from binascii import Error as Base64Error
from datetime import timedelta
from typing import Any
from urllib.parse import unquote_plus
from uuid import UUID

from oauthlib.oauth2 import RequestValidator
from sqlalchemy import select, update

from houston.core.db.session import Session
from houston.core.db.types import utc_now
from houston.core.security.secrets import DIGEST_LENGTH, digest_of, matches
from houston.core.services import Services
from houston.modules.auth.models import AuthorizationCode, Client, ClientLevel, Token
from houston.modules.auth.services.tokens import issue, revoke_family
from houston.modules.users.services.accounts import authenticate

AUTHORIZATION_SECONDS = 100


class Validator(RequestValidator):
    """Answers for one request, from the database of that request."""

    theft_noticed = False
    """Whether something was shown that was used before, so that its family has been revoked."""

    def __init__(
        self,
        services: Services,
        db: Session,
        *,
        address: str,
        refresh_lifetime: int,
        public_clients: bool = True,
    ) -> None:
        super().__init__()
        self._services, self._db = services, db
        self._address, self._refresh_lifetime = address, refresh_lifetime
        self._public_clients = public_clients
        self._family: UUID | None = None

    # Clients

    def client_authentication_required(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        """A client that shows a secret must show the right one; so must one that has to have it."""
        client_id, secret = _credentials(request)
        client = self._client(client_id)
        if secret or not self._public_clients or request.grant_type == "client_credentials":
            return True
        return client is None or client.level != ClientLevel.PUBLIC

    def authenticate_client(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        """By HTTP Basic, or by the form."""
        client_id, secret = _credentials(request)
        client = self._client(client_id)
        # A digest is compared for an unknown client too, so that it takes as long. RFC 6749 has
        # the secret encoded in the header, which curl and others do not do.
        digest = client.secret_digest if client else "0" * DIGEST_LENGTH
        if not any(matches(digest, meant) for meant in (secret, unquote_plus(secret))):
            return False
        request.client = client
        return True

    def authenticate_client_id(
        self, client_id: str, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        """A public client only has to say who it is."""
        named = client_id or _credentials(request)[0]
        client = self._client(named)
        if client is None or client.level != ClientLevel.PUBLIC:
            return False
        request.client, request.client_id = client, named
        return True

    def validate_client_id(self, client_id: str, request: Any, *args: Any, **kwargs: Any) -> bool:
        """Whether there is such a client."""
        request.client = self._client(client_id)
        return request.client is not None

    def validate_grant_type(
        self, client_id: str, grant_type: str, client: Any, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        """Passwords are for clients of the site alone, and for one's own client."""
        if grant_type == "password":
            return bool(client.first_party or request.user.id == client.user_id)
        if grant_type == "client_credentials":
            request.user = client.user
            return bool(client.user.is_active)
        return True

    # Users and scopes

    def validate_user(
        self, username: str, password: str, client: Any, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        """By username or e-mail; raises TooManyRequests after too many failures."""
        user = authenticate(self._services, self._db, username, password, address=self._address)
        if user is None or not user.is_active:
            return False
        request.user = user
        return True

    def get_default_scopes(self, client_id: str, request: Any, *args: Any, **kwargs: Any) -> Any:
        """What a client gets that does not ask for less."""
        return request.client.default_scopes

    def validate_scopes(
        self, client_id: str, scopes: Any, client: Any, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        """A client gets no more than its own scopes; the order is always the same."""
        if not set(filter(None, scopes)).issubset(client.default_scopes):
            return False
        request.scopes = [scope for scope in client.default_scopes if scope in scopes]
        return True

    # Tokens

    def save_bearer_token(self, token: Any, request: Any, *args: Any, **kwargs: Any) -> None:
        """Store the digests of a pair of tokens."""
        issue(
            self._db,
            request.client,
            request.user,
            token["scope"].split(),
            access_token=token["access_token"],
            lifetime=token["expires_in"],
            refresh_token=token.get("refresh_token"),
            refresh_lifetime=self._refresh_lifetime,
            family=self._family,
        )

    def validate_refresh_token(
        self, refresh_token: str, client: Any, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        """Good once: a spent one was copied, and its whole family is revoked."""
        found = self._db.scalar(
            select(Token)
            .where(
                Token.refresh_digest == digest_of(refresh_token), Token.client_guid == client.guid
            )
            .with_for_update()
        )
        if found is None or (found.revoked and not found.spent):
            return False
        if found.spent is not None:
            self.theft_noticed = True
            revoke_family(self._db, found.family)
            return False
        if found.refresh_expires is None or found.refresh_expires <= utc_now():
            return False
        if not found.user.is_active:
            return False
        found.spent = found.revoked = utc_now()
        self._family, self._refreshed = found.family, found.scopes
        request.user = found.user
        return True

    def get_original_scopes(
        self, refresh_token: str, request: Any, *args: Any, **kwargs: Any
    ) -> list[str]:
        """The scopes of the token that is refreshed, as far as the client still has them."""
        return [scope for scope in self._refreshed if scope in request.client.default_scopes]

    def revoke_token(
        self, token: str, token_type_hint: str, request: Any, *args: Any, **kwargs: Any
    ) -> None:
        """Revoke an access or a refresh token of this client, with its whole family (RFC 7009)."""
        found = self._find_token(token)
        if found is not None and found.client_guid == request.client.guid:
            revoke_family(self._db, found.family)

    def introspect_token(
        self, token: str, token_type_hint: str, request: Any, *args: Any, **kwargs: Any
    ) -> dict[str, Any] | None:
        """What RFC 7662 tells of an access token, for clients that have proved who they are."""
        now = utc_now()
        found = self._db.scalar(
            select(Token).where(Token.access_digest == digest_of(token), Token.revoked.is_(None))
        )
        expired = found is None or (found.expires is not None and found.expires <= now)
        if found is None or expired or not found.user.is_active:
            return None
        told: dict[str, Any] = {
            "scope": " ".join(found.scopes),
            "client_id": found.client.client_id if found.client else None,
            "username": found.user.username,
            "token_type": "Bearer",
            "exp": int(found.expires.timestamp()) if found.expires else None,
            "iat": int(found.created.timestamp()),
            "sub": str(found.user.guid),
        }
        return {name: value for name, value in told.items() if value is not None}

    # Authorization codes

    def validate_redirect_uri(
        self, client_id: str, redirect_uri: str, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        """One of those that were registered, letter by letter (RFC 9700, 2.1)."""
        return redirect_uri in request.client.redirect_uris

    def get_default_redirect_uri(
        self, client_id: str, request: Any, *args: Any, **kwargs: Any
    ) -> str | None:
        """The only one, if it is."""
        addresses: list[str] = request.client.redirect_uris
        return addresses[0] if len(addresses) == 1 else None

    def validate_response_type(
        self,
        client_id: str,
        response_type: str,
        client: Any,
        request: Any,
        *args: Any,
        **kwargs: Any,
    ) -> bool:
        """Codes alone: the implicit grant is a thing of the past (RFC 9700, 2.1.2)."""
        return response_type == "code"

    def is_pkce_required(self, client_id: str, request: Any) -> bool:
        """Of every client (RFC 9700, 2.1.1)."""
        return True

    def save_authorization_code(
        self, client_id: str, code: Any, request: Any, *args: Any, **kwargs: Any
    ) -> None:
        """Store the digest of a code with what it was given for."""
        self._db.add(
            AuthorizationCode(
                client_guid=request.client.guid,
                user_id=request.user.id,
                digest=digest_of(code["code"]),
                scopes=request.scopes,
                redirect_uri=request.redirect_uri,
                code_challenge=request.code_challenge,
                expires=utc_now() + timedelta(seconds=AUTHORIZATION_SECONDS),
            )
        )
        self._db.flush()

    def validate_code(
        self, client_id: str, code: str, client: Any, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        """Good once: what came of a code that is shown again is revoked (RFC 6749, 4.1.2)."""
        found = self._db.scalar(
            select(AuthorizationCode)
            .where(
                AuthorizationCode.digest == digest_of(code),
                AuthorizationCode.client_guid == client.guid,
            )
            .with_for_update()
        )
        if found is None:
            return False
        if found.used is not None:
            self.theft_noticed = True
            revoke_family(self._db, found.family)
            return False
        if found.expires <= utc_now() or not found.user.is_active:
            return False
        self._code = found
        self._family = found.family
        request.user, request.scopes = found.user, found.scopes
        return True

    def confirm_redirect_uri(
        self,
        client_id: str,
        code: str,
        redirect_uri: str,
        client: Any,
        request: Any,
        *args: Any,
        **kwargs: Any,
    ) -> bool:
        """The same that the code was sent to."""
        return (redirect_uri or request.redirect_uri) == self._code.redirect_uri

    def get_code_challenge(self, code: str, request: Any) -> str:
        """What the client has to show the origin of."""
        return self._code.code_challenge

    def get_code_challenge_method(self, code: str, request: Any) -> str:
        """S256 alone."""
        return "S256"

    def invalidate_authorization_code(
        self, client_id: str, code: str, request: Any, *args: Any, **kwargs: Any
    ) -> None:
        """Remember that the code was used."""
        self._db.execute(
            update(AuthorizationCode)
            .where(AuthorizationCode.guid == self._code.guid)
            .values(used=utc_now())
        )

    def _client(self, client_id: str | None) -> Client | None:
        if not client_id or "\0" in client_id:
            return None
        return self._db.scalar(select(Client).where(Client.client_id == client_id))

    def _find_token(self, token: str) -> Token | None:
        digest = digest_of(token)
        return self._db.scalar(
            select(Token).where((Token.access_digest == digest) | (Token.refresh_digest == digest))
        )


def _credentials(request: Any) -> tuple[str, str]:
    """The client's id and secret: of the Basic header, else of the form."""
    header = request.headers.get("Authorization", "")
    if header[:6].lower() != "basic ":
        return request.client_id or "", request.client_secret or ""
    try:
        text = b64decode(header[6:].strip(), validate=True).decode()
    except (Base64Error, UnicodeDecodeError):
        return "", ""
    client_id, _, secret = text.partition(":")
    return unquote_plus(client_id), secret

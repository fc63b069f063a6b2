"""The identity of a caller, by a bearer token or by the cookie of a browser session.

One query joins the credential with the account of its user, so that a request that only shows the
account needs no other.
"""

from datetime import datetime, timedelta
from functools import lru_cache, partial
from time import time
from typing import Any

from pyramid.request import Request
from pyramid.response import Response
from sqlalchemy import Select, Text, bindparam, null, select, type_coerce
from webob.cookies import SignedCookieProfile

from houston.core.db import SAFE_METHODS
from houston.core.db.types import utc_now
from houston.core.errors import Forbidden, Reason, Unauthenticated
from houston.core.security.grants import Identity
from houston.core.security.secrets import digest_of
from houston.core.settings import Settings
from houston.domain.roles import roles_of
from houston.modules.auth.addresses import origin_of
from houston.modules.auth.models import BrowserSession, Token
from houston.modules.auth.usage import Usage
from houston.modules.users.models import ACCOUNT, User

TOKEN, SESSION, USER = Token.__table__, BrowserSession.__table__, User.__table__


def _identity_query(credential: Any, digest: Any, scopes: Any) -> Select[Any]:
    """The query of a credential under its digest, with the account of its active user."""
    return (
        select(
            credential.c.guid.label("credential_guid"),
            credential.c.created.label("credential_created"),
            credential.c.expires.label("credential_expires"),
            scopes.label("credential_scopes"),
            *ACCOUNT,
        )
        .join_from(credential, USER)
        .where(digest == bindparam("digest"), USER.c.is_active)
    )


BY_TOKEN = _identity_query(TOKEN, TOKEN.c.access_digest, type_coerce(TOKEN.c.scopes, Text)).where(
    TOKEN.c.revoked.is_(None)
)
BY_SESSION = _identity_query(SESSION, SESSION.c.digest, null())

CHALLENGE = 'Bearer realm="houston", error="invalid_token"'
"""The challenge to a caller whose token is not valid (RFC 6750, section 3.1)."""
RENEWED_AFTER_SECONDS = 24 * 60 * 60


class BearerSource:
    """The bearer token of the `Authorization` header (RFC 6750, section 2.1).

    Tokens in the address (section 2.3) are not read, since they would end up in logs.
    """

    def __init__(self, usage: Usage) -> None:
        self._usage = usage

    def identify(self, request: Request) -> Identity | None:
        """The user of the token, with the scopes of the token; None without a bearer token.

        Raises:
            Unauthenticated: The token is not valid, or its user is deactivated.
        """
        scheme, _, token = request.environ.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        now = utc_now()
        row = _find(request, BY_TOKEN, token.strip(), now)
        if row is None:
            text = "The access token is unknown, expired or revoked."
            raise Unauthenticated(text, headers={"WWW-Authenticate": CHALLENGE})
        guid = row.credential_guid
        self._usage.record(Token, guid, now)
        return Identity(row, roles_of(row), scope_set(row.credential_scopes), "bearer", guid)


def _find(request: Request, statement: Any, secret: str, now: datetime) -> Any:
    """The row of a credential that has not expired; that is cheaper to check here than in SQL."""
    found = request.db.connection().execute(statement, {"digest": digest_of(secret)}).first()
    expired = found and found.credential_expires and found.credential_expires <= now
    return None if expired else found


@lru_cache(maxsize=1024)
def scope_set(scopes: str) -> frozenset[str]:
    """The scopes of a text that separates them by blanks."""
    return frozenset(scopes.split())


def signed_cookie(settings: Settings, name: str, max_age: int) -> SignedCookieProfile:
    """The profile of a signed cookie, which scripts cannot read.

    The prefix of a secure one makes browsers refuse it from a subdomain or over http (RFC 6265bis,
    section 4.1.3.2).

    Args:
        settings: The settings, with the key of the signature.
        name: The name without prefix.
        max_age: The time after which browsers delete it, in seconds.
    """
    secure: bool = settings["houston.cookies.secure"]
    return SignedCookieProfile(
        settings["houston.session.secret"],
        f"houston.{name}",
        f"__Host-{name}" if secure else name,
        secure=secure,
        max_age=max_age,
        path="/",
        httponly=True,
        samesite="Lax",
        hashalg="sha256",
    )


def read_cookie(profile: SignedCookieProfile, request: Request) -> Any:
    """The value of a signed cookie; None without one, or if another signed it."""
    text: str | None = request.cookies.get(profile.cookie_name)
    if not text:
        return None
    try:
        return profile.serializer.loads(text.encode("utf-8", "replace"))
    except ValueError:
        return None


class CookieSource:
    """The cookie of a browser session, with its secret.

    A session has all scopes, except for requests that another site makes.

    Attributes:
        name: The name of the cookie.
    """

    def __init__(self, settings: Settings, usage: Usage) -> None:
        self._usage = usage
        self._longest = timedelta(seconds=settings["houston.session.max_lifetime"])
        own = {settings["houston.base_url"], *settings["houston.cors.origins"]}
        self._origins = {origin_of(address) for address in own}
        self._profile = signed_cookie(settings, "session", settings["houston.session.lifetime"])
        self.name: str = self._profile.cookie_name

    def identify(self, request: Request) -> Identity | None:
        """The user of the session; None without a session that is valid.

        Raises:
            Forbidden: A page of another site makes an unsafe request.
        """
        if "HTTP_COOKIE" not in request.environ:
            return None
        found = read_cookie(self._profile, request)
        if found is None:
            return None
        secret, created = found
        now = utc_now()
        row = _find(request, BY_SESSION, secret, now)
        if row is None or row.credential_created + self._longest <= now:
            return None
        self.refuse_cross_site(request)
        self._usage.record(BrowserSession, row.credential_guid, now)
        if time() - created > RENEWED_AFTER_SECONDS:
            request.add_response_callback(partial(self._renew, secret))
        return Identity(row, roles_of(row), None, "cookie", row.credential_guid)

    def secret(self, request: Request) -> str | None:
        """The secret of the session of a browser, valid or not; None without a cookie."""
        found = read_cookie(self._profile, request)
        return None if found is None else str(found[0])

    def origins(self, request: Request) -> set[str | None]:
        """The origins whose pages may use the session: that of the request and of the settings."""
        return {origin_of(request.host_url), *self._origins}

    def refuse_cross_site(self, request: Request, *, safe: bool = True) -> None:
        """Refuse a request of a page of another site.

        Browsers send `Origin` or `Sec-Fetch-Site`; a request with neither is not by a browser.

        Args:
            request: The request.
            safe: Whether requests by a safe method are accepted.

        Raises:
            Forbidden: The page is of another site.
        """
        if safe and request.method in SAFE_METHODS:
            return
        origin = request.environ.get("HTTP_ORIGIN")
        if origin is not None:
            found = origin_of(origin)
            foreign = found is None or found not in self.origins(request)
        else:
            site = request.environ.get("HTTP_SEC_FETCH_SITE", "none")
            foreign = site not in ("same-origin", "none")
        if foreign:
            text = "A page of another site may not do this with your session."
            raise Forbidden(text, reason=Reason.CROSS_SITE)

    def put(self, response: Response, secret: str) -> None:
        """Set the cookie, for as long as an unused session lasts."""
        self._profile.set_cookies(response, (secret, int(time())))

    def remove(self, response: Response) -> None:
        """Make the browser delete the cookie."""
        self._profile.set_cookies(response, None)

    def _renew(self, secret: str, _request: Request, response: Response) -> None:
        # A response that sets the cookie already has signed in or out.
        if "Set-Cookie" not in response.headers:
            self.put(response, secret)

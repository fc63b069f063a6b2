"""The identity of a caller, by a bearer token or by the cookie of a browser session.

One query joins the credential with the account of its user, so that a request that only shows the
account needs no other.
"""

from datetime import datetime
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
from houston.modules.auth.models import BrowserSession, Token
from houston.modules.auth.usage import Usage
from houston.modules.users.models import ACCOUNT, User

TOKEN, SESSION, USER = Token.__table__, BrowserSession.__table__, User.__table__


def _identity_query(credential: Any, digest: Any, scopes: Any) -> Select[Any]:
    """The query of a credential under its digest, with the account of its active user."""
    return (
        select(
            credential.c.guid.label("credential_guid"),
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

COOKIE = "session"
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
            raise Unauthenticated("The access token is unknown, expired or revoked.")
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


class CookieSource:
    """The cookie of a browser session: a signed secret, which scripts cannot read.

    A session has all scopes, except for requests that another site makes.
    """

    def __init__(self, settings: Settings, usage: Usage) -> None:
        self._usage = usage
        self._origins = {settings["houston.base_url"], *settings["houston.cors.origins"]}
        self._profile = SignedCookieProfile(
            settings["houston.session.secret"],
            "houston.session",
            COOKIE,
            secure=settings["houston.cookies.secure"],
            max_age=settings["houston.session.lifetime"],
            httponly=True,
            samesite="Lax",
            hashalg="sha256",
        )

    def identify(self, request: Request) -> Identity | None:
        """The user of the session; None without a session that is valid.

        Raises:
            Forbidden: A page of another site makes an unsafe request.
        """
        if "HTTP_COOKIE" not in request.environ:
            return None
        secret = self._read(request)
        if secret is None:
            return None
        now = utc_now()
        row = _find(request, BY_SESSION, secret, now)
        if row is None:
            return None
        self.refuse_cross_site(request)
        self._usage.record(BrowserSession, row.credential_guid, now)
        return Identity(row, roles_of(row), None, "cookie", row.credential_guid)

    def refuse_cross_site(self, request: Request) -> None:
        """Refuse an unsafe request of a page of another site.

        Browsers send `Origin` or `Sec-Fetch-Site`; a request with neither is not by a browser.

        Raises:
            Forbidden: The page is of another site.
        """
        if request.method in SAFE_METHODS:
            return
        origin = request.environ.get("HTTP_ORIGIN")
        if origin is not None:
            host = origin.partition("://")[2]
            foreign = origin not in self._origins and host != request.host
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

    def _read(self, request: Request) -> str | None:
        """The secret in the cookie of a request; None without a cookie, or if another signed it.

        A cookie that is older than a day is set again, so that it lasts as long as its session.
        """
        value: str | None = request.cookies.get(COOKIE)
        if not value:
            return None
        try:
            secret, created = self._profile.serializer.loads(value.encode("utf-8", "replace"))
        except ValueError:
            return None
        if time() - created > RENEWED_AFTER_SECONDS:
            request.add_response_callback(partial(self._renew, secret))
        return str(secret)

    def _renew(self, secret: str, _request: Request, response: Response) -> None:
        # A response that sets the cookie already has signed in or out.
        if "Set-Cookie" not in response.headers:
            self.put(response, secret)

"""Recognising a caller: by the bearer token of the `Authorization` header, or by a session cookie.

One query joins the credential with the account of its user, so that a request that only shows the
account needs no other.
"""

from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from pyramid.request import Request
from sqlalchemy import Text, bindparam, select, type_coerce

from houston.core.db import SAFE_METHODS
from houston.core.db.types import utc_now
from houston.core.errors import Forbidden, Reason, Unauthenticated
from houston.core.security.identity import Identity
from houston.core.security.secrets import digest_of
from houston.core.settings import Settings
from houston.domain.roles import roles_of
from houston.modules.auth.cookies import SessionCookies
from houston.modules.auth.models import BrowserSession, Token
from houston.modules.auth.usage import Usage
from houston.modules.users.models import ACCOUNT, User

TOKEN = Token.__table__.c
SESSION = BrowserSession.__table__.c


BY_TOKEN = (
    select(
        TOKEN.guid.label("credential_guid"),
        type_coerce(TOKEN.scopes, Text).label("credential_scopes"),
        *ACCOUNT,
    )
    .join_from(Token.__table__, User.__table__)
    .where(
        TOKEN.access_digest == bindparam("digest"),
        TOKEN.revoked.is_(None),
        TOKEN.expires.is_(None) | (TOKEN.expires > bindparam("now")),
        User.__table__.c.is_active,
    )
)
BY_SESSION = (
    select(SESSION.guid.label("credential_guid"), *ACCOUNT)
    .join_from(BrowserSession.__table__, User.__table__)
    .where(
        SESSION.digest == bindparam("digest"),
        SESSION.expires > bindparam("now"),
        User.__table__.c.is_active,
    )
)


class BearerSource:
    """RFC 6750: the header alone. A token in the address would end up in logs."""

    def __init__(self, usage: Usage) -> None:
        self._usage = usage

    def identify(self, request: Request) -> Identity | None:
        """The token's user, with the token's scopes."""
        header: str | None = request.environ.get("HTTP_AUTHORIZATION")
        if header is None:
            return None
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer":
            return None
        now = utc_now()
        row = _find(request, BY_TOKEN, {"digest": digest_of(token.strip()), "now": now})
        if row is None:
            raise Unauthenticated("The access token is unknown, expired or revoked.")
        self._usage.record(Token, row.credential_guid, now)
        return Identity(
            row, roles_of(row), scope_set(row.credential_scopes), "bearer", row.credential_guid
        )


class CookieSource:
    """A browser's session: all scopes, and no request that another site has caused."""

    def __init__(self, settings: Settings, cookies: SessionCookies, usage: Usage) -> None:
        self._cookies, self._usage = cookies, usage
        self._origins = {settings["houston.base_url"], *settings["houston.cors.origins"]}

    def identify(self, request: Request) -> Identity | None:
        """The session's user; a session that is over counts as none."""
        if "HTTP_COOKIE" not in request.environ:
            return None
        secret = self._cookies.secret_of(request)
        if secret is None:
            return None
        now = utc_now()
        row = _find(request, BY_SESSION, {"digest": digest_of(secret), "now": now})
        if row is None:
            return None
        self.refuse_cross_site(request)
        self._usage.record(BrowserSession, row.credential_guid, now)
        return Identity(row, roles_of(row), None, "cookie", row.credential_guid)

    def refuse_cross_site(self, request: Request) -> None:
        """Raise Forbidden for an unsafe request that a page of another site has made.

        Browsers say where a request comes from; a client that does not say is no browser.
        """
        if request.method in SAFE_METHODS:
            return
        origin = request.environ.get("HTTP_ORIGIN")
        if origin is not None:
            foreign = origin not in self._origins and not _same_host(request, origin)
        else:
            site = request.environ.get("HTTP_SEC_FETCH_SITE", "none")
            foreign = site not in ("same-origin", "none")
        if foreign:
            raise Forbidden(
                "A page of another site may not do this with your session.",
                reason=Reason.CROSS_SITE,
            )


def _same_host(request: Request, origin: str) -> bool:
    """Whether a page of this very server asks, under whatever name it was reached."""
    return bool(urlsplit(origin).netloc == request.host)


def _find(request: Request, statement: Any, values: dict[str, Any]) -> Any:
    return request.db.connection().execute(statement, values).first()


@lru_cache(maxsize=1024)
def scope_set(scopes: str) -> frozenset[str]:
    """The scopes of a list with blanks between."""
    return frozenset(scopes.split())

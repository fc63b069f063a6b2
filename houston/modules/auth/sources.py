"""Recognising a caller: by the bearer token of the `Authorization` header, or by a session cookie.

One query joins the credential with the whole account, so that a request that only shows the
account needs no other.
"""

from functools import lru_cache
from hashlib import sha256

from pyramid.request import Request
from sqlalchemy import bindparam, select

from houston.core.db.types import utc_now
from houston.core.errors import Unauthenticated
from houston.core.security.identity import Identity
from houston.core.security.roles import roles_of
from houston.modules.auth.models import Token
from houston.modules.users.models import User

ACCOUNT = [column for column in User.__table__.c if column.name != "password"]

BY_TOKEN = (
    select(
        Token.__table__.c.guid.label("credential_guid"),
        Token.__table__.c.scopes.label("credential_scopes"),
        *ACCOUNT,
    )
    .join_from(Token.__table__, User.__table__)
    .where(
        Token.__table__.c.access_digest == bindparam("digest"),
        Token.__table__.c.revoked.is_(None),
        Token.__table__.c.expires.is_(None) | (Token.__table__.c.expires > bindparam("now")),
        User.__table__.c.is_active,
    )
)


class BearerSource:
    """RFC 6750: the header alone. A token in the address would end up in logs."""

    def identify(self, request: Request) -> Identity | None:
        """The token's user, with the token's scopes."""
        header: str | None = request.environ.get("HTTP_AUTHORIZATION")
        if header is None:
            return None
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer":
            return None
        digest = sha256(token.strip().encode("latin-1")).hexdigest()
        row = (
            request.db.connection().execute(BY_TOKEN, {"digest": digest, "now": utc_now()}).first()
        )
        if row is None:
            raise Unauthenticated("The access token is unknown, expired or revoked.")
        return Identity(
            row, roles_of(row), scope_set(row.credential_scopes), "bearer", row.credential_guid
        )


@lru_cache(maxsize=1024)
def scope_set(scopes: str) -> frozenset[str]:
    """The scopes of a space-separated list."""
    return frozenset(scopes.split())

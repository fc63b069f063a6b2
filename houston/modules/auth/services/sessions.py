"""Signing in and out of a browser."""

from datetime import timedelta

from sqlalchemy import delete

from houston.core.db.session import Session
from houston.core.db.types import utc_now
from houston.core.errors import Unauthenticated
from houston.core.security.identity import Identity
from houston.core.security.secrets import digest_of, make_secret
from houston.core.services import Services
from houston.modules.auth.models import BrowserSession, Token
from houston.modules.auth.services.tokens import revoke_family
from houston.modules.users.services.accounts import authenticate


def sign_in(
    services: Services, db: Session, name: str, password: str, *, address: str, lifetime: int
) -> str:
    """Begin a session; returns the secret for its cookie. The lifetime is in seconds.

    Raises Unauthenticated for an unknown account, a wrong password (which read the same) and a
    deactivated account; TooManyRequests after too many of them.
    """
    user = authenticate(services, db, name, password, address=address)
    if user is None:
        raise Unauthenticated("Account Not Found", success=False)
    if not user.is_active:
        raise Unauthenticated("Account Disabled", success=False)
    secret = make_secret()
    db.add(
        BrowserSession(
            user_id=user.id,
            digest=digest_of(secret),
            expires=utc_now() + timedelta(seconds=lifetime),
        )
    )
    db.flush()
    return secret


def sign_out(db: Session, caller: Identity) -> None:
    """End the session, or revoke the token, by which the caller was recognised."""
    if caller.carrier == "cookie":
        db.execute(delete(BrowserSession).where(BrowserSession.guid == caller.credential))
    else:
        revoke_family(db, db.get_one(Token, caller.credential).family)

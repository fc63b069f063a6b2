"""Issuing tokens, listing them and revoking them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import joinedload

from houston.core.audit import Action, audit
from houston.core.db.session import Session
from houston.core.db.types import utc_now
from houston.core.errors import Unprocessable
from houston.core.security.identity import Identity
from houston.core.security.secrets import digest_of, make_secret
from houston.core.services import Services
from houston.core.tree import Branches
from houston.modules.auth.models import AuthorizationCode, BrowserSession, Client, Token
from houston.modules.auth.services.scopes import check_scopes
from houston.modules.users.events import PasswordChanged, UserDeactivated
from houston.modules.users.models import User

KEPT = timedelta(days=30)
"""How long what is over is kept, so that the reuse of a spent token is still noticed."""


def issue(
    db: Session,
    client: Client,
    user: User,
    scopes: Iterable[str],
    *,
    access_token: str,
    lifetime: int,
    refresh_token: str | None = None,
    refresh_lifetime: int = 0,
    family: UUID | None = None,
) -> Token:
    """Store a pair of tokens that was made for a client; lifetimes in seconds."""
    now = utc_now()
    token = Token(
        client_guid=client.guid,
        user_id=user.id,
        family=family or uuid4(),
        scopes=list(scopes),
        access_digest=digest_of(access_token),
        expires=now + timedelta(seconds=lifetime),
        refresh_digest=digest_of(refresh_token) if refresh_token else None,
        refresh_expires=now + timedelta(seconds=refresh_lifetime) if refresh_token else None,
    )
    db.add(token)
    db.flush()
    _forget_old(db, user)
    return token


def create_personal_token(
    branches: Branches, db: Session, caller: Identity, values: Mapping[str, Any]
) -> Token:
    """Make a personal access token; its `access_token` can be read from the row this once.

    Raises Unprocessable for unknown scopes or a time that has passed, Forbidden for scopes beyond
    the caller's.
    """
    expires: datetime | None = values["expires"]
    if expires is not None and expires <= utc_now():
        raise Unprocessable(messages={"expires": ["Must be in the future."]})
    secret = make_secret()
    token = Token(
        user_id=caller.account.id,
        name=values["name"],
        scopes=check_scopes(branches, caller, values["scopes"], "scopes"),
        access_digest=digest_of(secret),
        expires=expires,
    )
    db.add(token)
    db.flush()
    audit(db, Action.CREATE, "Token", token.guid, message=f"for {' '.join(token.scopes)}")
    token.access_token = secret
    return token


def list_tokens(db: Session, caller: Identity) -> Sequence[Token]:
    """The caller's tokens that are good, or can be refreshed; the newest first."""
    now = utc_now()
    alive = or_(Token.expires.is_(None), Token.expires > now, Token.refresh_expires > now)
    own = select(Token).where(
        Token.user_id == caller.account.id, Token.revoked.is_(None), Token.spent.is_(None), alive
    )
    ordered = own.order_by(Token.created.desc(), Token.guid).options(joinedload(Token.client))
    return db.scalars(ordered).all()


def revoke_token(db: Session, token: Token) -> None:
    """Revoke a token, with all that came from the same sign-in."""
    revoke_family(db, token.family)
    audit(db, Action.DELETE, "Token", token.guid)


def revoke_family(db: Session, family: UUID) -> None:
    """Revoke all tokens that come from one sign-in."""
    _revoke(db, Token.family == family)


def revoke_all_on_password_change(_services: Services, db: Session, event: PasswordChanged) -> None:
    """Close what was opened with the old password, save where the user himself changed it."""
    _close(db, event.user, event.keep)


def revoke_all_on_deactivation(_services: Services, db: Session, event: UserDeactivated) -> None:
    """Close everything of a deactivated account."""
    _close(db, event.user, None)


def _close(db: Session, user: User, keep: UUID | None) -> None:
    """Personal tokens too: whoever had the password could have made them."""
    _revoke(db, *_others(Token, user, keep))
    for model in (BrowserSession, AuthorizationCode):
        db.execute(delete(model).where(*_others(model, user, keep)))


def _others(model: Any, user: User, keep: UUID | None) -> list[Any]:
    """The conditions of a user's rows save the one to keep."""
    own = [model.user_id == user.id]
    return own if keep is None else [*own, model.guid != keep]


def _revoke(db: Session, *conditions: Any) -> None:
    db.execute(update(Token).where(Token.revoked.is_(None), *conditions).values(revoked=utc_now()))


def _forget_old(db: Session, user: User) -> None:
    """Delete the user's rows that are long over, while he signs in anyway."""
    before = utc_now() - KEPT
    own = Token.user_id == user.id
    over = or_(Token.refresh_expires < before, Token.refresh_expires.is_(None))
    db.execute(delete(Token).where(own, Token.expires < before, over))
    for model in (AuthorizationCode, BrowserSession):
        db.execute(delete(model).where(model.user_id == user.id, model.expires < before))

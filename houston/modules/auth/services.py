"""Creating, changing, listing and revoking clients, tokens and browser sessions."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import joinedload

from houston.core.api.patch import Change
from houston.core.audit import Action, audit
from houston.core.db.session import Session
from houston.core.db.types import utc_now
from houston.core.errors import Forbidden, Reason, Unauthenticated, Unprocessable
from houston.core.security.grants import Identity
from houston.core.security.secrets import digest_of, make_secret
from houston.core.services import Services
from houston.core.settings import Settings
from houston.core.tree import Branches
from houston.modules.auth.models import (
    AuthorizationCode,
    BrowserSession,
    Client,
    ClientLevel,
    Token,
)
from houston.modules.users.events import PasswordChanged, UserDeactivated
from houston.modules.users.models import User
from houston.modules.users.services.accounts import authenticate

RETENTION = timedelta(days=30)
"""The time for which expired tokens are stored, so that the reuse of a refresh token is noticed."""

EXAMPLE_SECRET = "KQ()SWK)SQK)QWSKQW(SKQ)S(QWSQW(SJ*HQ&HQW*SQ*^SSQWSGQSG"  # noqa: S105
"""Published in the README, and refused in production with all other example data."""


def all_scopes(branches: Branches) -> list[str]:
    """All scopes in alphabetical order: two for each noun of the resource tree."""
    nouns = {branch.noun for branch in branches.values() if branch.noun}
    return [f"{noun}:{access}" for noun in sorted(nouns) for access in ("read", "write")]


def check_scopes(
    branches: Branches, caller: Identity, scopes: Iterable[str], field: str
) -> list[str]:
    """The scopes of a new credential, in alphabetical order; it has none that the caller's lacks.

    Raises:
        Unprocessable: A scope does not exist.
        Forbidden: The token of the caller lacks a scope.
    """
    known, requested = all_scopes(branches), set(scopes)
    unknown = sorted(requested.difference(known))
    if unknown:
        text = f"'{', '.join(unknown)}' scope(s) are not supported."
        raise Unprocessable(text, messages={field: [text]})
    lacking = sorted(requested.difference(known if caller.scopes is None else caller.scopes))
    if lacking:
        text = f"Your access token lacks {', '.join(lacking)}."
        raise Forbidden(text, messages={field: [text]}, reason=Reason.INSUFFICIENT_SCOPE)
    return [scope for scope in known if scope in requested]


def list_clients(db: Session, caller: Identity) -> Sequence[Client]:
    """The clients of the caller, the oldest first."""
    own = select(Client).where(Client.user_id == caller.account.id)
    return db.scalars(own.order_by(Client.created, Client.guid)).all()


def register_client(
    branches: Branches, db: Session, caller: Identity, values: Mapping[str, Any]
) -> Client:
    """Create a client of the caller, as `create_client` does.

    Raises:
        Unprocessable, Forbidden: As of `check_scopes`.
    """
    scopes = check_scopes(branches, caller, values["default_scopes"], "default_scopes")
    owner = db.get_one(User, caller.account.id)
    return create_client(branches, db, owner, **{**values, "default_scopes": scopes})


def create_client(
    branches: Branches,
    db: Session,
    owner: User,
    *,
    client_id: str | None = None,
    secret: str | None = None,
    level: ClientLevel = ClientLevel.CONFIDENTIAL,
    default_scopes: Iterable[str] = (),
    **values: Any,
) -> Client:
    """Create a client, whose `secret` can be read from the row this once.

    By default, the identifier is the guid, the secret is random, and the scopes are all.
    """
    guid, secret = uuid4(), secret or make_secret()
    client = Client(
        guid=guid,
        client_id=client_id or str(guid),
        user_id=owner.id,
        level=level.value,
        secret_digest=digest_of(secret),
        default_scopes=list(default_scopes) or all_scopes(branches),
        **values,
    )
    client.secret = secret
    db.add(client)
    db.flush()
    return client


def create_example_client(branches: Branches, db: Session, owner: User, redirect_uri: str) -> None:
    """Create the client `documentation`, which is public and has a secret all the same."""
    create_client(
        branches,
        db,
        owner,
        client_id="documentation",
        name="The interactive documentation",
        level=ClientLevel.PUBLIC,
        first_party=True,
        secret=EXAMPLE_SECRET,
        redirect_uris=[redirect_uri],
    )


def update_client(
    branches: Branches, db: Session, caller: Identity, client: Client, change: Change
) -> Client:
    """Change a client.

    Raises:
        Unprocessable, Forbidden: As of `check_scopes`, for the added scopes.
    """
    scopes = change.values.get("default_scopes", ())
    check_scopes(branches, caller, set(scopes).difference(client.default_scopes), "default_scopes")
    change.apply_to(client)
    db.flush()
    return client


def create_personal_token(
    branches: Branches, db: Session, caller: Identity, values: Mapping[str, Any]
) -> Token:
    """Create a personal access token, whose `access_token` can be read from the row this once.

    Raises:
        Unprocessable, Forbidden: As of `check_scopes`.
    """
    secret = make_secret()
    token = Token(
        user_id=caller.account.id,
        name=values["name"],
        scopes=check_scopes(branches, caller, values["scopes"], "scopes"),
        access_digest=digest_of(secret),
        expires=values["expires"],
    )
    db.add(token)
    db.flush()
    audit(db, Action.CREATE, "Token", token.guid, message=f"for {' '.join(token.scopes)}")
    token.access_token = secret
    return token


def list_tokens(db: Session, caller: Identity) -> Sequence[Token]:
    """The tokens of the caller that are valid or can be refreshed, the newest first."""
    now = utc_now()
    alive = or_(Token.expires.is_(None), Token.expires > now, Token.refresh_expires > now)
    own = (Token.user_id == caller.account.id, Token.revoked.is_(None), Token.spent.is_(None))
    tokens = select(Token).where(*own, alive).options(joinedload(Token.client))
    return db.scalars(tokens.order_by(Token.created.desc(), Token.guid)).all()


def revoke_token(db: Session, token: Token) -> None:
    """Revoke a token, with all tokens of its family."""
    revoke_tokens(db, Token.family == token.family)
    audit(db, Action.DELETE, "Token", token.guid)


def sign_in(services: Services, db: Session, name: str, password: str, address: str) -> str:
    """Create a browser session; returns the secret for its cookie.

    The `name` is a username or an e-mail address, `address` that of the network for the rate limit.

    Raises:
        Unauthenticated: The name or the password is wrong, or the account is deactivated.
        TooManyRequests: The rate limit of failed sign-ins is reached.
    """
    user = authenticate(services, db, name, password, address=address)
    if user is None:
        raise Unauthenticated("Account Not Found", success=False)
    if not user.is_active:
        raise Unauthenticated("Account Disabled", success=False)
    secret = make_secret()
    expires = utc_now() + timedelta(seconds=services[Settings]["houston.session.lifetime"])
    db.add(BrowserSession(user_id=user.id, digest=digest_of(secret), expires=expires))
    db.flush()
    return secret


def sign_out(db: Session, caller: Identity) -> None:
    """Delete the browser session, or revoke the token, that the caller has authenticated with."""
    if caller.carrier == "cookie":
        db.execute(delete(BrowserSession).where(BrowserSession.guid == caller.credential))
    else:
        token = db.get_one(Token, caller.credential)
        revoke_tokens(db, Token.family == token.family)


def revoke_credentials(
    _services: Services, db: Session, event: PasswordChanged | UserDeactivated
) -> None:
    """Revoke the credentials of a user, except the one with which they changed their password.

    Personal access tokens too, since anyone with the old password could have created them.
    """
    keep = event.keep if isinstance(event, PasswordChanged) else None
    revoke_tokens(db, Token.user_id == event.user.id, Token.guid != keep)
    for model in (BrowserSession, AuthorizationCode):
        db.execute(delete(model).where(model.user_id == event.user.id, model.guid != keep))


def delete_expired(db: Session, user: User) -> None:
    """Delete the tokens, authorization codes and sessions of a user that expired long ago."""
    before = utc_now() - RETENTION
    over = or_(Token.refresh_expires.is_(None), Token.refresh_expires < before)
    db.execute(delete(Token).where(Token.user_id == user.id, Token.expires < before, over))
    for model in (AuthorizationCode, BrowserSession):
        db.execute(delete(model).where(model.user_id == user.id, model.expires < before))


def revoke_tokens(db: Session, *conditions: Any) -> None:
    """Revoke the tokens of some conditions."""
    db.execute(update(Token).where(Token.revoked.is_(None), *conditions).values(revoked=utc_now()))

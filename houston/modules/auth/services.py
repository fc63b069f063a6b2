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
from houston.core.mail import Mailer
from houston.core.security.grants import Identity
from houston.core.security.secrets import digest_of, make_secret
from houston.core.security.sign_in import Place
from houston.core.services import Services
from houston.core.settings import Settings
from houston.core.tree import Branches
from houston.modules.auth.addresses import is_of_app
from houston.modules.auth.locks import lock_caller, lock_user
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

EXAMPLE_SECRET = "KQ()SWK)SQK)QWSKQW(SKQ)S(QWSQW(SJ*HQ&HQW*SQ*^SSQWSGQSG"  # noqa: S105 - published
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
        raise Unprocessable.about(field, f"'{', '.join(unknown)}' scope(s) are not supported.")
    lacking = sorted(requested.difference(known if caller.scopes is None else caller.scopes))
    if lacking:
        raise Forbidden.about(
            field,
            f"Your access token lacks {', '.join(lacking)}.",
            reason=Reason.INSUFFICIENT_SCOPE,
        )
    return [scope for scope in known if scope in requested]


def check_redirect_uris(level: str, addresses: Iterable[str]) -> None:
    """Check the redirection addresses of a client.

    Raises:
        Unprocessable: One is that of an app, and the client is not public.
    """
    if level == ClientLevel.PUBLIC:
        return
    for position, address in enumerate(addresses):
        if is_of_app(address):
            text = "Only public clients are apps, which have an address with a scheme of their own."
            raise Unprocessable(text, messages={f"redirect_uris.{position}": [text]})


def list_clients(db: Session, caller: Identity) -> Sequence[Client]:
    """The clients of the caller, the oldest first."""
    own = select(Client).where(Client.user_id == caller.account.id)
    return db.scalars(own.order_by(Client.created, Client.guid)).all()


def register_client(
    services: Services, db: Session, caller: Identity, values: Mapping[str, Any]
) -> Client:
    """Create a client of the caller, as `create_client` does.

    Raises:
        Unprocessable, Forbidden: As of `check_scopes` and `check_redirect_uris`.
    """
    check_redirect_uris(values["level"], values["redirect_uris"])
    requested = values["default_scopes"]
    scopes = check_scopes(services[Branches], caller, requested, "default_scopes")
    owner = lock_caller(db, caller)
    return create_client(services, db, owner, **{**values, "default_scopes": scopes})


def create_client(
    services: Services,
    db: Session,
    owner: User,
    *,
    client_id: str | None = None,
    secret: str | None = None,
    level: ClientLevel = ClientLevel.CONFIDENTIAL,
    default_scopes: Iterable[str] = (),
    **values: Any,
) -> Client:
    """Create a client, whose `secret` can be read from the row this once, and mail its owner.

    By default, the identifier is the guid, the secret is random, and the scopes are all.
    """
    guid, secret = uuid4(), secret or make_secret()
    client = Client(
        guid=guid,
        client_id=client_id or str(guid),
        user_id=owner.id,
        level=level.value,
        secret_digest=digest_of(secret),
        default_scopes=list(default_scopes) or all_scopes(services[Branches]),
        **values,
    )
    client.secret = secret
    db.add(client)
    db.flush()
    _mail(services[Mailer], db, owner, "client", client.client_id, client.default_scopes)
    return client


def create_secret(services: Services, db: Session, caller: Identity, client: Client) -> Client:
    """Replace the secret of a client of the caller; it can be read from the row this once.

    Raises:
        Forbidden: The token of the caller lacks a scope of the client.
    """
    check_scopes(services[Branches], caller, client.default_scopes, "default_scopes")
    lock_caller(db, caller)
    client.secret = make_secret()
    client.secret_digest = digest_of(client.secret)
    db.flush()
    _mail(services[Mailer], db, client.user, "client", client.client_id, client.default_scopes)
    return client


def create_example_client(services: Services, db: Session, owner: User, redirect_uri: str) -> None:
    """Create the client `documentation`, which is public and has a secret all the same."""
    create_client(
        services,
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
        Unprocessable, Forbidden: As of `check_redirect_uris`, and of `check_scopes` for the added
            scopes.
    """
    check_redirect_uris(client.level, change.values.get("redirect_uris", ()))
    scopes = change.values.get("default_scopes", ())
    check_scopes(branches, caller, set(scopes).difference(client.default_scopes), "default_scopes")
    change.apply_to(client)
    db.flush()
    return client


def create_personal_token(
    services: Services, db: Session, caller: Identity, values: Mapping[str, Any]
) -> Token:
    """Create a personal access token, and mail the caller.

    Its `access_token` can be read from the row this once.

    Raises:
        Unprocessable, Forbidden: As of `check_scopes`.
    """
    secret = make_secret()
    token = Token(
        user_id=lock_caller(db, caller).id,
        name=values["name"],
        scopes=check_scopes(services[Branches], caller, values["scopes"], "scopes"),
        access_digest=digest_of(secret),
        expires=values["expires"],
    )
    db.add(token)
    db.flush()
    audit(db, Action.CREATE, "Token", token.guid, message=f"for {' '.join(token.scopes)}")
    _mail(services[Mailer], db, caller.account, "token", str(token.guid), token.scopes)
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


def sign_in(
    services: Services, db: Session, name: str, password: str, place: Place, former: str | None
) -> BrowserSession:
    """Create a browser session, whose `secret` can be read from the row this once.

    Args:
        services: The parts of the application.
        db: The session of the transaction.
        name: A username or an e-mail address.
        password: The password.
        place: The place of the caller, for the limit of failed sign-ins.
        former: The secret of the session that the browser has, which ends.

    Raises:
        Unauthenticated: The name or the password is wrong, or the account is deactivated.
        TooManyRequests: There were too many failures, so that the caller has to wait.
    """
    user = authenticate(services, db, name, password, place=place)
    if user is None or not lock_user(db, user):
        raise Unauthenticated("Account Not Found", success=False)
    if not user.is_active:
        raise Unauthenticated("Account Disabled", success=False)
    if former is not None:
        end_session(db, former)
    secret = make_secret()
    expires = utc_now() + timedelta(seconds=services[Settings]["houston.session.lifetime"])
    session = BrowserSession(user_id=user.id, digest=digest_of(secret), expires=expires)
    session.secret = secret
    db.add(session)
    db.flush()
    return session


def end_session(db: Session, secret: str) -> None:
    """Delete the browser session with a secret, if there is one."""
    db.execute(delete(BrowserSession).where(BrowserSession.digest == digest_of(secret)))


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
    """End what acts for an account, except the credential with which its user changes the password.

    Personal access tokens too, since anyone with the old password could have created them. The
    secrets of the clients of the account end unless the user themselves sets the password.
    """
    keep = event.keep if isinstance(event, PasswordChanged) else None
    if keep is None:
        for client in db.scalars(select(Client).where(Client.user_id == event.user.id)):
            client.secret_digest = ""
        db.flush()
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


def _mail(
    mailer: Mailer, db: Session, owner: Any, kind: str, id: str, scopes: Iterable[str]
) -> None:
    """Tell the owner of an account that it has a new credential, if mail can reach them.

    The mail has no text by the caller, who may have signed up with the address of somebody else.
    """
    if owner.email.endswith("@localhost"):
        return
    values = {"kind": kind, "id": id, "scopes": ", ".join(scopes)}
    mailer.send(
        db, to=owner.email, template="auth/mail/credential", values=values, owner=owner.guid
    )

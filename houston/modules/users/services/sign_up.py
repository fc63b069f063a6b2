"""New accounts: signing up, the first administrator, visitors, and example users."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError

from houston.core.db.session import Session
from houston.core.errors import Conflict, Forbidden, MethodNotAllowed
from houston.core.events import Events
from houston.core.security.passwords import Passwords
from houston.core.services import Services
from houston.core.settings import Settings
from houston.modules.users.events import UserCreated
from houston.modules.users.models import PUBLIC_EMAIL, ROLES, User, folded
from houston.modules.users.services import accounts
from houston.modules.users.services.codes import accept_invitation

INITIALIZED = exists().where(
    User.is_admin, User.is_active, User.email_folded.not_like("%@localhost")
)
"""The condition that the site has an administrator whom mail can reach."""


def sign_up(
    services: Services, db: Session, values: Mapping[str, Any], *, by_manager: bool
) -> User:
    """Create an account for the caller or, by a manager, for somebody else.

    A manager reactivates the account that had the e-mail before, if there is one.

    Raises:
        Forbidden: Signing up is closed, or by invitation.
        Conflict: The e-mail or the username is in use.
        Unprocessable: The invitation is not valid, or as for `create_user`.
    """
    account = dict(values)
    invitation = account.pop("invitation", None)
    former = accounts.find_deactivated(services[Passwords], db, account["email"])
    if by_manager:
        return accounts.create_user(services, db, former=former, **account)
    confirmed = _admit(services[Settings], db, account["email"], invitation)
    if former is not None:
        text = "The email address is already in use in an inactivated user."
        raise Conflict(text, messages={"email": [text]})
    return accounts.create_user(services, db, **account, is_email_confirmed=confirmed)


def is_initialized(db: Session) -> bool:
    """Return whether the site has an administrator whom mail can reach."""
    return bool(db.scalar(select(INITIALIZED)))


def create_first_administrator(services: Services, db: Session, email: str, password: str) -> User:
    """Create the first administrator, or make the account of this e-mail the first.

    Raises:
        MethodNotAllowed: There is an administrator.
        Unprocessable: The password violates the policy.
    """
    if is_initialized(db):
        raise MethodNotAllowed("Disabled because the initial startup admin already exists.")
    user = db.scalar(select(User).where(User.email_folded == folded(email)))
    if user is None:
        return accounts.create_user(
            services, db, email=email, password=password, roles=ROLES, is_email_confirmed=True
        )
    accounts.set_roles(user, ROLES)
    user.is_email_confirmed = True
    accounts.set_password(services, db, user, password)
    return user


def public_user(events: Events, db: Session) -> User:
    """Return the Public User, who owns the uploads of visitors; create it if need be."""
    return _find_or_create(events, db, PUBLIC_EMAIL, full_name="Public User", **accounts.MACHINE)


def submitter(events: Events, db: Session, email: str) -> User:
    """Return the account of a visitor who is not signed in and leaves this address.

    A new account is inactive, and a code is mailed to the address.

    Raises:
        Forbidden: The account is active: its user has to sign in.
    """
    user = _find_or_create(events, db, email, is_active=False)
    if user.is_active:
        raise Forbidden("Invalid submitter data")
    return user


def create_example_users(services: Services, db: Session) -> User:
    """Create the administrator `root`/`q`, the user `user`/`w`, and the owner of example clients.

    The passwords are published, and shorter than the policy allows.
    """

    def create(username: str, **values: Any) -> User:
        email = f"{username}@localhost"
        return accounts.create_user(services, db, email=email, username=username, **values)

    hashed = services[Passwords].hash
    root = create("root", roles=("is_admin", "is_user_manager"), is_email_confirmed=True)
    user = create("user", is_email_confirmed=True)
    root.password, user.password = hashed("q"), hashed("w")
    return create("documentation", **accounts.MACHINE)


def _admit(settings: Settings, db: Session, email: str, invitation: str | None) -> bool:
    """Check that signing up is allowed; whether an invitation has confirmed the e-mail."""
    allowed = settings["houston.users.sign_up"]
    if allowed == "closed":
        raise Forbidden("Signing up is closed here: ask an administrator for an account.")
    if invitation is not None:
        accept_invitation(db, invitation, email)
        return True
    if allowed == "invitation":
        raise Forbidden("Signing up is by invitation here.")
    return False


def _find_or_create(events: Events, db: Session, email: str, **values: Any) -> User:
    """The account of an address, without a password if it is new."""
    by_email = select(User).where(User.email_folded == folded(email))
    user = db.scalar(by_email)
    if user is not None:
        return user
    user = User(email=email, username=email, password="", **values)
    try:
        with db.begin_nested():
            db.add(user)
    except IntegrityError:  # a simultaneous request has created it
        return db.scalars(by_email).one()
    events.publish(db, UserCreated(user))
    return user

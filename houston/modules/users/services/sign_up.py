"""New accounts: signing up, the first administrator, visitors, and example users."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError

from houston.core.db.session import Session
from houston.core.errors import Conflict, Forbidden, MethodNotAllowed
from houston.core.events import Events
from houston.core.mail import Mailer
from houston.core.security.passwords import Passwords
from houston.core.security.secrets import digest_of, matches
from houston.core.services import Services
from houston.core.settings import Settings
from houston.modules.users.events import UserCreated
from houston.modules.users.models import PUBLIC_EMAIL, ROLES, FirstAdministrator, User
from houston.modules.users.services import accounts
from houston.modules.users.services.codes import accept_invitation
from houston.modules.users.services.names import find_by_email

INITIALIZED = exists().where(User.is_admin, User.is_active)
"""The condition that the site has an administrator."""


ALREADY_INITIALIZED = "Disabled because the initial startup admin already exists."


def sign_up(
    services: Services, db: Session, values: Mapping[str, Any], *, by_manager: bool
) -> User:
    """Create an account for the caller or, by a manager, for somebody else.

    It is the one of a visitor who has left the e-mail, if there is one. A manager also reactivates
    the account that had the e-mail before.

    Raises:
        Forbidden: Signing up is closed, or by invitation.
        Conflict: The e-mail or the username is in use.
        Unprocessable: The invitation is not valid, or as for `create_user`.
    """
    account = dict(values)
    invitation = account.pop("invitation", None)
    email = account["email"]
    confirmed = by_manager or _admit(services[Settings], db, email, invitation)
    former = accounts.find_unclaimed(db, email)
    if former is None:
        former = accounts.find_deactivated(services[Passwords], db, email)
        if former is not None and not by_manager:
            raise Conflict.about(
                "email", "The email address is already in use in an inactivated user."
            )
    confirmed = confirmed or not services[Mailer].delivers(services, db)
    return accounts.create_user(
        services, db, former=former, **account, is_email_confirmed=confirmed
    )


def is_initialized(db: Session) -> bool:
    """Return whether the site has an administrator."""
    return bool(db.scalar(select(INITIALIZED)))


def set_up_token(services: Services) -> str:
    """Return the token that the first administrator of a site in production needs.

    It is derived from the secret of the site, so that all its processes have the same one.
    """
    return services[Passwords].pseudonym("the first administrator")


def check_set_up_token(services: Services, token: str) -> None:
    """Check the token of a request.

    Raises:
        Forbidden: It is missing or wrong.
    """
    if not matches(digest_of(set_up_token(services)), token):
        raise Forbidden.about(
            "token", "Open the address that the server has printed at its start, or send its token."
        )


def create_first_administrator(
    services: Services, db: Session, email: str, password: str, token: str
) -> User:
    """Create the first administrator; of simultaneous requests, one succeeds.

    Args:
        services: The services of the application.
        db: The session.
        email: The e-mail of a new account, or of one that never had a password.
        password: Its password.
        token: The `set_up_token`, which is needed in production.

    Raises:
        MethodNotAllowed: There is an administrator.
        Forbidden: The token is missing or wrong.
        Conflict: The e-mail is in use.
        Unprocessable: The password violates the policy.
    """
    if is_initialized(db):
        raise MethodNotAllowed(ALREADY_INITIALIZED)
    if services[Settings]["houston.environment"] == "production":
        check_set_up_token(services, token)
    user = accounts.create_user(
        services,
        db,
        former=accounts.find_unclaimed(db, email),
        email=email,
        password=password,
        roles=ROLES,
        is_email_confirmed=True,
    )
    try:
        with db.begin_nested():
            db.add(FirstAdministrator(user_id=user.id))
    except IntegrityError:
        raise MethodNotAllowed(ALREADY_INITIALIZED) from None
    return user


def public_user(events: Events, db: Session) -> User:
    """Return the Public User, who owns the uploads of visitors; create it if need be."""
    return _find_or_create(events, db, PUBLIC_EMAIL, full_name="Public User", **accounts.MACHINE)


def submitter(events: Events, db: Session, email: str) -> User | None:
    """Return the account of a visitor who is not signed in and leaves this address.

    A new account is inactive, has no password, and is mailed a code. It is none where a user can
    sign in by the address: nobody else reports in their name, or learns that they have an account.
    """
    user = _find_or_create(events, db, email, is_active=False)
    return None if user.password or user.is_active or user.is_internal else user


def create_example_users(services: Services, db: Session) -> User:
    """Create the administrator `root`/`q`, the user `user`/`w`, and the owner of example clients.

    `root` has the roles of a first administrator, so that every page of the web client opens.
    The passwords are published, and shorter than the policy allows.
    """

    def create(username: str, **values: Any) -> User:
        email = f"{username}@localhost"
        return accounts.create_user(services, db, email=email, username=username, **values)

    hashed = services[Passwords].hash
    root = create("root", roles=ROLES, is_email_confirmed=True)
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
    user = find_by_email(db, email)
    if user is not None:
        return user
    user = User(email=email, username=email, password="", **values)
    try:
        with db.begin_nested():
            db.add(user)
    except IntegrityError:  # a simultaneous request has created it
        return db.scalars(select(User).where(User.email_folded == user.email_folded)).one()
    events.publish(db, UserCreated(user))
    return user

"""How somebody comes to an account: by himself, by invitation, by a manager, or as the first."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import exists, select

from houston.core.db.session import Session
from houston.core.errors import Conflict, Forbidden, MethodNotAllowed
from houston.core.security.identity import Identity
from houston.core.security.passwords import Passwords
from houston.core.services import Services
from houston.modules.users.models import ROLES, User, folded
from houston.modules.users.services.accounts import (
    create_user,
    deactivated_user,
    reactivate_user,
    set_password,
    set_roles,
)
from houston.modules.users.services.codes import accept_invitation

INITIALIZED = exists().where(
    User.is_admin, User.is_active, User.email_folded.not_like("%@localhost")
)
"""That the site has an administrator whom mail can reach."""


def sign_up(
    services: Services,
    db: Session,
    values: Mapping[str, Any],
    *,
    manager: Identity | None,
    openness: str,
) -> User:
    """Make an account, for oneself or, as its `manager`, for somebody else.

    `openness` is the setting: open, closed or invitation. Raises Forbidden for roles that the
    caller may not give and where signing up is not open; Conflict for names in use.
    """
    account = dict(values)
    invitation = account.pop("invitation", None)
    _check_roles(account["roles"], manager)
    former = deactivated_user(services[Passwords], db, account["email"])
    if manager is not None:
        if former is not None:
            return reactivate_user(services, db, former, **account)
        return create_user(services, db, **account)
    confirmed = _admit(db, account["email"], invitation, openness)
    if former is not None:
        text = "The email address is already in use in an inactivated user."
        raise Conflict(text, messages={"email": [text]})
    return create_user(services, db, **account, is_email_confirmed=confirmed)


def is_initialized(db: Session) -> bool:
    """Whether the site has an administrator whom mail can reach."""
    return bool(db.scalar(select(INITIALIZED)))


def create_first_administrator(services: Services, db: Session, email: str, password: str) -> User:
    """Make the first administrator; raises MethodNotAllowed when there is one."""
    if is_initialized(db):
        raise MethodNotAllowed("Disabled because the initial startup admin already exists.")
    user = db.scalar(select(User).where(User.email_folded == folded(email)))
    if user is None:
        return create_user(
            services, db, email=email, password=password, roles=ROLES, is_email_confirmed=True
        )
    set_roles(user, ROLES)
    user.is_email_confirmed = True
    set_password(services, db, user, password)
    return user


def _check_roles(roles: Any, manager: Identity | None) -> None:
    if not roles:
        return
    if manager is None:
        raise Forbidden(
            "You must be an admin, user manager or privileged to set roles for a new user"
        )
    if "is_admin" in roles and not manager.account.is_admin:
        raise Forbidden("Only administrators make administrators.")


def _admit(db: Session, email: str, invitation: str | None, openness: str) -> bool:
    """Whether the e-mail is confirmed already, as it is by an invitation sent to it."""
    if openness == "closed":
        raise Forbidden("Signing up is closed here: ask an administrator for an account.")
    if invitation is not None:
        accept_invitation(db, invitation, email)
        return True
    if openness == "invitation":
        raise Forbidden("Signing up is by invitation here.")
    return False

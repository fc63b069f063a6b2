"""The accounts of people who have none: the Public User, and those who left an address."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from houston.core.db.session import Session
from houston.core.errors import Forbidden
from houston.core.events import Events
from houston.modules.users.events import UserCreated
from houston.modules.users.models import PUBLIC_EMAIL, User, folded


def public_user(events: Events, db: Session) -> User:
    """The Public User, who owns what anonymous people report; made when first asked for."""
    return _found_or_made(
        events,
        db,
        PUBLIC_EMAIL,
        full_name="Public User",
        is_internal=True,
        is_regular_user=False,
        is_email_confirmed=True,
    )


def submitter(events: Events, db: Session, email: str) -> User:
    """The account of somebody who is not signed in and leaves this address.

    A new one is inactive, and the address is mailed a code. Raises Forbidden for the address of an
    active account: its owner could have signed in.
    """
    user = _found_or_made(events, db, email, is_active=False)
    if user.is_active:
        raise Forbidden("Invalid submitter data")
    return user


def _found_or_made(events: Events, db: Session, email: str, **values: Any) -> User:
    """The account of this address; of two that make it at once, one does. It has no password."""
    found = select(User).where(User.email_folded == folded(email))
    user = db.scalar(found)
    if user is not None:
        return user
    user = User(email=email, username=email, password="", **values)
    try:
        with db.begin_nested():
            db.add(user)
    except IntegrityError:
        return db.scalars(found).one()
    events.publish(db, UserCreated(user))
    return user

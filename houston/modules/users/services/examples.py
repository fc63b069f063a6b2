"""The accounts that a newcomer signs in with."""

from typing import Any

from sqlalchemy.orm import Session

from houston.core.security.passwords import Passwords
from houston.modules.users.models import User


def create_example_users(db: Session) -> User:
    """Make the administrator `root`/`q`, the user `user`/`w`, and the owner of example clients.

    Their passwords are shorter than the policy allows, for they are published anyway.
    """
    _create(db, "root", "q", is_admin=True, is_user_manager=True)
    _create(db, "user", "w")
    return _create(db, "documentation", "", is_regular_user=False, is_internal=True)


def _create(db: Session, username: str, password: str, **flags: Any) -> User:
    passwords: Passwords = db.info["passwords"]
    user = User(
        username=username,
        email=f"{username}@localhost",
        password=passwords.hash(password) if password else "",
        is_email_confirmed=True,
        **flags,
    )
    db.add(user)
    db.flush()
    return user

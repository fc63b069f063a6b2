"""The accounts that a newcomer signs in with."""

from typing import Any

from sqlalchemy.orm import Session

from houston.core.security.passwords import Passwords
from houston.modules.users.models import User
from houston.modules.users.services.accounts import create_machine_account


def create_example_users(db: Session) -> User:
    """Make the administrator `root`/`q`, the user `user`/`w`, and the owner of example clients.

    Their passwords are shorter than the policy allows, for they are published anyway.
    """
    _create(db, "root", "q", is_admin=True, is_user_manager=True)
    _create(db, "user", "w")
    return create_machine_account(db, "documentation@localhost", "documentation")


def _create(db: Session, username: str, password: str, **flags: Any) -> None:
    passwords: Passwords = db.info["passwords"]
    user = User(
        username=username,
        email=f"{username}@localhost",
        password=passwords.hash(password),
        is_email_confirmed=True,
        **flags,
    )
    db.add(user)
    db.flush()

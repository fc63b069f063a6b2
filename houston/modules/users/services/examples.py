"""The accounts that a newcomer signs in with."""

from typing import Any

from houston.core.db.session import Session
from houston.core.security.passwords import Passwords
from houston.core.services import Services
from houston.modules.users.models import User
from houston.modules.users.services.accounts import create_machine_account


def create_example_users(services: Services, db: Session) -> User:
    """Make the administrator `root`/`q`, the user `user`/`w`, and the owner of example clients.

    Their passwords are shorter than the policy allows, for they are published anyway.
    """
    passwords = services[Passwords]
    _create(passwords, db, "root", "q", is_admin=True, is_user_manager=True)
    _create(passwords, db, "user", "w")
    return create_machine_account(services, db, "documentation@localhost", "documentation")


def _create(passwords: Passwords, db: Session, username: str, password: str, **flags: Any) -> None:
    user = User(
        username=username,
        email=f"{username}@localhost",
        password=passwords.hash(password),
        is_email_confirmed=True,
        **flags,
    )
    db.add(user)
    db.flush()

"""Recognising people by their passwords.

An unknown name and a wrong password take the same time and read the same. Failures are counted by
account and by address, and whoever has too many waits.
"""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from houston.core.errors import Forbidden
from houston.core.security.identity import Identity
from houston.core.security.passwords import Passwords
from houston.core.security.rate_limits import RateLimit
from houston.core.security.secrets import digest_of
from houston.modules.users.models import User, folded


def authenticate(db: Session, name: str, password: str, *, address: str) -> User | None:
    """The user of this e-mail or username and password, active or not; None for anybody else.

    Raises TooManyRequests after too many failures for the name or from the address.
    """
    name = folded(name)
    throttle: RateLimit = db.info["sign_in_throttle"]
    keys = (f"name:{digest_of(name)}", f"address:{address}")
    for key in keys:
        throttle.check(key)
    user = db.scalar(
        select(User).where(or_(User.username_folded == name, User.email_folded == name))
    )
    passwords: Passwords = db.info["passwords"]
    if not passwords.verify(user.password if user else None, password) or user is None:
        for key in keys:
            throttle.hit(key)
        return None
    throttle.clear(keys[0])
    if passwords.is_outdated(user.password):
        user.password = passwords.hash(password)
    return user


def check_password(db: Session, caller: Identity, password: str) -> None:
    """Raise Forbidden unless `password` is the caller's; counted as sign-ins are."""
    key = f"name:{digest_of(folded(caller.account.username))}"
    throttle: RateLimit = db.info["sign_in_throttle"]
    throttle.check(key)
    passwords: Passwords = db.info["passwords"]
    stored = db.scalar(select(User.password).where(User.id == caller.account.id))
    if not passwords.verify(stored, password):
        throttle.hit(key)
        raise Forbidden("Wrong password", messages={"current_password": ["Wrong password"]})

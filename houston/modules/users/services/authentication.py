"""Recognising people by their passwords.

An unknown name and a wrong password take the same time and read the same. Failures are counted by
account and by address, and whoever has too many waits.
"""

from sqlalchemy import or_, select

from houston.core.db.session import Session
from houston.core.errors import Forbidden
from houston.core.security.identity import Identity
from houston.core.security.passwords import Passwords
from houston.core.security.rate_limits import RateLimits
from houston.core.security.secrets import digest_of
from houston.core.services import Services
from houston.modules.users.models import User, folded


def authenticate(
    services: Services, db: Session, name: str, password: str, *, address: str
) -> User | None:
    """The user of this e-mail or username and password, active or not; None for anybody else.

    Raises TooManyRequests after too many failures for the name or from the address.
    """
    name = folded(name)
    limit = services[RateLimits].sign_in
    keys = (f"name:{digest_of(name)}", f"address:{address}")
    for key in keys:
        limit.check(key)
    user = db.scalar(
        select(User).where(or_(User.username_folded == name, User.email_folded == name))
    )
    passwords = services[Passwords]
    if not passwords.verify(user.password if user else None, password) or user is None:
        for key in keys:
            limit.hit(key)
        return None
    limit.clear(keys[0])
    if passwords.is_outdated(user.password):
        user.password = passwords.hash(password)
    return user


def check_password(services: Services, db: Session, caller: Identity, password: str) -> None:
    """Raise Forbidden unless `password` is the caller's; counted as sign-ins are."""
    key = f"name:{digest_of(folded(caller.account.username))}"
    limit = services[RateLimits].sign_in
    limit.check(key)
    stored = db.scalar(select(User.password).where(User.id == caller.account.id))
    if not services[Passwords].verify(stored, password):
        limit.hit(key)
        raise Forbidden("Wrong password", messages={"current_password": ["Wrong password"]})

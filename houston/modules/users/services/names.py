"""Names: the e-mail and the username by which an account is found."""

from sqlalchemy import select

from houston.core.addresses import normalized
from houston.core.db.session import Session
from houston.core.errors import Conflict, Unprocessable
from houston.core.values import can_be_stored
from houston.modules.users.models import MAX_FOLDED, PUBLIC_EMAIL, SignInName, User, folded


def find_by_name(db: Session, name: str) -> User | None:
    """Return the account to which a caller signs in by this e-mail or username."""
    if not can_be_stored(name):
        return None
    own = SignInName.name == key_of(name)
    return db.scalar(select(User).join(SignInName, SignInName.user_id == User.id).where(own))


def find_by_email(db: Session, email: str) -> User | None:
    """Return the account with this e-mail."""
    return db.scalar(select(User).where(User.email_folded == key_of(email)))


def key_of(name: str) -> str:
    """The form in which a typed name is looked up: without surrounding blanks, folded.

    It is empty, so that it finds nothing, where the text is longer than a name.
    """
    return "" if len(name) > MAX_FOLDED else folded(normalized(name.strip()))


def set_names(db: Session, user: User, email: str, username: str | None = None) -> None:
    """Set e-mail and username; the username is the e-mail by default.

    The constraints of the tables decide between two simultaneous requests.

    Raises:
        Conflict, Unprocessable: As of `check_names`.
    """
    check_names(db, user, email, username)
    user.email, user.username = email, username or email


def check_names(db: Session, user: User, email: str, username: str | None = None) -> None:
    """Check that an account may have an e-mail and a username, and say which is in use.

    The e-mail of the Public User is in use before the account exists: an account with it would own
    the objects of that user.

    Raises:
        Conflict: A name is in use.
        Unprocessable: The username looks like another e-mail.
    """
    names = {"email": folded(email), "username": folded(username or email)}
    if "@" in names["username"] and names["username"] != names["email"]:
        raise Unprocessable.about("username", "Must be the e-mail of the account if it has an @.")
    others = SignInName.name.in_(names.values()), SignInName.user_id != (user.id or 0)
    with db.no_autoflush:
        taken = {PUBLIC_EMAIL, *db.scalars(select(SignInName.name).where(*others))}
    for field, noun in (("email", "email address"), ("username", "username")):
        if names[field] in taken:
            raise Conflict.about(field, f"The {noun} is already in use.")

"""Factories of rows, a file per module; the rows live in the test's transaction."""

from factory.alchemy import SQLAlchemyModelFactory

from houston.core.db.session import Session
from houston.core.security.passwords import Passwords

_session: list[Session] = []


def bind_factories(session: Session) -> None:
    """Make rows in `session` from now on."""
    _session[:] = [session]


def password_hash(password: str) -> str:
    """The hash of a password as the application would store it."""
    passwords: Passwords = _session[0].info["passwords"]
    return passwords.hash(password)


class RowFactory(SQLAlchemyModelFactory):  # type: ignore[misc]
    """Make committed rows, so that a request which rolls back does not take them along."""

    class Meta:
        abstract = True
        sqlalchemy_session_factory = lambda: _session[0]  # noqa: E731
        sqlalchemy_session_persistence = "commit"

"""Factories of rows, a file per module; the rows live in the test's transaction."""

from factory.alchemy import SQLAlchemyModelFactory

from houston.core.db.session import Session
from houston.core.security.passwords import Passwords
from houston.core.services import Services

_bound: list[tuple[Services, Session]] = []


def bind_factories(services: Services, session: Session) -> None:
    """Make rows of this application, in `session`, from now on."""
    _bound[:] = [(services, session)]


def services() -> Services:
    """The parts of the application whose rows are made."""
    return _bound[0][0]


def password_hash(password: str) -> str:
    """The hash of a password as the application would store it."""
    return services()[Passwords].hash(password)


class RowFactory(SQLAlchemyModelFactory):  # type: ignore[misc]
    """Make committed rows, so that a request which rolls back does not take them along."""

    class Meta:
        abstract = True
        sqlalchemy_session_factory = lambda: _bound[0][1]  # noqa: E731
        sqlalchemy_session_persistence = "commit"

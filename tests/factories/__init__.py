"""Factories of rows, a file per module; the rows belong to the transaction of the test."""

from typing import Any

from factory.alchemy import SQLAlchemyModelFactory
from sqlalchemy import inspect

from houston.core.db.session import Session
from houston.core.security.passwords import Passwords
from houston.core.services import Services

_bound: list[tuple[Services, Session]] = []


def bind_factories(services: Services, session: Session) -> None:
    """Create the rows of factories in `session` and for this application."""
    _bound[:] = [(services, session)]


def services() -> Services:
    """Return the services of the application whose rows are created."""
    return _bound[0][0]


def password_hash(password: str) -> str:
    """Return the hash of a password, as the application stores it."""
    return services()[Passwords].hash(password)


class RowFactory(SQLAlchemyModelFactory):  # type: ignore[misc]
    """A factory of committed rows, which survive the rollback of a request."""

    class Meta:
        abstract = True
        sqlalchemy_session_factory = lambda: _bound[0][1]  # noqa: E731
        sqlalchemy_session_persistence = "commit"

    @classmethod
    def _create(cls, model_class: type[Any], *args: Any, **values: Any) -> Any:
        """Create a row; the keys of relations that are only read are set by their columns."""
        for relation in inspect(model_class).relationships:
            if relation.viewonly and values.get(relation.key) is not None:
                related = values.pop(relation.key)
                for own, other in relation.local_remote_pairs:
                    values[own.key] = getattr(related, other.key)
        return super()._create(model_class, *args, **values)

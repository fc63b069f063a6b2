"""The session of a request, which lives and dies with the request's transaction.

zope.sqlalchemy joins a session to the transaction manager. Its `register` adds seven listeners to
every session; here one stands on the class and asks the session for the manager that it belongs to.
A session without a manager (a job, a script) is committed by its owner.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session as BaseSession
from sqlalchemy.orm import SessionTransaction, sessionmaker

from houston.core.actors import Actor
from houston.core.db.engine import writing
from houston.core.imports import hidden

if TYPE_CHECKING:
    from zope.sqlalchemy import ZopeTransactionEvents

Effect = Callable[[], None]


class Session(BaseSession):
    """A session that knows who acts through it and what waits for its commit.

    Attributes:
        actor: Who the audit log names for the changes.
        joining: How the session joins a transaction manager, if it does.
        effects: What runs after the commit, each with the innermost transaction that it is of.
        released: The effects of a transaction that has committed and is about to end.
        audit_notes: What the audit log is told at the commit, kept by `houston.core.audit`.
    """

    def __init__(
        self,
        *arguments: Any,
        actor: Actor | None = None,
        joining: "ZopeTransactionEvents | None" = None,
        **options: Any,
    ) -> None:
        super().__init__(*arguments, **options)
        self.actor = actor or Actor()
        self.joining = joining
        self.effects: list[tuple[SessionTransaction | None, Effect]] = []
        self.released: list[tuple[SessionTransaction | None, Effect]] = []
        self.audit_notes: list[Any] = []


@event.listens_for(Session, "after_begin")
@event.listens_for(Session, "after_attach")
def _join_transaction(session: Session, *_: Any) -> None:
    """Join at the first statement, and at the first object, which is not yet a statement."""
    if session.joining is not None:
        session.joining.join_transaction(session)


class Database:
    """The engine of an application, and the factories of its sessions.

    Attributes:
        reading: Makes sessions that are never committed.
        writing: Makes all other sessions.
    """

    def __init__(self, engine: Engine, **options: Any) -> None:
        self.engine = engine
        self._joining = _import_zope_sqlalchemy()
        self.reading: sessionmaker[Session] = sessionmaker(engine, class_=Session, **options)
        self.writing: sessionmaker[Session] = sessionmaker(
            writing(engine), class_=Session, **options
        )

    @contextmanager
    def transaction(self, actor: Actor | None = None) -> Iterator[Session]:
        """A session that is committed at the end, or rolled back by an exception."""
        with self.writing(actor=actor) as session, session.begin():
            yield session

    def request_session(self, manager: Any, actor: Actor) -> Session:
        """A session of the transaction of a request, which it joins at its first statement.

        It counts as changed from the start, so that a statement which the unit of work does not see
        is committed too.
        """
        return self.writing(actor=actor, joining=self._joining("changed", manager))


def _import_zope_sqlalchemy() -> "type[ZopeTransactionEvents]":
    """Import zope.sqlalchemy, once the engine has imported the driver that it uses.

    It imports every driver that is installed, to know the errors of each; psycopg takes eight
    megabytes, which a site on SQLite does without.
    """
    with hidden("psycopg"):
        from zope.sqlalchemy import ZopeTransactionEvents
    return ZopeTransactionEvents  # type: ignore[no-any-return]  # it publishes no types

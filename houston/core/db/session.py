"""Sessions, and their part in the transactions of requests.

zope.sqlalchemy joins a session to a transaction manager. Its `register` adds seven listeners to
each session; here one listener of the class asks the session for its manager. A session without a
manager (of a job or a script) is committed by its owner.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session as BaseSession
from sqlalchemy.orm import SessionTransaction, sessionmaker

from houston.core.actors import Actor
from houston.core.db.engine import begin, writing
from houston.core.imports import hidden

if TYPE_CHECKING:
    from zope.sqlalchemy import ZopeTransactionEvents

Effect = Callable[[], None]


class Session(BaseSession):
    """A session with its actor, and with the effects and notes of its transaction.

    Attributes:
        actor: The actor of the changes in the audit log.
        joining: Joins the session to a transaction manager, if it has one.
        effects: The functions that run after the commit, each with its innermost transaction.
        released: The effects of a transaction that has committed and is about to end.
        audit_notes: The notes of `houston.core.audit`, which are written at the commit.
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
def _begin(session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    # If the lock is not free in time, the end of the transaction gives the connection back.
    _join_transaction(session)
    begin(connection)


@event.listens_for(Session, "after_attach")
def _join_transaction(session: Session, *_: Any) -> None:
    """Join at the first statement or the first added object, whichever comes first."""
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


def insert_into(db: Session, table: Any) -> Any:
    """An INSERT into a table, in the dialect of the database, with `ON CONFLICT`.

    Only the dialect in use is imported: that of PostgreSQL takes two megabytes.
    """
    if db.get_bind().dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table)
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(table)


def _import_zope_sqlalchemy() -> "type[ZopeTransactionEvents]":
    """Import zope.sqlalchemy, once the engine has imported the driver that it uses.

    It imports all drivers that are installed, for their errors; psycopg takes eight megabytes,
    which a site on SQLite does not need.
    """
    with hidden("psycopg"):
        from zope.sqlalchemy import ZopeTransactionEvents
    return ZopeTransactionEvents  # type: ignore[no-any-return]  # it publishes no types

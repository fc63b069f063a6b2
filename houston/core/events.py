"""What happens inside a transaction, and what waits until it has committed.

A service publishes what it did as a frozen dataclass. Handlers hear of it in the same transaction:
what they write is committed or lost together with the cause, and a handler that raises vetoes it.
Whatever cannot be rolled back (a mail, a file, a message to another process) is an effect, which
runs once the database has said yes, and never otherwise.
"""

import logging
from collections.abc import Callable
from typing import Any, TypeVar

from pyramid.config import Configurator
from pyramid.registry import Registry
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy.orm import Session as BaseSession
from sqlalchemy.orm import SessionTransaction

from houston.core.db.session import Session

logger = logging.getLogger(__name__)

Effect = Callable[[], None]
EventType = TypeVar("EventType")
Handler = Callable[[BaseSession, EventType], None]

WAITING = "houston.effects.waiting"
COMMITTED = "houston.effects.committed"


class Events:
    """The handlers of one application, in the order of their registration."""

    def __init__(self) -> None:
        self._handlers: list[tuple[type, Handler[Any]]] = []

    def add_handler(self, event_class: type[EventType], handler: Handler[EventType]) -> None:
        """Call `handler(db, event)` for every event of this class or of one derived from it."""
        self._handlers.append((event_class, handler))

    def publish(self, db: BaseSession, event: object) -> None:
        """Tell all handlers of `event`; the first that raises ends it."""
        for event_class, handler in self._handlers:
            if isinstance(event, event_class):
                handler(db, event)


def publish(db: BaseSession, event: object) -> None:
    """Tell the application's handlers what has happened, within this very transaction.

    A handler may veto by raising: the exception reaches the caller, who lets the transaction fail.
    """
    events: Events = db.info["events"]
    events.publish(db, event)


def after_commit(db: BaseSession, effect: Effect) -> None:
    """Run `effect` when the transaction has really committed; forget it when it rolls back.

    An effect that was registered within a savepoint shares the savepoint's fate. The session's
    own transaction is over when effects run, so an effect opens a session of its own. One that
    raises is logged: what is committed cannot be answered with an error.
    """
    # A transaction manager joins when the database transaction begins; one that never began
    # would never commit either.
    db.connection()
    transaction = db.get_nested_transaction() or db.get_transaction()
    db.info.setdefault(WAITING, []).append((transaction, effect))


def install(session_class: type[BaseSession]) -> None:
    """Make the sessions of this class run effects; doing it twice is doing it once."""
    if sqlalchemy_event.contains(session_class, "after_commit", _release):
        return
    sqlalchemy_event.listen(session_class, "after_commit", _release)
    sqlalchemy_event.listen(session_class, "after_soft_rollback", _forget)
    sqlalchemy_event.listen(session_class, "after_transaction_end", _run)


def session_info(registry: Registry) -> dict[str, Any]:
    """What every session of the application carries in its `info`."""
    info: dict[str, Any] = registry.setdefault("houston.db.session_info", {})
    return info


def _release(session: BaseSession) -> None:
    # SQLAlchemy tells of savepoints, too, while they are still the innermost transaction.
    if session.get_nested_transaction() is None and WAITING in session.info:
        session.info[COMMITTED] = session.info.pop(WAITING)


def _forget(session: BaseSession, rolled_back: SessionTransaction) -> None:
    if WAITING in session.info:
        session.info[WAITING] = [
            (transaction, effect)
            for transaction, effect in session.info[WAITING]
            if not is_within(transaction, rolled_back)
        ]


def is_within(transaction: SessionTransaction | None, outer: SessionTransaction) -> bool:
    """Whether it is that transaction, or a savepoint in it."""
    while transaction is not None and transaction is not outer:
        transaction = transaction.parent
    return transaction is outer


def _run(session: BaseSession, transaction: SessionTransaction) -> None:
    if transaction.parent is not None:
        return
    session.info.pop(WAITING, None)
    for _, effect in session.info.pop(COMMITTED, ()):
        try:
            effect()
        except Exception:
            logger.exception("an effect after commit failed")


def _add_event_handler(
    config: Configurator,
    event_class: type[EventType] | str,
    handler: Handler[EventType] | str,
) -> None:
    """`config.add_event_handler(EventClass, handler)`: hear of events within their transaction."""
    events: Events = config.registry["houston.events"]
    resolved_class, resolved_handler = (
        config.maybe_dotted(event_class),
        config.maybe_dotted(handler),
    )
    config.action(None, events.add_handler, args=(resolved_class, resolved_handler))


def includeme(config: Configurator) -> None:
    """Give the application its handlers and its sessions their effects."""
    install(Session)
    registry = config.registry
    registry["houston.events"] = session_info(registry)["events"] = Events()
    for factory in ("houston.db.session_factory", "houston.db.read_session_factory"):
        registry[factory].configure(info=session_info(registry))
    config.add_directive("add_event_handler", _add_event_handler)

"""Events within a transaction, and effects after its commit.

A service publishes an event as a frozen dataclass. Subscribers are called in the same transaction:
their changes are committed or rolled back together with the cause, and a subscriber that raises
prevents the commit. What cannot be rolled back (a mail, a file, a message to another process) is an
effect, which runs only after the commit.
"""

import logging
from collections.abc import Callable
from typing import Any

from pyramid.config import Configurator
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy.orm import SessionTransaction

from houston.core.db.session import Effect, Session
from houston.core.services import Services, services_of

logger = logging.getLogger(__name__)

Subscriber = Callable[[Services, Session, Any], None]


class Events:
    """The subscribers of one application, in the order of their registration."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._subscribers: list[tuple[type, Subscriber]] = []

    def subscribe(self, event_class: type, subscriber: Subscriber) -> None:
        """Call `subscriber(services, db, event)` for every event of this class or a subclass."""
        self._subscribers.append((event_class, subscriber))

    def publish(self, db: Session, event: object) -> None:
        """Call all subscribers of `event`, within this transaction; one may raise to prevent it."""
        for event_class, subscriber in self._subscribers:
            if isinstance(event, event_class):
                subscriber(self._services, db, event)


def after_commit(db: Session, effect: Effect) -> None:
    """Run `effect` when the transaction has committed; drop it when it is rolled back.

    An effect that was registered within a savepoint is dropped with it. The transaction of the
    session has ended when effects run, so an effect opens a session of its own. Its exceptions are
    logged: after the commit, an error would not be true.
    """
    # The session joins a transaction manager when its transaction begins; without one there would
    # be no commit.
    db.connection()
    db.effects.append((db.get_nested_transaction() or db.get_transaction(), effect))


def is_within(transaction: SessionTransaction | None, outer: SessionTransaction) -> bool:
    """Return whether it is that transaction, or a savepoint in it."""
    while transaction is not None and transaction is not outer:
        transaction = transaction.parent
    return transaction is outer


@sqlalchemy_event.listens_for(Session, "after_soft_rollback")
def _drop(session: Session, rolled_back: SessionTransaction) -> None:
    session.effects = [each for each in session.effects if not is_within(each[0], rolled_back)]


@sqlalchemy_event.listens_for(Session, "after_commit")
def _release(session: Session) -> None:
    # The event is sent for savepoints, too, while they are still the innermost transaction.
    if session.get_nested_transaction() is None:
        session.released, session.effects = session.effects, []


@sqlalchemy_event.listens_for(Session, "after_transaction_end")
def _run(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is not None:
        return
    session.effects = []
    effects, session.released = session.released, []
    for _, effect in effects:
        try:
            effect()
        except Exception:
            logger.exception("an effect after commit failed")


def _add_subscriber(config: Configurator, event_class: Any, subscriber: Any) -> None:
    """`config.add_event_subscriber(EventClass, function)`: call it within the transaction."""
    events = services_of(config)[Events]
    resolved = config.maybe_dotted(event_class), config.maybe_dotted(subscriber)
    config.action(None, events.subscribe, args=resolved)


def includeme(config: Configurator) -> None:
    """Give the application its events."""
    services = services_of(config)
    services.add(Events(services))
    config.add_directive("add_event_subscriber", _add_subscriber)

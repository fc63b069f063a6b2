"""Subscribers run in the transaction; effects run after its commit."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import pytest
import transaction
from pyramid.config import Configurator
from sqlalchemy import Engine, text

from houston.core.actors import Actor
from houston.core.db.session import Database, Session
from houston.core.events import Events, after_commit
from houston.core.services import Services, services_of

MakeApplication = Callable[..., Configurator]


@dataclass(frozen=True)
class Happened:
    what: str


@dataclass(frozen=True)
class HappenedTwice(Happened):
    times: int = 2


@pytest.fixture
def db(make_application: MakeApplication) -> Iterator[Session]:
    """Return a session of an application without subscribers."""
    config = make_application("houston.core.events")
    with services_of(config)[Database].writing() as session:
        yield session


def test_effect_waits_for_commit(db: Session) -> None:
    done: list[str] = []
    after_commit(db, lambda: done.append("first"))
    after_commit(db, lambda: done.append("second"))
    assert done == []
    db.commit()
    assert done == ["first", "second"]


def test_effect_runs_once(db: Session) -> None:
    done: list[str] = []
    after_commit(db, lambda: done.append("once"))
    db.commit()
    db.execute(text("SELECT 1"))
    db.commit()
    assert done == ["once"]


def test_effect_is_dropped_on_rollback(db: Session) -> None:
    done: list[str] = []
    after_commit(db, lambda: done.append("lost"))
    db.rollback()
    db.execute(text("SELECT 1"))
    db.commit()
    assert done == []


def test_effect_is_dropped_when_the_session_is_closed(db: Session) -> None:
    done: list[str] = []
    after_commit(db, lambda: done.append("lost"))
    db.close()
    db.execute(text("SELECT 1"))
    db.commit()
    assert done == []


def test_effect_is_dropped_with_its_savepoint(db: Session) -> None:
    done: list[str] = []
    after_commit(db, lambda: done.append("outside"))
    with db.begin_nested():
        after_commit(db, lambda: done.append("kept"))
    outer = db.begin_nested()
    with db.begin_nested():
        after_commit(db, lambda: done.append("lost with the outer savepoint"))
    outer.rollback()
    after_commit(db, lambda: done.append("after"))
    assert done == []
    db.commit()
    assert done == ["outside", "kept", "after"]


def test_effect_reads_committed_data(db: Session, engine: Engine) -> None:
    observed: list[int] = []
    db.execute(text("CREATE TABLE effect (n INTEGER)"))
    db.execute(text("INSERT INTO effect VALUES (7)"))

    def look() -> None:
        with engine.connect() as connection:
            observed.append(connection.scalar(text("SELECT n FROM effect")))

    after_commit(db, look)
    db.commit()
    db.execute(text("DROP TABLE effect"))
    db.commit()
    assert observed == [7]


def test_effect_may_use_the_session_again(db: Session) -> None:
    done: list[str] = []

    def again() -> None:
        after_commit(db, lambda: done.append("second"))
        db.commit()
        done.append("first")

    after_commit(db, again)
    db.commit()
    assert done == ["second", "first"]


def test_failing_effect_is_logged_and_the_others_run(
    db: Session, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[str] = []
    after_commit(db, lambda: [][0])
    after_commit(db, lambda: done.append("next"))
    with caplog.at_level(logging.ERROR):
        db.commit()
    assert done == ["next"]
    assert "an effect after commit failed" in caplog.text
    assert "IndexError" in caplog.text


def test_effect_follows_the_transaction_manager(make_application: MakeApplication) -> None:
    config = make_application("houston.core.events")
    manager = transaction.TransactionManager(explicit=True)
    done: list[str] = []
    for end in ("abort", "commit"):
        manager.begin()
        db = services_of(config)[Database].request_session(manager, Actor())
        after_commit(db, partial(done.append, end))
        getattr(manager, end)()
    assert done == ["commit"]


def test_subscribers_receive_events_of_their_class_in_order(
    make_application: MakeApplication,
) -> None:
    config = make_application("houston.core.events")
    received: list[tuple[str, object]] = []
    config.add_event_subscriber(
        Happened, lambda services, db, event: received.append(("general", event))
    )
    config.add_event_subscriber(
        HappenedTwice, lambda services, db, event: received.append(("special", event))
    )
    config.commit()
    with services_of(config)[Database].writing() as session:
        services_of(config)[Events].publish(session, Happened("a"))
        services_of(config)[Events].publish(session, HappenedTwice("b"))
    assert received == [
        ("general", Happened("a")),
        ("general", HappenedTwice("b")),
        ("special", HappenedTwice("b")),
    ]


def test_subscriber_writes_in_the_same_transaction(make_application: MakeApplication) -> None:
    config = make_application("houston.core.events")
    sessions: list[Session] = []
    config.add_event_subscriber(Happened, lambda services, db, event: sessions.append(db))
    config.commit()
    with services_of(config)[Database].reading() as session:
        services_of(config)[Events].publish(session, Happened("a"))
    assert sessions == [session]


def test_subscriber_vetoes_by_raising(make_application: MakeApplication) -> None:
    config = make_application("houston.core.events")
    received: list[Happened] = []

    def veto(_services: Services, _db: Session, event: Happened) -> None:
        raise PermissionError(event.what)

    config.add_event_subscriber(Happened, veto)
    config.add_event_subscriber(Happened, lambda services, db, event: received.append(event))
    config.commit()
    with services_of(config)[Database].writing() as session, pytest.raises(PermissionError):
        services_of(config)[Events].publish(session, Happened("a"))
    assert received == []


def test_applications_do_not_share_subscribers(make_application: MakeApplication) -> None:
    first, second = make_application("houston.core.events"), make_application("houston.core.events")
    received: list[Happened] = []
    first.add_event_subscriber(Happened, lambda services, db, event: received.append(event))
    first.commit()
    with services_of(second)[Database].writing() as session:
        services_of(second)[Events].publish(session, Happened("a"))
    assert received == []

"""A periodic job is made once for each slot of time, and never beside itself."""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from threading import Barrier, Thread

import pytest
from pyramid.registry import Registry
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from houston.core.db.session import Database
from houston.core.db.types import utc_now
from houston.core.jobs import Job, Jobs, JobState
from houston.core.jobs.runner import run_due, sweep
from houston.core.jobs.schedule import KEPT, make_periodic
from houston.core.services import services_of
from tests.unit.core.jobs.support import Deaf, MakeApplication, Note, change

NOON = datetime(2026, 6, 1, 12, tzinfo=timezone.utc)


@pytest.fixture
def registry(make_application: MakeApplication, note: Note) -> Registry:
    """An application with a job for each five minutes, and one for when it is asked for."""
    config = make_application("houston.core.events", "houston.core.jobs")
    config.add_job("note.often", note, every=300)
    config.add_job("note", note)
    config.commit()
    services_of(config)[Jobs].doorbell = Deaf()
    return config.registry


@pytest.fixture
def db(registry: Registry) -> Iterator[Session]:
    with services_of(registry)[Database].writing() as session:
        yield session


def rows(db: Session) -> list[Job]:
    return list(db.scalars(select(Job).order_by(Job.created)))


def finish(db: Session, state: JobState = JobState.DONE) -> None:
    for row in rows(db):
        change(db, row.guid, state=state)


def test_sweep_makes_it_and_a_worker_calls_it_without_arguments(
    db: Session, registry: Registry, note: Note
) -> None:
    assert sweep(registry) == 1
    assert run_due(registry) == 1
    assert note.calls == [{}]
    assert [(row.name, row.state) for row in rows(db)] == [("note.often", JobState.DONE)]


def test_one_row_for_each_slot(db: Session) -> None:
    for seconds in (0, 1, 299, 300, 599):
        make_periodic(db, NOON + timedelta(seconds=seconds))
        finish(db)
    assert len(rows(db)) == 2


@pytest.mark.parametrize("state", [JobState.PENDING, JobState.RUNNING])
def test_none_is_made_beside_one_that_is_not_over(db: Session, state: JobState) -> None:
    make_periodic(db, NOON)
    finish(db, state)
    make_periodic(db, NOON + timedelta(hours=1))
    assert len(rows(db)) == 1
    finish(db, JobState.FAILED)
    make_periodic(db, NOON + timedelta(hours=1))
    assert len(rows(db)) == 2


def test_processes_that_look_at_once_make_one(
    engine: Engine, db: Session, registry: Registry
) -> None:
    together = Barrier(4)

    def look() -> None:
        together.wait()
        for hour in range(5):
            with services_of(registry)[Database].writing.begin() as session:
                make_periodic(session, NOON + timedelta(hours=hour))
                session.query(Job).update({Job.state: JobState.DONE})

    threads = [Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(rows(db)) == 5


def test_former_ones_are_forgotten_when_the_next_is_made(db: Session) -> None:
    make_periodic(db, NOON - KEPT - timedelta(hours=1))
    make_periodic(db, NOON)
    assert len(rows(db)) == 1
    finish(db, JobState.FAILED)
    db.add(Job(name="note", max_attempts=1, run_after=NOON - 2 * KEPT, state=JobState.FAILED))
    make_periodic(db, NOON)
    assert sorted(row.name for row in rows(db)) == ["note", "note.often"]
    assert max(row.run_after for row in rows(db)) == NOON


def test_application_without_periodic_jobs_makes_none(
    make_application: MakeApplication,
) -> None:
    config = make_application("houston.core.events", "houston.core.jobs")
    with services_of(config)[Database].writing() as db:
        make_periodic(db, utc_now())
        assert rows(db) == []

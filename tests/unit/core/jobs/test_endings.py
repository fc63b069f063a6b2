"""Whoever asked hears of a job that is given up, in the transaction that gives it up."""

import logging

import pytest
from pyramid.registry import Registry
from sqlalchemy import select
from sqlalchemy.orm import Session

from houston.core.db.types import utc_now
from houston.core.jobs import Job, JobContext, JobState, cancel, enqueue, retry
from houston.core.jobs.runner import claim_next, run_due, run_next, sweep
from tests.unit.core.jobs.support import MINUTE, Note, change, committed, fetch

ARGUMENTS = {"code": "swordfish"}


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)


def fail(context: JobContext) -> None:
    raise ConnectionError("no route")


def test_failure_is_heard_after_the_last_attempt(
    db: Session, registry: Registry, note: Note
) -> None:
    note.then = fail
    guid = committed(db, "note.heard", arguments=ARGUMENTS)
    assert note.heard == []
    change(db, guid, run_after=utc_now())
    run_due(registry)
    assert fetch(registry, guid).state is JobState.FAILED
    assert note.heard == [(ARGUMENTS, "ConnectionError: no route")]


def test_arguments_of_a_secret_job_are_heard_before_they_are_erased(
    db: Session, registry: Registry, note: Note
) -> None:
    note.then = fail
    guid = committed(db, "note.secret", arguments=ARGUMENTS)
    assert note.heard == [(ARGUMENTS, "ConnectionError: no route")]
    assert fetch(registry, guid).arguments == {}


def test_death_of_the_last_worker_is_heard(db: Session, deaf: Registry, note: Note) -> None:
    committed(db, "note.heard", arguments=ARGUMENTS)
    for attempt in (1, 2):
        claim = claim_next(db, utc_now())
        assert claim is not None
        assert claim.attempt == attempt
        change(db, claim.guid, lease_until=utc_now() - MINUTE)
        assert note.heard == []
        sweep(deaf)
    assert note.heard == [(ARGUMENTS, "the worker died")]


def test_cancelling_is_heard(db: Session, deaf: Registry, note: Note) -> None:
    guid = committed(db, "note.heard", arguments=ARGUMENTS)
    assert cancel(db, guid)
    assert note.heard == [(ARGUMENTS, "the job was cancelled")]
    assert not cancel(db, guid)
    assert len(note.heard) == 1


def test_who_hears_writes_in_the_same_transaction(db: Session, deaf: Registry, note: Note) -> None:
    guid = committed(db, "note.heard")
    note.after_hearing = lambda db: enqueue(db, "note")
    cancel(db, guid)
    assert len(list(db.scalars(select(Job)))) == 2
    db.rollback()
    assert [row.state for row in db.scalars(select(Job))] == [JobState.PENDING]


def test_job_is_over_even_if_who_hears_fails(db: Session, deaf: Registry, note: Note) -> None:
    def write_and_fail(db: Session) -> None:
        enqueue(db, "note")
        raise ConnectionError

    note.then, note.after_hearing = fail, write_and_fail
    guid = committed(db, "note.secret", arguments=ARGUMENTS)
    assert run_next(deaf)
    assert len(note.heard) == 1
    (row,) = db.scalars(select(Job))
    assert (row.guid, row.state, row.arguments) == (guid, JobState.FAILED, {})


@pytest.mark.parametrize("state", [JobState.FAILED, JobState.CANCELLED])
def test_job_that_was_given_up_begins_again(
    db: Session, registry: Registry, note: Note, state: JobState
) -> None:
    guid = committed(db, arguments={"word": "hello"})
    change(db, guid, state=state, attempts=3, progress=50, error="no route", finished=utc_now())
    assert retry(db, guid)
    assert len(note.calls) == 1
    db.commit()
    assert note.calls == [{"word": "hello"}] * 2
    row = fetch(registry, guid)
    assert (row.state, row.error, row.attempts) == (JobState.DONE, None, 4)


def test_job_that_begins_again_has_all_its_attempts(
    db: Session, registry: Registry, note: Note
) -> None:
    note.then = fail
    guid = committed(db, "note.heard", run_after=utc_now() + MINUTE)
    cancel(db, guid)
    change(db, guid, attempts=2)
    for _ in range(2):
        assert fetch(registry, guid).state is not JobState.FAILED
        retry(db, guid)
        change(db, guid, run_after=utc_now())
        run_due(registry)
    assert fetch(registry, guid).state is JobState.FAILED


def test_attempt_that_was_cancelled_does_not_settle_the_new_one(
    db: Session, deaf: Registry, note: Note
) -> None:
    guid = committed(db)

    def be_replaced(context: JobContext) -> None:
        assert cancel(db, guid)
        assert retry(db, guid)
        db.commit()
        assert claim_next(db, utc_now()) is not None
        db.commit()

    note.then = be_replaced
    assert run_next(deaf)
    row = fetch(deaf, guid)
    assert (row.state, row.attempts) == (JobState.RUNNING, 2)


def test_what_cannot_begin_again(db: Session, registry: Registry, note: Note) -> None:
    assert not retry(db, committed(db))
    note.then = fail
    secret = committed(db, "note.secret", arguments=ARGUMENTS)
    assert fetch(registry, secret).state is JobState.FAILED
    assert not retry(db, secret)
    assert not retry(db, secret.__class__(int=0))

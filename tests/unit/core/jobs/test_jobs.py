"""Jobs exist when their cause is committed, and end in a known state."""

import logging
import sys
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from pyramid.config import Configurator
from pyramid.exceptions import ConfigurationConflictError
from pyramid.registry import Registry
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from houston.core.db.types import utc_now
from houston.core.jobs import (
    Job,
    JobContext,
    Jobs,
    JobState,
    cancel,
    enqueue,
    enqueue_many,
    job,
)
from houston.core.jobs.declaration import Declaration
from houston.core.jobs.runner import run_due
from houston.core.services import services_of
from tests.unit.core.jobs.support import (
    MINUTE,
    MakeApplication,
    Note,
    change,
    committed,
    fetch,
)


def test_job_runs_after_commit_and_is_done(db: Session, note: Note) -> None:
    owner = uuid4()
    row = enqueue(db, "note", {"word": "hello"}, owner=owner)
    assert note.calls == []
    db.commit()
    assert note.calls == [{"word": "hello"}]
    assert (row.state, row.progress, row.attempts) == (JobState.DONE, 100, 1)
    assert (row.owner_guid, row.arguments) == (owner, {"word": "hello"})
    assert row.error is None
    assert row.lease_until is None
    assert row.started is not None
    assert row.finished is not None
    assert row.created <= row.started <= row.finished <= utc_now()


def test_many_jobs_are_one_insert_and_one_ring(
    db: Session, registry: Registry, note: Note, monkeypatch: pytest.MonkeyPatch
) -> None:
    rings: list[int] = []
    monkeypatch.setattr(services_of(registry)[Jobs].doorbell, "ring", rings.append)
    statements: list[str] = []
    event.listen(db.connection(), "before_cursor_execute", lambda *call: statements.append(call[2]))
    owner = uuid4()
    guids = enqueue_many(db, "note", ({"number": number} for number in range(5)), owner=owner)
    assert rings == []
    db.commit()
    assert len(statements) == 1
    assert rings == [5]
    rows = [fetch(registry, guid) for guid in guids]
    assert [row.arguments for row in rows] == [{"number": number} for number in range(5)]
    assert {(row.owner_guid, row.max_attempts, row.state) for row in rows} == {
        (owner, 3, JobState.PENDING)
    }
    assert run_due(registry) == 5


def test_no_jobs_are_no_ring(db: Session, note: Note) -> None:
    assert enqueue_many(db, "note", []) == []
    with pytest.raises(LookupError):
        enqueue_many(db, "note.misspelt", [{}])


def test_rollback_leaves_no_job(db: Session, note: Note) -> None:
    enqueue(db, "note")
    db.rollback()
    db.commit()
    assert note.calls == []
    assert db.scalars(select(Job)).all() == []


def test_undeclared_job_is_refused(db: Session) -> None:
    with pytest.raises(LookupError, match=r"no job named 'note\.misspelt'"):
        enqueue(db, "note.misspelt")


def test_job_waits_for_its_time(db: Session, registry: Registry, note: Note) -> None:
    guid = committed(db, run_after=utc_now() + MINUTE)
    assert note.calls == []
    change(db, guid, run_after=utc_now() - MINUTE)
    assert run_due(registry) == 1
    assert note.calls == [{}]


def test_jobs_run_in_the_order_in_which_they_are_due(
    db: Session, deaf: Registry, note: Note
) -> None:
    for minutes in (1, 3, 2):
        due = utc_now() - minutes * MINUTE
        enqueue(db, "note", {"minutes": minutes}, run_after=due)
    db.commit()
    assert run_due(deaf) == 3
    assert [call["minutes"] for call in note.calls] == [3, 2, 1]


def test_urgent_job_goes_first(db: Session, deaf: Registry, note: Note) -> None:
    deaf["houston.jobs"].declare(Declaration("note.urgent", note, urgent=True))
    enqueue(db, "note", {"urgent": False}, run_after=utc_now() - MINUTE)
    enqueue(db, "note.urgent", {"urgent": True})
    enqueue(db, "note.urgent", {"early": True}, run_after=utc_now() + MINUTE)
    db.commit()
    assert run_due(deaf) == 2
    assert note.calls == [{"urgent": True}, {"urgent": False}]


def test_job_enqueued_by_a_job_runs_after_it(db: Session, note: Note) -> None:
    def enqueue_another(context: JobContext) -> None:
        if len(note.calls) == 1:
            enqueue(context.db, "note", {"second": True})
            assert len(note.calls) == 1

    note.then = enqueue_another
    committed(db)
    assert note.calls == [{}, {"second": True}]


def test_failing_job_is_tried_again_ever_later_and_then_fails(
    db: Session, registry: Registry, note: Note, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(context: JobContext) -> None:
        raise ConnectionError("no route\nto host")

    note.then = fail
    caplog.set_level(logging.CRITICAL)
    guid = committed(db)
    for attempt, seconds in ((1, 10), (2, 20)):
        row = fetch(registry, guid)
        assert (row.state, row.attempts) == (JobState.PENDING, attempt)
        assert row.error == "ConnectionError: no route"
        wait = row.run_after - row.updated
        assert timedelta(seconds=seconds - 2) < wait <= timedelta(seconds=seconds)
        assert run_due(registry) == 0
        change(db, guid, run_after=utc_now())
        assert run_due(registry) == 1
    row = fetch(registry, guid)
    assert (row.state, row.attempts, len(note.calls)) == (JobState.FAILED, 3, 3)
    assert row.finished is not None
    assert run_due(registry) == 0


def test_backoff_doubles_up_to_an_hour() -> None:
    declaration = Declaration("note", print, backoff=1.5)
    delays = [declaration.delay(attempt).total_seconds() for attempt in (1, 2, 3, 20, 5000)]
    assert delays == [1.5, 3, 6, 3600, 3600]


def test_success_after_failure_clears_the_error(
    db: Session, registry: Registry, note: Note, caplog: pytest.LogCaptureFixture
) -> None:
    def fail_once(context: JobContext) -> None:
        if context.claim.attempt == 1:
            raise ConnectionError

    note.then = fail_once
    caplog.set_level(logging.CRITICAL)
    guid = committed(db)
    change(db, guid, run_after=utc_now())
    run_due(registry)
    row = fetch(registry, guid)
    assert (row.state, row.error, row.attempts) == (JobState.DONE, None, 2)


def test_work_of_a_failing_job_is_rolled_back(
    db: Session, note: Note, caplog: pytest.LogCaptureFixture
) -> None:
    def write_and_fail(context: JobContext) -> None:
        enqueue(context.db, "note.secret")
        raise ConnectionError

    note.then = write_and_fail
    caplog.set_level(logging.CRITICAL)
    committed(db)
    assert [row.name for row in db.scalars(select(Job))] == ["note"]


def test_error_text_never_shows_parameters(
    db: Session, registry: Registry, note: Note, caplog: pytest.LogCaptureFixture
) -> None:
    def write_nonsense(context: JobContext) -> None:
        context.db.add(Job(name="hidden", max_attempts=1, progress=101))
        context.db.flush()

    note.then = write_nonsense
    caplog.set_level(logging.CRITICAL)
    error = fetch(registry, committed(db)).error
    assert error is not None
    assert error.startswith("IntegrityError: ")
    assert "hidden" not in error


def test_error_text_can_be_stored_whatever_it_is(
    db: Session, registry: Registry, note: Note, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(context: JobContext) -> None:
        raise ValueError("a name like \0\ud800")

    note.then = fail
    caplog.set_level(logging.CRITICAL)
    assert fetch(registry, committed(db)).error == "ValueError: a name like \ufffd\ufffd"


def test_secret_arguments_are_erased_when_the_job_is_over(
    db: Session, registry: Registry, note: Note, caplog: pytest.LogCaptureFixture
) -> None:
    done = committed(db, "note.secret", arguments={"code": "swordfish"})

    def fail(context: JobContext) -> None:
        raise ConnectionError

    note.then = fail
    caplog.set_level(logging.CRITICAL)
    failed = committed(db, "note.secret", arguments={"code": "swordfish"})
    assert note.calls == [{"code": "swordfish"}] * 2
    later = utc_now() + MINUTE
    cancelled = committed(db, "note.secret", arguments={"code": "swordfish"}, run_after=later)
    assert cancel(db, cancelled)
    db.commit()
    rows = [fetch(registry, guid) for guid in (done, failed, cancelled)]
    assert [row.state for row in rows] == [JobState.DONE, JobState.FAILED, JobState.CANCELLED]
    assert [row.arguments for row in rows] == [{}, {}, {}]


def test_job_that_this_process_does_not_know_is_left_for_another_try(
    db: Session, registry: Registry, caplog: pytest.LogCaptureFixture
) -> None:
    db.add(Job(name="note.newer", arguments={"a": 1}, max_attempts=2))
    db.commit()
    caplog.set_level(logging.CRITICAL)
    run_due(registry)
    row = db.scalars(select(Job)).one()
    assert row.state is JobState.PENDING
    assert row.error == "LookupError: no job of this name is declared here"


@job("note.scanned", max_attempts=2)
def scanned(context: JobContext) -> None:
    """A job that a scan of this module finds."""


def test_decorated_function_is_declared_by_scan(make_application: MakeApplication) -> None:
    config = make_application("houston.core.events", "houston.core.jobs")
    config.scan(sys.modules[__name__])
    config.commit()
    declaration = services_of(config)[Jobs].known("note.scanned")
    assert declaration == Declaration("note.scanned", scanned, max_attempts=2)


def test_two_jobs_of_one_name_are_a_conflict(make_application: MakeApplication) -> None:
    config = make_application("houston.core.events", "houston.core.jobs")

    def first(config: Configurator) -> None:
        config.add_job("note", print)

    def second(config: Configurator) -> None:
        config.add_job("note", repr)

    config.include(first)
    config.include(second)
    with pytest.raises(ConfigurationConflictError):
        config.commit()


def test_clock_of_a_row_is_aware(db: Session, registry: Registry) -> None:
    row = fetch(registry, committed(db))
    assert isinstance(row.run_after, datetime)
    assert row.run_after.utcoffset() == timedelta(0)

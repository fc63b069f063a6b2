"""Jobs exist if their cause is committed, run after the commit, and are retried."""

import logging
import sys
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from pyramid.config import Configurator
from pyramid.exceptions import ConfigurationConflictError
from sqlalchemy import event, select
from sqlalchemy.exc import IntegrityError

from houston.core.db.session import Session
from houston.core.db.types import utc_now
from houston.core.jobs import Declaration, Job, JobContext, Jobs, JobState, job
from houston.core.jobs.execution import run
from houston.core.services import Services, services_of
from houston.core.settings import Settings
from tests.jobs import run_due_jobs
from tests.unit.core.jobs.support import (
    MINUTE,
    MakeApplication,
    RecordedJob,
    enqueue,
    fail,
    fetch,
    let_time_pass,
)


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)


def test_job_runs_after_the_commit(db: Session, services: Services, recorded: RecordedJob) -> None:
    owner = uuid4()
    guid = services[Jobs].enqueue(db, "plain", {"word": "hello"}, owner=owner)
    assert recorded.calls == []
    db.commit()
    assert recorded.calls == [{"word": "hello"}]
    row = fetch(services, guid)
    assert (row.state, row.progress, row.attempts) == (JobState.DONE, 100, 1)
    assert (row.owner_guid, row.arguments) == (owner, {"word": "hello"})
    assert (row.error, row.lease_until) == (None, None)
    assert row.started is not None
    assert row.finished is not None
    assert row.created <= row.started <= row.finished <= utc_now()


def test_rollback_leaves_no_job(db: Session, services: Services, recorded: RecordedJob) -> None:
    services[Jobs].enqueue(db, "plain")
    db.rollback()
    db.commit()
    assert recorded.calls == []
    assert db.scalars(select(Job)).all() == []


def test_many_jobs_are_one_statement(
    db: Session, services: Services, recorded: RecordedJob
) -> None:
    statements: list[str] = []
    event.listen(db.connection(), "before_cursor_execute", lambda *call: statements.append(call[2]))
    owner, arguments = uuid4(), [{"number": number} for number in range(5)]
    guids = services[Jobs].enqueue_many(db, "plain", iter(arguments), owner=owner)
    assert len(statements) == 1
    assert recorded.calls == []
    db.commit()
    assert recorded.calls == arguments
    rows = [fetch(services, guid) for guid in guids]
    assert [row.arguments for row in rows] == arguments
    assert {(row.owner_guid, row.max_attempts) for row in rows} == {(owner, 3)}


def test_empty_list_of_jobs(db: Session, services: Services) -> None:
    assert services[Jobs].enqueue_many(db, "plain", []) == []
    db.commit()


def test_undeclared_job_is_refused(db: Session, services: Services) -> None:
    with pytest.raises(KeyError, match=r"note\.misspelt"):
        services[Jobs].enqueue(db, "note.misspelt")


def test_job_waits_for_its_time(services: Services, recorded: RecordedJob) -> None:
    guid = enqueue(services, run_after=utc_now() + MINUTE)
    assert recorded.calls == []
    assert run_due_jobs(services) == 0
    let_time_pass(services, guid)
    assert run_due_jobs(services) == 1
    assert recorded.calls == [{}]


def test_job_of_a_job_runs_after_its_commit(services: Services, recorded: RecordedJob) -> None:
    def enqueue_another(context: JobContext) -> None:
        if len(recorded.calls) == 1:
            services[Jobs].enqueue(context.db, "plain", {"second": True})
            assert len(recorded.calls) == 1

    recorded.action = enqueue_another
    enqueue(services)
    assert recorded.calls == [{}, {"second": True}]


def test_work_of_a_failing_job_is_rolled_back(
    db: Session, services: Services, recorded: RecordedJob
) -> None:
    def write_and_fail(context: JobContext) -> None:
        services[Jobs].enqueue(context.db, "secret")
        raise ConnectionError

    recorded.action = write_and_fail
    enqueue(services)
    assert [row.name for row in db.scalars(select(Job))] == ["plain"]


def test_failing_job_is_retried_with_growing_delays_and_then_fails(
    services: Services, recorded: RecordedJob
) -> None:
    recorded.action = fail
    guid = enqueue(services)
    for attempt, seconds in ((1, 10), (2, 20)):
        row = fetch(services, guid)
        assert (row.state, row.attempts) == (JobState.PENDING, attempt)
        assert row.error == "ConnectionError: no route"
        wait = row.run_after - row.updated
        assert timedelta(seconds=seconds - 2) < wait <= timedelta(seconds=seconds)
        assert run_due_jobs(services) == 0
        let_time_pass(services, guid)
        assert run_due_jobs(services) == 1
    row = fetch(services, guid)
    assert (row.state, row.attempts, len(recorded.calls)) == (JobState.FAILED, 3, 3)
    assert row.finished is not None
    assert run_due_jobs(services) == 0


def test_delay_doubles_up_to_an_hour() -> None:
    declaration = Declaration("plain", print, backoff=1.5)
    delays = [declaration.delay(attempt).total_seconds() for attempt in (1, 2, 3, 20, 5000)]
    assert delays == [1.5, 3, 6, 3600, 3600]


def test_success_clears_the_error(services: Services, recorded: RecordedJob) -> None:
    recorded.action = fail
    guid = enqueue(services)
    recorded.action = lambda context: None
    let_time_pass(services, guid)
    run_due_jobs(services)
    row = fetch(services, guid)
    assert (row.state, row.error, row.attempts) == (JobState.DONE, None, 2)


def test_error_shows_no_parameters(services: Services, recorded: RecordedJob) -> None:
    def write_invalid_statement(context: JobContext) -> None:
        context.db.add(Job(name="hidden", max_attempts=1, progress=101))
        context.db.flush()

    recorded.action = write_invalid_statement
    error = fetch(services, enqueue(services)).error
    assert error is not None
    assert error.startswith("IntegrityError: ")
    assert "hidden" not in error


def test_error_of_any_characters_is_stored(services: Services, recorded: RecordedJob) -> None:
    def fail_with_unstorable_message(context: JobContext) -> None:
        raise ValueError("a name like \0\ud800")

    recorded.action = fail_with_unstorable_message
    assert fetch(services, enqueue(services)).error == "ValueError: a name like \ufffd\ufffd"


def test_job_that_is_unknown_to_this_process_is_not_run(db: Session, services: Services) -> None:
    db.add(Job(name="newer", arguments={"a": 1}, max_attempts=2))
    db.commit()
    assert run_due_jobs(services) == 1
    row = db.scalars(select(Job)).one()
    assert (row.state, row.arguments) == (JobState.PENDING, {"a": 1})
    assert row.error == "LookupError: no job of this name is declared here"


def test_progress_is_committed_with_the_work(
    db: Session, services: Services, recorded: RecordedJob
) -> None:
    observed: list[tuple[str, int]] = []

    def work(context: JobContext) -> None:
        services[Jobs].enqueue(context.db, "secret", run_after=utc_now() + MINUTE)
        context.set_progress(40)
        observed.extend(
            (row.name, row.progress) for row in db.scalars(select(Job).order_by(Job.name))
        )
        db.rollback()

    recorded.action = work
    enqueue(services)
    assert observed == [("plain", 40), ("secret", 0)]


@pytest.mark.parametrize("percent", [-1, 101])
def test_progress_is_a_percentage(db: Session, percent: int) -> None:
    db.add(Job(name="plain", max_attempts=1, progress=percent))
    with pytest.raises(IntegrityError, match="ck_job_progress_is_percent"):
        db.flush()


def test_function_receives_the_services(services: Services, recorded: RecordedJob) -> None:
    observed: list[str] = []
    recorded.action = lambda context: observed.append(
        context.services[Settings]["houston.jobs.url"]
    )
    enqueue(services)
    assert observed == ["immediate:"]


def test_times_have_an_offset(services: Services) -> None:
    row = fetch(services, enqueue(services))
    assert isinstance(row.run_after, datetime)
    assert row.run_after.utcoffset() == timedelta(0)


@pytest.mark.usefixtures("waiting")
def test_duplicate_or_early_message_is_ignored(services: Services, recorded: RecordedJob) -> None:
    guid = enqueue(services)
    assert run(services, guid) is None
    assert run(services, guid) is None
    assert len(recorded.calls) == 1
    soon = utc_now() + MINUTE
    early = enqueue(services, run_after=soon)
    assert run(services, early) == soon
    assert run(services, uuid4()) is None
    assert len(recorded.calls) == 1


@job("scanned", max_attempts=2)
def scanned(context: JobContext) -> None:
    """A job that a scan of this module declares."""


def test_decorated_function_is_declared_by_scan(make_application: MakeApplication) -> None:
    config = make_application("houston.core.events", "houston.core.jobs")
    config.scan(sys.modules[__name__])
    config.commit()
    declared = services_of(config)[Jobs].declared
    assert declared == {"scanned": Declaration("scanned", scanned, max_attempts=2)}


def test_duplicate_job_names_are_a_conflict(make_application: MakeApplication) -> None:
    config = make_application("houston.core.events", "houston.core.jobs")

    def first(config: Configurator) -> None:
        config.add_job("plain", print)

    def second(config: Configurator) -> None:
        config.add_job("plain", repr)

    config.include(first)
    config.include(second)
    with pytest.raises(ConfigurationConflictError):
        config.commit()


def test_job_cannot_run_more_than_once_a_minute(make_application: MakeApplication) -> None:
    config = make_application("houston.core.events", "houston.core.jobs")
    with pytest.raises(ValueError, match="more than once a minute"):
        config.add_job("plain", print, every=59)

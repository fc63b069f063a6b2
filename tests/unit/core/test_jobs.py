"""Jobs exist when their cause is committed, are done at least once, and end in a known state."""

import logging
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from threading import Barrier, Event, Thread, active_count
from typing import Any
from uuid import UUID, uuid4

import pytest
import redis
from pyramid.config import Configurator
from pyramid.exceptions import ConfigurationConflictError
from pyramid.registry import Registry
from sqlalchemy import Engine, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from houston.core.db.types import utc_now
from houston.core.jobs import (
    Job,
    JobContext,
    JobState,
    cancel,
    doorbell,
    enqueue,
    job,
    run_worker,
    start_workers,
    stop_workers,
)
from houston.core.jobs.declaration import Declaration
from houston.core.jobs.doorbell import STOP_SECONDS, JsonSerializer, make_doorbell
from houston.core.jobs.runner import KEPT, LEASE, claim_next, run_due, run_next, sweep
from houston.core.settings import SettingsError

MakeApplication = Callable[..., Configurator]
MINUTE = timedelta(minutes=1)


class Note:
    """A job that notes its calls, and does what it was told before it returns."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []
        self.then: Callable[[JobContext], None] = lambda context: None

    def __call__(self, context: JobContext, **arguments: Any) -> None:
        self.calls.append(arguments)
        self.then(context)


class Deaf:
    """A doorbell that nobody hears."""

    def ring(self) -> None: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...
    def work(self) -> None: ...


@pytest.fixture
def note() -> Note:
    return Note()


@pytest.fixture
def registry(make_application: MakeApplication, note: Note) -> Registry:
    """An application with the jobs `note` and `note.secret`, run at once."""
    config = make_application("houston.core.events", "houston.core.jobs")
    config.add_job("note", note, max_attempts=3, backoff=10)
    config.add_job("note.secret", note, max_attempts=1, secret=True)
    config.commit()
    return config.registry


@pytest.fixture
def deaf(registry: Registry) -> Registry:
    """The same, whose jobs wait until the test runs them."""
    registry["houston.jobs"].doorbell = Deaf()
    return registry


@pytest.fixture
def db(registry: Registry) -> Iterator[Session]:
    with registry["houston.db.session_factory"]() as session:
        yield session


def committed(db: Session, name: str = "note", **options: Any) -> UUID:
    guid = enqueue(db, name, **options).guid
    db.commit()
    return guid


def fetch(registry: Registry, guid: UUID) -> Job:
    with registry["houston.db.read_session_factory"]() as session:
        row: Job = session.get_one(Job, guid)
        return row


def is_done(registry: Registry, guid: UUID) -> bool:
    return fetch(registry, guid).state is JobState.DONE


def change(db: Session, guid: UUID, **values: Any) -> None:
    db.execute(update(Job).where(Job.guid == guid).values(**values))
    db.commit()


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline, "it did not happen within 5 s"
        time.sleep(0.01)


# Enqueueing


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


def test_job_enqueued_by_a_job_runs_after_it(db: Session, note: Note) -> None:
    def enqueue_another(context: JobContext) -> None:
        if len(note.calls) == 1:
            enqueue(context.db, "note", {"second": True})
            assert len(note.calls) == 1

    note.then = enqueue_another
    committed(db)
    assert note.calls == [{}, {"second": True}]


# Failing


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


# Claims and leases


def test_two_claimers_get_two_different_jobs(engine: Engine, db: Session, deaf: Registry) -> None:
    guids = {committed(db) for _ in range(20)}
    claimed: list[UUID] = []
    together = Barrier(4)

    def claim_all() -> None:
        together.wait()
        while True:
            with deaf["houston.db.session_factory"].begin() as session:
                claim = claim_next(session, utc_now())
            if claim is None:
                return
            claimed.append(claim.guid)

    threads = [Thread(target=claim_all) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(claimed) == 20
    assert set(claimed) == guids


def test_job_of_a_dead_worker_is_taken_over(db: Session, deaf: Registry, note: Note) -> None:
    guid = committed(db)
    assert claim_next(db, utc_now()) is not None
    db.commit()
    assert sweep(deaf) == 0
    assert fetch(deaf, guid).state is JobState.RUNNING
    change(db, guid, lease_until=utc_now() - MINUTE)
    assert sweep(deaf) == 1
    assert fetch(deaf, guid).error == "the worker died"
    assert run_due(deaf) == 1
    row = fetch(deaf, guid)
    assert (row.state, row.attempts, note.calls) == (JobState.DONE, 2, [{}])


@pytest.mark.parametrize(
    ("name", "remembered"), [("note", {"code": "swordfish"}), ("note.secret", {})]
)
def test_job_that_kills_its_workers_fails_at_last(
    db: Session, deaf: Registry, name: str, remembered: dict[str, str]
) -> None:
    guid = committed(db, name, arguments={"code": "swordfish"})
    assert claim_next(db, utc_now()) is not None
    db.commit()
    change(db, guid, lease_until=utc_now() - MINUTE, max_attempts=1)
    assert sweep(deaf) == 0
    row = fetch(deaf, guid)
    assert (row.state, row.error) == (JobState.FAILED, "the worker died")
    assert row.arguments == remembered


def test_sweep_renews_the_leases_of_what_runs_here(db: Session, deaf: Registry, note: Note) -> None:
    guid = committed(db)
    seen: list[bool] = []

    def stall(context: JobContext) -> None:
        change(db, guid, lease_until=utc_now() - MINUTE)
        sweep(deaf)
        lease = fetch(deaf, guid).lease_until
        seen.append(lease is not None and lease > utc_now() + LEASE / 2)

    note.then = stall
    run_due(deaf)
    assert seen == [True]
    assert fetch(deaf, guid).state is JobState.DONE


def test_worker_that_was_taken_for_dead_does_not_count(
    db: Session, deaf: Registry, note: Note
) -> None:
    guid = committed(db)

    def be_overtaken(context: JobContext) -> None:
        change(db, guid, attempts=2)
        enqueue(context.db, "note.secret")

    note.then = be_overtaken
    assert run_next(deaf)
    assert [row.guid for row in db.scalars(select(Job))] == [guid]
    assert fetch(deaf, guid).state is JobState.RUNNING


def test_failure_of_a_worker_that_was_taken_for_dead_does_not_count(
    db: Session, deaf: Registry, note: Note, caplog: pytest.LogCaptureFixture
) -> None:
    guid = committed(db)

    def be_overtaken(context: JobContext) -> None:
        change(db, guid, attempts=2)
        raise ConnectionError

    note.then = be_overtaken
    caplog.set_level(logging.CRITICAL)
    assert run_next(deaf)
    row = fetch(deaf, guid)
    assert (row.state, row.error) == (JobState.RUNNING, None)


def test_sweep_deletes_what_was_over_a_month_ago(db: Session, registry: Registry) -> None:
    old, new = committed(db), committed(db)
    change(db, old, run_after=utc_now() - KEPT - MINUTE)
    failed = committed(db, run_after=utc_now() + MINUTE)
    change(db, failed, run_after=utc_now() - KEPT - MINUTE, state=JobState.FAILED)
    sweep(registry)
    assert set(db.scalars(select(Job.guid))) == {new, failed}


# Progress and cancelling


def test_progress_is_seen_with_the_work_done_so_far(
    db: Session, registry: Registry, note: Note
) -> None:
    seen: list[tuple[str, int]] = []

    def work(context: JobContext) -> None:
        if seen:
            return
        enqueue(context.db, "note.secret", run_after=utc_now() + MINUTE)
        context.set_progress(40)
        seen.extend((row.name, row.progress) for row in db.scalars(select(Job).order_by(Job.name)))
        db.rollback()

    note.then = work
    committed(db)
    assert seen == [("note", 40), ("note.secret", 0)]


@pytest.mark.parametrize("percent", [-1, 101])
def test_progress_is_a_percentage(db: Session, percent: int) -> None:
    db.add(Job(name="note", max_attempts=1, progress=percent))
    with pytest.raises(IntegrityError, match="ck_job_progress_is_percent"):
        db.flush()


def test_pending_job_can_be_cancelled(db: Session, registry: Registry, note: Note) -> None:
    guid = committed(db, run_after=utc_now() + MINUTE)
    assert cancel(db, guid)
    db.commit()
    change(db, guid, run_after=utc_now() - MINUTE)
    assert run_due(registry) == 0
    assert note.calls == []
    assert fetch(registry, guid).finished is not None


def test_running_job_ends_at_its_next_progress(
    db: Session, deaf: Registry, note: Note, caplog: pytest.LogCaptureFixture
) -> None:
    guid = committed(db)
    reached: list[str] = []

    def be_cancelled(context: JobContext) -> None:
        assert cancel(db, guid)
        db.commit()
        context.set_progress(50)
        reached.append("too far")

    note.then = be_cancelled
    assert run_next(deaf)
    row = fetch(deaf, guid)
    assert (row.state, row.progress, reached) == (JobState.CANCELLED, 0, [])
    assert "cancelled or taken over" in caplog.text


def test_job_that_is_over_cannot_be_cancelled(db: Session, registry: Registry) -> None:
    guid = committed(db)
    assert not cancel(db, guid)
    assert not cancel(db, uuid4())
    assert fetch(registry, guid).state is JobState.DONE


def test_job_sees_the_settings(db: Session, note: Note) -> None:
    seen: list[str] = []
    note.then = lambda context: seen.append(context.settings["houston.jobs.url"])
    committed(db)
    assert seen == ["immediate:"]


# Declaring


@job("note.scanned", max_attempts=2)
def scanned(context: JobContext) -> None:
    """A job that a scan of this module finds."""


def test_decorated_function_is_declared_by_scan(make_application: MakeApplication) -> None:
    config = make_application("houston.core.events", "houston.core.jobs")
    config.scan(sys.modules[__name__])
    config.commit()
    declaration = config.registry["houston.jobs"].known("note.scanned")
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


@pytest.mark.parametrize("url", ["thread:", "thread://", "amqp://localhost", "", "var/jobs.sqlite"])
def test_unknown_doorbell_is_a_settings_error(url: str) -> None:
    with pytest.raises(SettingsError, match=r"houston\.jobs\.url must be"):
        make_doorbell(url, Registry())


# Workers


@pytest.fixture
def threaded(make_application: MakeApplication, note: Note, tmp_path: Path) -> Registry:
    """An application with worker threads that are not yet started."""
    url = f"thread:{tmp_path}/queue/jobs.sqlite"
    config = make_application("houston.core.events", "houston.core.jobs", houston__jobs__url=url)
    config.add_job("note", note)
    config.commit()
    return config.registry


def test_configuring_starts_and_writes_nothing(threaded: Registry, tmp_path: Path) -> None:
    threads = active_count()
    with threaded["houston.db.session_factory"]() as db:
        db.execute(select(Job))
    assert active_count() == threads
    assert not (tmp_path / "queue").exists()


def test_threads_hear_the_bell_at_once(threaded: Registry, note: Note) -> None:
    heard = Event()
    note.then = lambda context: heard.set()
    start_workers(threaded)
    start_workers(threaded)
    time.sleep(0.2)
    with threaded["houston.db.session_factory"]() as db:
        started = time.monotonic()
        guid = committed(db)
        assert heard.wait(5)
        assert time.monotonic() - started < 0.5
        wait_for(lambda: is_done(threaded, guid))
    assert note.calls == [{}]


def test_threads_find_at_their_start_what_was_not_heard(threaded: Registry, note: Note) -> None:
    bell, threaded["houston.jobs"].doorbell = threaded["houston.jobs"].doorbell, Deaf()
    with threaded["houston.db.session_factory"]() as db:
        guid = committed(db)
        threaded["houston.jobs"].doorbell = bell
        start_workers(threaded)
        wait_for(lambda: is_done(threaded, guid))


def test_threads_survive_a_failing_job(
    threaded: Registry, note: Note, caplog: pytest.LogCaptureFixture
) -> None:
    def fail_once(context: JobContext) -> None:
        if len(note.calls) == 1:
            raise ConnectionError

    note.then = fail_once
    caplog.set_level(logging.CRITICAL)
    start_workers(threaded)
    with threaded["houston.db.session_factory"]() as db:
        committed(db)
        wait_for(lambda: len(note.calls) == 1)
        guid = committed(db)
        wait_for(lambda: is_done(threaded, guid))


def test_sweeps_go_on_after_a_failing_one(
    threaded: Registry, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    sweeps: list[Registry] = []

    def fail(registry: Registry) -> int:
        sweeps.append(registry)
        raise ConnectionError

    monkeypatch.setattr(doorbell, "sweep", fail)
    monkeypatch.setattr(doorbell, "SWEEP_SECONDS", 0.01)
    start_workers(threaded)
    wait_for(lambda: len(sweeps) > 1)
    assert "the sweep of jobs failed" in caplog.text


def test_stopping_is_prompt_and_lets_the_present_job_end(threaded: Registry, note: Note) -> None:
    begun = Event()

    def work(context: JobContext) -> None:
        begun.set()
        time.sleep(0.3)

    note.then = work
    threads = active_count()
    start_workers(threaded)
    with threaded["houston.db.session_factory"]() as db:
        first, second = committed(db), committed(db)
        third = committed(db, run_after=utc_now() + timedelta(seconds=0.1))
        assert begun.wait(5)
        time.sleep(0.15)
        started = time.monotonic()
        stop_workers(threaded)
        assert time.monotonic() - started < STOP_SECONDS / 2
        assert active_count() == threads
        states = [fetch(threaded, guid).state for guid in (first, second, third)]
        assert states == [JobState.DONE, JobState.DONE, JobState.PENDING]


def test_bell_is_not_rung_more_often_than_there_are_workers(threaded: Registry) -> None:
    with threaded["houston.db.session_factory"]() as db:
        for _ in range(10):
            committed(db)
    assert threaded["houston.jobs"].doorbell._queue.storage.queue_size() == 2


def test_workers_are_not_started_where_they_do_not_belong(
    registry: Registry, make_application: MakeApplication
) -> None:
    url = "redis://127.0.0.1:1/0"
    config = make_application("houston.core.events", "houston.core.jobs", houston__jobs__url=url)
    threads = active_count()
    start_workers(registry)
    start_workers(config.registry)
    assert active_count() == threads
    with pytest.raises(SettingsError, match="immediate"):
        run_worker(registry)


def test_lost_ring_does_not_break_the_request(
    make_application: MakeApplication, note: Note, caplog: pytest.LogCaptureFixture
) -> None:
    url = "redis://127.0.0.1:1/0"
    config = make_application("houston.core.events", "houston.core.jobs", houston__jobs__url=url)
    config.add_job("note", note)
    config.commit()
    with config.registry["houston.db.session_factory"]() as db:
        guid = committed(db)
        assert fetch(config.registry, guid).state is JobState.PENDING
    assert "an effect after commit failed" in caplog.text


def test_messages_are_json() -> None:
    serializer = JsonSerializer()
    with pytest.raises(ValueError, match=r"decode|JSON"):
        serializer.deserialize(b"\x80\x04K\x01.")


PROGRAM = textwrap.dedent(
    """
    import sys
    from pyramid.config import Configurator
    from houston.core.db.engine import make_engine, writing
    from houston.core.db.session import session_factories
    from houston.core.jobs import run_worker, start_workers

    def note(context):
        context.set_progress(50)

    database, jobs, role = sys.argv[1:]
    config = Configurator()
    config.registry["houston.settings"] = {"houston.jobs.url": jobs}
    engine = make_engine(database)
    config.registry.update(session_factories(engine, writing(engine)))
    config.include("houston.core.events")
    config.include("houston.core.jobs")
    config.add_job("note", note)
    config.commit()
    if role == "server":
        start_workers(config.registry)
    print("ready", flush=True)
    if role == "worker":
        run_worker(config.registry)
    """
)


def program(engine: Engine, jobs_url: str, role: str) -> "subprocess.Popen[str]":
    database = engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", PROGRAM, database, jobs_url, role]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_threads_do_not_hold_up_the_end_of_the_process(engine: Engine, tmp_path: Path) -> None:
    with program(engine, f"thread:{tmp_path}/jobs.sqlite", "server") as process:
        started = time.monotonic()
        assert process.wait(timeout=10) == 0
        assert time.monotonic() - started < 2


@pytest.fixture
def redis_url() -> Iterator[str]:
    url = os.environ.get("HOUSTON_TEST_REDIS_URL", "redis://127.0.0.1:6379/15")
    with redis.Redis.from_url(url) as client:
        try:
            client.delete("huey.redis.houston")
        except redis.ConnectionError as error:
            pytest.skip(f"no Redis server at {url}: {error}")
        yield url
        client.delete("huey.redis.houston")


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_separate_worker_hears_through_redis(
    engine: Engine, redis_url: str, make_application: MakeApplication, note: Note
) -> None:
    config = make_application(
        "houston.core.events", "houston.core.jobs", houston__jobs__url=redis_url
    )
    config.add_job("note", note)
    config.commit()
    with program(engine, redis_url, "worker") as process:
        with config.registry["houston.db.session_factory"]() as db:
            guid = committed(db)
            wait_for(lambda: is_done(config.registry, guid))
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
    assert note.calls == []


def test_clock_of_a_row_is_aware(db: Session, registry: Registry) -> None:
    row = fetch(registry, committed(db))
    assert isinstance(row.run_after, datetime)
    assert row.run_after.utcoffset() == timedelta(0)

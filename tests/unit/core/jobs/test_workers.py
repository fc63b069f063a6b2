"""Workers hear of jobs at once, are started where they belong, and end when they are told."""

import logging
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Event, active_count

import pytest
from pyramid.registry import Registry
from sqlalchemy import Engine, select

from houston.core.db.session import Database
from houston.core.db.types import utc_now
from houston.core.jobs import (
    Job,
    JobContext,
    JobState,
    doorbell,
    run_worker,
    start_workers,
    stop_workers,
)
from houston.core.jobs.doorbell import STOP_SECONDS, JsonSerializer, make_doorbell
from houston.core.services import services_of
from houston.core.settings import SettingsError
from tests.unit.core.jobs.support import (
    Deaf,
    MakeApplication,
    Note,
    committed,
    fetch,
    is_done,
)
from tests.waiting import wait_until


@pytest.mark.parametrize("url", ["thread:", "thread://", "amqp://localhost", "", "var/jobs.sqlite"])
def test_unknown_doorbell_is_a_settings_error(url: str) -> None:
    with pytest.raises(SettingsError, match=r"houston\.jobs\.url must be"):
        make_doorbell(url, Registry())


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
        wait_until(lambda: is_done(threaded, guid))
    assert note.calls == [{}]


def test_threads_find_at_their_start_what_was_not_heard(threaded: Registry, note: Note) -> None:
    bell, threaded["houston.jobs"].doorbell = threaded["houston.jobs"].doorbell, Deaf()
    with threaded["houston.db.session_factory"]() as db:
        guid = committed(db)
        threaded["houston.jobs"].doorbell = bell
        start_workers(threaded)
        wait_until(lambda: is_done(threaded, guid))


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
        wait_until(lambda: len(note.calls) == 1)
        guid = committed(db)
        wait_until(lambda: is_done(threaded, guid))


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
    wait_until(lambda: len(sweeps) > 1)
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
    with services_of(config)[Database].writing() as db:
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


@contextmanager
def program(engine: Engine, jobs_url: str, role: str) -> Iterator["subprocess.Popen[str]"]:
    database = engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", PROGRAM, database, jobs_url, role]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_threads_do_not_hold_up_the_end_of_the_process(engine: Engine, tmp_path: Path) -> None:
    with program(engine, f"thread:{tmp_path}/jobs.sqlite", "server") as process:
        started = time.monotonic()
        assert process.wait(timeout=10) == 0
        assert time.monotonic() - started < 2


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
        with services_of(config)[Database].writing() as db:
            guid = committed(db)
            wait_until(lambda: is_done(config.registry, guid))
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
    assert note.calls == []

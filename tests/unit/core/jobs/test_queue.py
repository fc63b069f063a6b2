"""The queue delivers jobs to workers, which run in the server or in separate processes."""

import json
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
from typing import Any

import pytest
import redis
from huey.storage import SqliteStorage
from sqlalchemy import Engine, select

from houston.core.db.session import Database
from houston.core.db.types import utc_now
from houston.core.jobs import Job, JobContext, Jobs, JobState, queue
from houston.core.jobs.queue import STOP_SECONDS
from houston.core.jobs.recovery import maintain
from houston.core.services import Services, services_of
from houston.core.settings import SettingsError
from tests.jobs import jobs_waiting
from tests.unit.core.jobs.support import (
    MakeApplication,
    RecordedJob,
    enqueue,
    fail,
    fetch,
    is_done,
)
from tests.waiting import wait_until

UNREACHABLE = "redis://127.0.0.1:1/0"


@pytest.fixture
def make_services(make_application: MakeApplication, recorded: RecordedJob) -> Any:
    """Return a function that makes an application with the jobs `plain` and `urgent`."""

    def make(url: str) -> Services:
        includes = "houston.core.events", "houston.core.jobs"
        config = make_application(*includes, houston__jobs__url=url)
        config.add_job("plain", recorded, backoff=1)
        config.add_job("slow", recorded)
        config.add_job("urgent", recorded, urgent=True)
        config.commit()
        return services_of(config)

    return make


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return the path of the queue file, in a missing folder."""
    return tmp_path / "queue" / "jobs.sqlite"


@pytest.fixture
def services(make_services: Any, file: Path) -> Services:
    """Return the services of an application whose worker threads are not started."""
    threaded: Services = make_services(f"thread:{file}")
    return threaded


def messages(file: Path) -> list[bytes]:
    """Return the messages in the queue."""
    storage = SqliteStorage("houston-jobs", filename=str(file))
    found: list[bytes] = storage.enqueued_items()
    storage.close()
    return found


class TestConfiguration:
    @pytest.mark.parametrize("url", ["thread:", "thread://", "amqp://localhost", "", "jobs.sqlite"])
    def test_unknown_queue_is_a_settings_error(self, make_services: Any, url: str) -> None:
        with pytest.raises(SettingsError, match=r"houston\.jobs\.url must be"):
            make_services(url)

    def test_application_starts_no_threads_and_creates_no_files(
        self, services: Services, file: Path
    ) -> None:
        threads = active_count()
        with services[Database].reading() as db:
            db.execute(select(Job))
        assert active_count() == threads
        assert not file.parent.exists()

    def test_workers_are_started_only_for_their_queue(self, make_services: Any) -> None:
        threads = active_count()
        immediate = make_services("immediate:")
        for services in (immediate, make_services(UNREACHABLE)):
            services[Jobs].queue.start()
        assert active_count() == threads
        with pytest.raises(SettingsError, match="immediate"):
            immediate[Jobs].queue.run_worker()


class TestThreads:
    def test_job_runs_immediately(self, services: Services, recorded: RecordedJob) -> None:
        begun = Event()
        recorded.action = lambda context: begun.set()
        services[Jobs].queue.start()
        services[Jobs].queue.start()
        time.sleep(0.7)  # an idle worker polls at its longest interval
        started = time.monotonic()
        guid = enqueue(services)
        assert begun.wait(5)
        assert time.monotonic() - started < 0.5
        wait_until(lambda: is_done(services, guid))
        assert recorded.calls == [{}]

    def test_signal_handlers_of_the_server_are_restored(self, services: Services) -> None:
        signals = signal.SIGINT, signal.SIGTERM, signal.SIGHUP
        before = [signal.getsignal(each) for each in signals]
        services[Jobs].queue.start()
        assert [signal.getsignal(each) for each in signals] == before

    def test_urgent_jobs_run_first_and_others_in_order(
        self, services: Services, recorded: RecordedJob, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(queue, "WORKERS", 1)
        for number in range(3):
            enqueue(services, arguments={"number": number})
        enqueue(services, "urgent", arguments={"number": 3})
        services[Jobs].queue.start()
        wait_until(lambda: len(recorded.calls) == 4)
        assert [call["number"] for call in recorded.calls] == [3, 0, 1, 2]

    def test_job_runs_at_its_time(self, services: Services, recorded: RecordedJob) -> None:
        times: list[float] = []
        recorded.action = lambda context: times.append(time.time())
        due = utc_now() + timedelta(seconds=1)
        guid = enqueue(services, run_after=due)
        services[Jobs].queue.start()
        wait_until(lambda: is_done(services, guid))
        assert due.timestamp() <= times[0] < due.timestamp() + 2

    def test_failed_job_is_retried(
        self, services: Services, recorded: RecordedJob, caplog: pytest.LogCaptureFixture
    ) -> None:
        def fail_once(context: JobContext) -> None:
            if context.claim.attempt == 1:
                fail(context)

        recorded.action = fail_once
        caplog.set_level(logging.CRITICAL)
        services[Jobs].queue.start()
        guid = enqueue(services)
        wait_until(lambda: is_done(services, guid))
        assert fetch(services, guid).attempts == 2

    def test_lost_jobs_are_queued_at_the_start(self, services: Services) -> None:
        with jobs_waiting(services):
            guid = enqueue(services)
        services[Jobs].queue.start()
        wait_until(lambda: is_done(services, guid))

    def test_heartbeat_continues_after_a_failure(
        self,
        services: Services,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        beats: list[Services] = []

        def fail(services: Services) -> None:
            beats.append(services)
            raise ConnectionError

        monkeypatch.setattr(queue, "heartbeat", fail)
        monkeypatch.setattr(queue, "HEARTBEAT_SECONDS", 0.01)
        services[Jobs].queue.start()
        wait_until(lambda: len(beats) > 1)
        assert "the heartbeat of the workers failed" in caplog.text

    def test_stopping_waits_for_running_jobs(
        self, services: Services, recorded: RecordedJob
    ) -> None:
        begun = Event()

        def work(context: JobContext) -> None:
            begun.set()
            time.sleep(0.3)

        recorded.action = work
        threads = active_count()
        services[Jobs].queue.start()
        guids = [enqueue(services) for _ in range(3)]
        assert begun.wait(5)
        time.sleep(0.2)
        started = time.monotonic()
        services[Jobs].queue.stop()
        assert time.monotonic() - started < STOP_SECONDS / 2
        assert active_count() == threads
        states = sorted(fetch(services, guid).state for guid in guids)
        assert states == [JobState.DONE, JobState.DONE, JobState.PENDING]


class TestMessages:
    def test_messages_are_json_with_a_guid(self, services: Services, file: Path) -> None:
        guid = enqueue(services, arguments={"code": "swordfish"})
        (message,) = messages(file)
        assert str(guid) in json.loads(message)[6]
        assert b"swordfish" not in message

    def test_thousands_of_jobs_are_one_message(self, services: Services, file: Path) -> None:
        with services[Database].transaction() as db:
            guids = services[Jobs].enqueue_many(db, "plain", ({} for _ in range(2000)))
        assert len(messages(file)) == 1
        assert services[Jobs].queue.guids() == set(guids)

    def test_queued_messages_are_not_sent_again(self, services: Services, file: Path) -> None:
        for _ in range(3):
            enqueue(services)
        maintain(services)
        assert len(messages(file)) == 3

    def test_lost_message_does_not_fail_the_request(
        self, make_services: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        services = make_services(UNREACHABLE)
        guid = enqueue(services)
        assert fetch(services, guid).state is JobState.PENDING
        assert "an effect after commit failed" in caplog.text


PROGRAM = textwrap.dedent(
    """
    import sys
    import time
    from pyramid.config import Configurator
    from houston.core.db.engine import make_engine
    from houston.core.db.session import Database
    from houston.core.jobs import Jobs
    from houston.core.services import services_of
    from houston.core.settings import Settings

    def plain(context):
        context.set_progress(50)

    def slow(context):
        context.set_progress(50)
        time.sleep(1)

    database, url, role = sys.argv[1:]
    config = Configurator()
    services = services_of(config)
    services.add(Settings({"houston.jobs.url": url}))
    services.add(Database(make_engine(database)))
    config.include("houston.core.jobs")
    config.add_job("plain", plain)
    config.add_job("slow", slow)
    config.commit()
    if role == "server":
        services[Jobs].queue.start()
    print("ready", flush=True)
    if role == "worker":
        services[Jobs].queue.run_worker()
    """
)


@contextmanager
def program(engine: Engine, url: str, role: str) -> Iterator["subprocess.Popen[str]"]:
    database = engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", PROGRAM, database, url, role]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
class TestProcesses:
    def test_threads_do_not_delay_the_end(self, engine: Engine, tmp_path: Path) -> None:
        with program(engine, f"thread:{tmp_path}/jobs.sqlite", "server") as process:
            assert process.wait(timeout=30) == 0

    def test_worker_receives_jobs_by_redis(
        self, engine: Engine, redis_url: str, make_services: Any, recorded: RecordedJob
    ) -> None:
        services = make_services(redis_url)
        with program(engine, redis_url, "worker"):
            guid = enqueue(services)
            wait_until(lambda: is_done(services, guid))
            with services[Database].transaction() as db:
                many = services[Jobs].enqueue_many(db, "plain", [{}, {}])
            later = enqueue(services, run_after=utc_now() + timedelta(seconds=1))
            wait_until(lambda: all(is_done(services, each) for each in (*many, later)))
        assert recorded.calls == []

    def test_worker_completes_its_job_at_sigterm(
        self, engine: Engine, redis_url: str, make_services: Any
    ) -> None:
        services = make_services(redis_url)
        with program(engine, redis_url, "worker") as process:
            guid = enqueue(services, "slow")
            wait_until(lambda: fetch(services, guid).progress == 50)
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=10) == 0
        assert is_done(services, guid)

    def test_pickled_message_is_not_run(
        self, engine: Engine, redis_url: str, make_services: Any
    ) -> None:
        services = make_services(redis_url)
        with redis.Redis.from_url(redis_url) as client:
            client.zadd("huey.redis.houstonjobs", {b"\0" * 8 + b"\x80\x04K\x01.": 0})
        with program(engine, redis_url, "worker"):
            guid = enqueue(services)
            wait_until(lambda: is_done(services, guid))

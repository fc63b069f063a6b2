"""The queue: Huey, which delivers the guids of jobs to workers of this process or of others.

A message is the guid of a job, in JSON. Everything else is in the row, so a message may be lost,
repeated or early. Huey orders messages by priority, delays those that are for later or for another
attempt, and has the workers that take them.
"""

import atexit
import json
import logging
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any
from uuid import UUID

from huey import Huey, MemoryHuey, PriorityRedisHuey, SqliteHuey, crontab
from huey.api import Task
from huey.consumer import Consumer
from huey.exceptions import RetryTask
from huey.registry import Message
from huey.serializer import Serializer

from houston.core.jobs.execution import run
from houston.core.jobs.recovery import heartbeat, maintain
from houston.core.services import Services
from houston.core.settings import Settings, SettingsError

logger = logging.getLogger(__name__)

NAME = "houston-jobs"
NORMAL, URGENT = 0, 10
WORKERS = 2
# The longest an idle worker waits before it looks into the file again.
POLL_SECONDS = 0.2
# How long workers wait for Redis after an error; otherwise it wakes them.
REDIS_PAUSE_SECONDS = 5.0
# A third of a lease: two heartbeats may come late before a job is taken from a living worker.
HEARTBEAT_SECONDS = 5.0
STOP_SECONDS = 5.0
WORKER_STOP_SECONDS = 30.0


class Queue:
    """The queue of one application, and the workers of this process."""

    def __init__(self, services: Services) -> None:
        url = services[Settings]["houston.jobs.url"]
        self._services = services
        self._huey = make_huey(url)
        self._embedded = url.startswith("thread:")
        self._consumer: Consumer | None = None
        self._stopped = Event()
        self._heartbeat = Thread(target=self._beat, name="jobs-heartbeat", daemon=True)
        task, periodic_task = self._huey.task, self._huey.periodic_task
        self._run_job = task(name="run_job")(self._run)
        self._split = task(name="split", context=True)(self._put_each)
        periodic_task(crontab(), name="maintain", priority=URGENT)(lambda: maintain(services))

    def put(
        self, guids: Sequence[UUID], *, urgent: bool = False, run_after: datetime | None = None
    ) -> None:
        """Send jobs, whose rows are committed, to the workers; the urgent ones go before others.

        Several jobs are one message, which a worker splits before it runs others: a request that
        makes thousands of jobs does not wait for thousands of writes.

        Raises:
            redis.RedisError, sqlite3.Error: The queue cannot be reached.
        """
        priority = URGENT if urgent else NORMAL
        if len(guids) == 1:
            self._run_job(str(guids[0]), priority=priority, eta=run_after)
        else:
            self._split(*map(str, guids), priority=priority + 1, eta=run_after)

    def guids(self) -> set[UUID]:
        """The guids of the jobs whose messages wait for a worker or are for later."""
        messages = [*self._huey.pending(), *self._huey.scheduled()]
        return {UUID(guid) for message in messages for guid in message.args}

    def start(self) -> None:
        """Start worker threads, once, where they are part of the server.

        They run until `stop`, or until the process ends. Call it in the main thread.
        """
        if self._embedded and self._consumer is None:
            self._consumer = self._make_consumer(STOP_SECONDS)
            with _unchanged_signal_handlers():
                self._consumer.start()
            self._heartbeat.start()
            atexit.register(self.stop)

    def stop(self) -> None:
        """Stop the threads after their present jobs, or after 5 s, and close the queue."""
        if self._consumer is not None:
            self._consumer.stop(graceful=True)
            atexit.unregister(self.stop)
        self._close()

    def run_worker(self) -> None:
        """Run jobs until SIGTERM, which lets the present ones end within 30 s, or SIGINT."""
        if self._huey.immediate:
            raise SettingsError("houston.jobs.url is immediate: jobs run without a worker")
        self._heartbeat.start()
        self._make_consumer(WORKER_STOP_SECONDS).run()
        self._close()

    def _close(self) -> None:
        self._stopped.set()
        if self._heartbeat.is_alive():
            self._heartbeat.join(STOP_SECONDS)
        self._huey.storage.close()

    def _make_consumer(self, stop_seconds: float) -> Consumer:
        return self._huey.create_consumer(
            workers=WORKERS,
            max_delay=POLL_SECONDS if self._embedded else REDIS_PAUSE_SECONDS,
            shutdown_timeout=stop_seconds,
            graceful_signal="TERM",
        )

    def _run(self, guid: str) -> None:
        try_again = run(self._services, UUID(guid))
        if try_again is not None:
            raise RetryTask(eta=try_again)

    def _put_each(self, *guids: str, task: Task) -> None:
        for guid in guids:
            self._run_job(guid, priority=task.priority - 1)

    def _beat(self) -> None:
        """Call the heartbeat at once and every few seconds, also while all workers are busy."""
        while not self._stopped.is_set():
            try:
                heartbeat(self._services)
            except Exception:
                logger.exception("the heartbeat of the workers failed")
            self._stopped.wait(HEARTBEAT_SECONDS)


class JsonSerializer(Serializer):
    """JSON instead of pickle: write access to the queue must not mean running code."""

    def _serialize(self, data: Message) -> bytes:
        return json.dumps(data, default=datetime.isoformat).encode()

    def _deserialize(self, data: bytes) -> Message:
        message = Message(*json.loads(data))
        return message._replace(eta=message.eta and datetime.fromisoformat(message.eta))


def make_huey(url: str) -> Huey:
    """The Huey of `houston.jobs.url`.

    `thread:path` keeps messages in an SQLite file for workers within the server, `redis://…` for
    workers of their own, and `immediate:` runs each job as soon as it is put, for tests.
    """
    scheme, _, path = url.partition(":")
    options: dict[str, Any] = {"results": False, "serializer": JsonSerializer()}
    if scheme == "immediate":
        return MemoryHuey(NAME, immediate=True, **options)
    if scheme == "thread":
        file = Path(path.removeprefix("//"))
        file.parent.mkdir(parents=True, exist_ok=True)
        return SqliteHuey(NAME, filename=str(file), **options)
    from redis import ConnectionPool  # Nothing else needs the client.

    # Without timeouts, a request waits for minutes for a server that does not answer.
    pool = ConnectionPool.from_url(url, socket_connect_timeout=2, socket_timeout=10)
    return PriorityRedisHuey(NAME, connection_pool=pool, **options)


@contextmanager
def _unchanged_signal_handlers() -> Iterator[None]:
    """Put back the handlers that Huey replaces: the signals belong to the server."""
    signals = signal.SIGINT, signal.SIGTERM, signal.SIGHUP
    handlers = {each: signal.getsignal(each) for each in signals}
    yield
    for each, handler in handlers.items():
        signal.signal(each, handler)

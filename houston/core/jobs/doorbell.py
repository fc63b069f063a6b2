"""The doorbell: how workers hear that something is due, without asking the table all the time.

A ring says "look" and nothing else; who hears it works until nothing is due. So a ring may get
lost, come twice or come too early, and no job depends on it.
"""

import atexit
import json
import sqlite3
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from huey import Huey
from huey.consumer import BaseProcess, Consumer
from huey.registry import Message
from huey.serializer import Serializer
from huey.storage import RedisStorage, SqliteStorage

from houston.core.jobs.declaration import Doorbell
from houston.core.jobs.runner import run_due, sweep
from houston.core.services import Services
from houston.core.settings import SettingsError

WORKERS = 2
# With two workers, an idle process wakes once a second to look for rings of other processes.
IDLE_SECONDS = 2
# A third of a lease: two sweeps may come late before a job is taken from a worker that lives.
SWEEP_SECONDS = 5.0
STOP_SECONDS = 5.0


class ImmediateDoorbell:
    """Runs what is due at once, in the thread that rings: for tests."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._busy = threading.local()

    def ring(self, due: int = 1) -> None:
        """Run what is due, unless it is a running job that rings: that is in its turn already."""
        if getattr(self._busy, "now", False):
            return
        self._busy.now = True
        try:
            run_due(self._services)
        finally:
            self._busy.now = False

    def start(self) -> None:
        """Nothing to start."""

    def stop(self) -> None:
        """Nothing to stop."""

    def work(self) -> None:
        """Refuse: there is nothing to wait for."""
        raise SettingsError("houston.jobs.url is immediate: jobs run without a worker")


class HueyDoorbell:
    """Rings through a Huey queue, and starts Huey's threads to hear it."""

    def __init__(self, services: Services, queue: Huey, *, embedded: bool) -> None:
        self._services = services
        self._queue = queue
        self._embedded = embedded
        self._consumer: Workers | None = None
        self._starting = threading.Lock()
        self._look = queue.task(name="look")(self._run_due)

    def ring(self, due: int = 1) -> None:
        """Queue a ring for each worker that is needed, unless enough unheard ones are there."""
        for _ in range(min(due, WORKERS - self._queue.storage.queue_size())):
            self._look()

    def start(self) -> None:
        """Start worker threads, once, if they belong into the server's process."""
        with self._starting:
            if self._embedded and self._consumer is None:
                self._consumer = EmbeddedWorkers(self._queue, self._sweep)
                self._consumer.start()
                atexit.register(self.stop)

    def stop(self) -> None:
        """Stop the threads after their present job, or leave it to its lease after 5 s."""
        with self._starting:
            consumer, self._consumer = self._consumer, None
        if consumer is not None:
            consumer.stop(graceful=True)
            atexit.unregister(self.stop)
        self._queue.storage.close()

    def work(self) -> None:
        """Be the consumer: SIGTERM lets the present jobs end, SIGINT does not."""
        self._consumer = Workers(self._queue, self._sweep, shutdown_timeout=30)
        self._consumer.run()
        self._queue.storage.close()

    def _run_due(self) -> None:
        consumer = self._consumer
        run_due(self._services, lambda: consumer is None or consumer.stop_flag.is_set())

    def _sweep(self) -> None:
        self.ring(sweep(self._services))


class Sweeper(BaseProcess):
    """Takes the place of Huey's scheduler: the table is our schedule."""

    process_name = "Sweeper"

    def __init__(self, action: Callable[[], None], stop_flag: threading.Event, **options: Any):
        super().__init__(options["huey"], stop_flag)
        self._action = action

    def loop(self, now: Any = None) -> None:
        """Sweep once, then sleep."""
        try:
            self._action()
        except Exception:
            self._logger.exception("the sweep of jobs failed")
        self.stop_flag.wait(SWEEP_SECONDS)


class Workers(Consumer):
    """Worker threads and a sweeper in a process that does nothing else."""

    def __init__(
        self, queue: Huey, sweep_table: Callable[[], None], shutdown_timeout: float = STOP_SECONDS
    ) -> None:
        self.scheduler_class = partial(Sweeper, sweep_table)
        super().__init__(
            queue,
            workers=WORKERS,
            periodic=False,
            initial_delay=IDLE_SECONDS,
            max_delay=IDLE_SECONDS,
            shutdown_timeout=shutdown_timeout,
            graceful_signal="TERM",
        )
        self._stop_flag_timeout = 1.0


class EmbeddedWorkers(Workers):
    """The same within a server, to which the signals belong."""

    def stop(self, graceful: bool = False) -> None:
        """Wake the threads that wait for a ring, so that they notice at once."""
        self.stop_flag.set()
        self.huey.storage.wake(WORKERS)
        super().stop(graceful)

    def _set_signal_handlers(self) -> None:
        """Leave the signals alone."""


class JsonSerializer(Serializer):
    """JSON instead of pickle: who can write into the queue must not be able to run code."""

    def _serialize(self, data: Message) -> bytes:
        return json.dumps(data).encode()

    def _deserialize(self, data: bytes) -> Message:
        return Message(*json.loads(data))


class RingingSqliteStorage(SqliteStorage):
    """A queue in a file that wakes the threads of its own process without polling.

    The file is made at the first ring or wait, not when the application is configured.
    """

    blocking = True

    def __init__(self, name: str, **options: Any) -> None:
        super().__init__(name, create_tables=False, **options)
        self._rings = threading.Semaphore(0)

    def enqueue(self, data: bytes, priority: float | None = None) -> None:
        """Write the ring for all processes, and wake a thread of this one."""
        super().enqueue(data, priority)
        self.wake(1)

    def dequeue(self) -> bytes | None:
        """The next ring; None when there was none for a while."""
        data: bytes | None = super().dequeue()
        if data is None and self._rings.acquire(timeout=IDLE_SECONDS):
            data = super().dequeue()
        return data

    def wake(self, threads: int) -> None:
        """Let this many waiting threads look."""
        self._rings.release(threads)

    def _create_connection(self) -> sqlite3.Connection:
        Path(self.filename).parent.mkdir(parents=True, exist_ok=True)
        connection: sqlite3.Connection = super()._create_connection()
        # In WAL mode this cannot damage the file, and a ring is not worth a flush of the disk.
        connection.execute("PRAGMA synchronous = NORMAL")
        for statement in self.ddl:
            connection.execute(statement)
        return connection


class ClosingRedisStorage(RedisStorage):
    """A queue in Redis that does not leave its connections open."""

    def close(self) -> None:
        """Close the connections; whoever uses the queue again gets new ones."""
        self.pool.disconnect()


def make_doorbell(url: str, services: Services) -> Doorbell:
    """The doorbell of `houston.jobs.url`; a SettingsError when it names none.

    `thread:path` keeps the queue in an SQLite file and runs jobs within the server,
    `redis://host:port/db` leaves them to separate workers, `immediate:` is for tests.
    """
    scheme, _, path = url.partition(":")
    options: dict[str, Any] = {"results": False, "serializer": JsonSerializer()}
    if scheme == "immediate":
        return ImmediateDoorbell(services)
    if scheme == "thread" and path.strip("/"):
        file = path.removeprefix("//")
        queue = Huey("houston", storage_class=RingingSqliteStorage, filename=file, **options)
        return HueyDoorbell(services, queue, embedded=True)
    if scheme in ("redis", "rediss"):
        options |= {"url": url, "read_timeout": IDLE_SECONDS}
        queue = Huey("houston", storage_class=ClosingRedisStorage, **options)
        return HueyDoorbell(services, queue, embedded=False)
    raise SettingsError(
        f"houston.jobs.url must be thread:<path>, redis://… or immediate:, not {scheme}:"
    )

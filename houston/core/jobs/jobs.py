"""The jobs of an application: their declarations, their table, and the making of rows."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from operator import setitem
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID, uuid4

import venusian
from pyramid.config import Configurator
from sqlalchemy import JSON, CheckConstraint, Index, SmallInteger, String, Text, insert
from sqlalchemy.orm import Mapped, mapped_column

from houston.core.db.models import Base
from houston.core.db.session import Session
from houston.core.db.types import Guid, UtcDateTime, enumeration, utc_now
from houston.core.events import after_commit
from houston.core.imports import hidden
from houston.core.services import Services, services_of
from houston.core.settings import Settings
from houston.core.values import TextEnum

if TYPE_CHECKING:
    from houston.core.jobs.queue import Queue

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 5
BACKOFF_SECONDS = 10.0
LONGEST_BACKOFF_SECONDS = 3600.0
SHORTEST_PERIOD_SECONDS = 60.0

JobFunction = Callable[..., None]
FailureFunction = Callable[[Services, Session, Mapping[str, Any], str], None]
AnyFunction = TypeVar("AnyFunction", bound=JobFunction)


class JobState(TextEnum):
    """The state of a job; the last three are final."""

    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Job(Base):
    """A job: it is attempted at most `max_attempts` times, the first time after `run_after`.

    While it runs, `lease_until` is renewed; a lease in the past means that the `worker` is dead.
    `attempts` also identifies the attempt: only the latest one may change the row.
    """

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint("progress BETWEEN 0 AND 100", name="progress_is_percent"),
        Index(None, "state", "run_after"),
    )

    guid: Mapped[UUID] = mapped_column(Guid(), primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(String(100))
    arguments: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    state: Mapped[JobState] = mapped_column(
        enumeration(JobState, "state"), default=JobState.PENDING
    )
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    max_attempts: Mapped[int] = mapped_column(SmallInteger)
    progress: Mapped[int] = mapped_column(SmallInteger, default=0)
    error: Mapped[str | None] = mapped_column(Text)
    # Without a foreign key: core has no users, and a job may outlive its owner.
    owner_guid: Mapped[UUID | None] = mapped_column(Guid())
    run_after: Mapped[datetime] = mapped_column(UtcDateTime(), default=utc_now)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime())
    # The process of the last attempt, as `execution.own_name` names it.
    worker: Mapped[str | None] = mapped_column(String(100))
    created: Mapped[datetime] = mapped_column(UtcDateTime(), default=utc_now)
    updated: Mapped[datetime] = mapped_column(UtcDateTime(), default=utc_now, onupdate=utc_now)
    started: Mapped[datetime | None] = mapped_column(UtcDateTime())
    finished: Mapped[datetime | None] = mapped_column(UtcDateTime())


@dataclass(frozen=True)
class Declaration:
    """A function that is run in the background, and the rules of its repetition.

    Attributes:
        name: The name in rows and in the job control, such as `mail.send`.
        function: Called as `function(context, **arguments)`.
        max_attempts: The number of attempts after which the job has failed.
        backoff: The seconds before the second attempt; each further wait doubles, up to an hour.
        secret: Whether the arguments are erased as soon as the job has ended.
        every: The seconds between two runs, from a minute to a month. These jobs are made without
            arguments, once among all processes, and only after the previous one has ended.
        on_failure: Called as `on_failure(services, db, arguments, error)` in the transaction that
            ends a job without success: its last attempt failed, its worker died during it, or it
            was cancelled. If it raises, its changes are rolled back and the job ends all the same.
        urgent: Whether the job goes before all that are not: for short jobs that a user waits
            for.
    """

    name: str
    function: JobFunction
    max_attempts: int = MAX_ATTEMPTS
    backoff: float = BACKOFF_SECONDS
    secret: bool = False
    every: float | None = None
    on_failure: FailureFunction | None = None
    urgent: bool = False

    def __post_init__(self) -> None:
        if self.every is not None and self.every < SHORTEST_PERIOD_SECONDS:
            raise ValueError(f"the job {self.name} cannot run more than once a minute")

    def delay(self, attempt: int) -> timedelta:
        """The wait after the failure of an attempt, counted from 1.

        >>> Declaration("mail.send", print, backoff=10).delay(3)
        datetime.timedelta(seconds=40)
        """
        seconds = self.backoff * 2.0 ** min(attempt - 1, 32)
        return timedelta(seconds=min(seconds, LONGEST_BACKOFF_SECONDS))


def _refuse(_context: Any, **_arguments: Any) -> None:
    raise LookupError("no job of this name is declared here")


# A newer process may have made a job that this one does not declare: it fails like any other, is
# tried again, and is treated as secret.
UNKNOWN = Declaration("", _refuse, secret=True)


class Jobs:
    """The jobs of one application.

    Attributes:
        declared: The declarations by name.
        running: The guids of the jobs that this process runs at the moment.
    """

    def __init__(self, services: Services) -> None:
        self.declared: dict[str, Declaration] = {}
        self.running: set[UUID] = set()
        self._services = services

    @cached_property
    def queue(self) -> "Queue":
        """The queue and its workers, made at first use: configuration opens no file."""
        in_redis = self._services[Settings]["houston.jobs.url"].startswith("redis")
        # Huey imports the clients of Redis and PostgreSQL wherever they are installed.
        with hidden("psycopg", *(() if in_redis else ("redis",))):
            from houston.core.jobs.queue import Queue

        return Queue(self._services)

    def find(self, name: str) -> Declaration:
        """The declaration of a job, or one whose function always fails."""
        return self.declared.get(name, UNKNOWN)

    def enqueue(
        self,
        db: Session,
        name: str,
        arguments: Mapping[str, Any] | None = None,
        *,
        owner: UUID | None = None,
        run_after: datetime | None = None,
    ) -> UUID:
        """Make a job in the caller's transaction; workers get it after the commit.

        Args:
            arguments: Values that JSON can hold: guids rather than rows.
            owner: The guid of the account that the job is for.
            run_after: The earliest time of the first attempt.

        Raises:
            KeyError: No such job is declared.
        """
        return self.enqueue_many(db, name, [arguments or {}], owner=owner, run_after=run_after)[0]

    def enqueue_many(
        self,
        db: Session,
        name: str,
        arguments: Iterable[Mapping[str, Any]],
        *,
        owner: UUID | None = None,
        run_after: datetime | None = None,
    ) -> list[UUID]:
        """Make a job for each of the arguments, by one statement and one message; see `enqueue`."""
        shared: dict[str, Any] = {
            "name": name,
            "max_attempts": self.declared[name].max_attempts,
            "owner_guid": owner,
            "run_after": run_after or utc_now(),
        }
        rows = [{"guid": uuid4(), "arguments": dict(each), **shared} for each in arguments]
        guids = [row["guid"] for row in rows]
        if rows:
            db.execute(insert(Job), rows)
            self.hand_over(db, name, guids, run_after)
        return guids

    def hand_over(
        self, db: Session, name: str, guids: Sequence[UUID], run_after: datetime | None = None
    ) -> None:
        """Put jobs of one name into the queue when the transaction has committed."""
        urgent = self.find(name).urgent
        after_commit(db, lambda: self.queue.put(guids, urgent=urgent, run_after=run_after))

    def retry(self, db: Session, guid: UUID) -> bool:
        """Start a job again that failed or was cancelled, with all its attempts.

        Returns False when there is no such job, or its secret arguments have been erased.
        """
        row = _locked(db, guid)
        if row is None or row.state not in (JobState.FAILED, JobState.CANCELLED):
            return False
        declaration = self.find(row.name)
        if declaration.secret:
            return False
        # The attempts are counted on: an attempt that was cancelled may still be running, and must
        # not be taken for a new one with its number.
        row.max_attempts = row.attempts + declaration.max_attempts
        row.state, row.run_after = JobState.PENDING, utc_now()
        row.error, row.progress, row.finished = None, 0, None
        db.flush()
        self.hand_over(db, row.name, [guid])
        return True

    def cancel(self, db: Session, guid: UUID) -> bool:
        """Cancel a job; returns False when it has ended, or does not exist.

        A running job is not interrupted: it ends at its next `set_progress`, or its work is rolled
        back at its end.
        """
        row = _locked(db, guid)
        if row is None or row.state not in (JobState.PENDING, JobState.RUNNING):
            return False
        self.give_up(db, row, JobState.CANCELLED, "the job was cancelled")
        return True

    def fail_attempt(
        self, db: Session, row: Job, error: str, wait: timedelta = timedelta()
    ) -> None:
        """Retry a job after `wait`, or end it when it has no attempts left.

        The caller holds the lock of the row.
        """
        if row.attempts < row.max_attempts:
            row.error, row.lease_until = error, None
            row.state, row.run_after = JobState.PENDING, utc_now() + wait
        else:
            self.give_up(db, row, JobState.FAILED, error)

    def give_up(self, db: Session, row: Job, state: JobState, error: str) -> None:
        """End a job without success, and call its `on_failure` in the same transaction.

        The caller holds the lock of the row.
        """
        declaration, arguments = self.find(row.name), row.arguments
        row.state, row.error, row.lease_until, row.finished = state, error, None, utc_now()
        if declaration.secret:
            row.arguments = {}
        db.flush()
        if declaration.on_failure is None:
            return
        try:
            with db.begin_nested():
                declaration.on_failure(self._services, db, arguments, error)
        except Exception:
            logger.exception("the on_failure of a job %s failed", declaration.name)


def _locked(db: Session, guid: UUID) -> Job | None:
    return db.get(Job, guid, with_for_update=True, populate_existing=True)


def job(name: str, **options: Any) -> Callable[[AnyFunction], AnyFunction]:
    """Declare the decorated function as a job, by `add_job`, once `config.scan` finds it."""

    def declare(scanner: Any, _name: str, found: AnyFunction) -> None:
        scanner.config.add_job(name, found, **options)

    def decorate(function: AnyFunction) -> AnyFunction:
        venusian.attach(function, declare, category="pyramid")
        return function

    return decorate


def add_job(config: Configurator, name: str, function: JobFunction | str, **options: Any) -> None:
    """Declare a job: `config.add_job("mail.send", function, urgent=True)`.

    Args:
        function: A function or its dotted name; it is called at least once for each job, so a
            repetition must do no harm. Two of one name are a configuration conflict.
        options: The other attributes of `Declaration`.
    """
    declaration = Declaration(name, config.maybe_dotted(function), **options)
    declared = services_of(config)[Jobs].declared
    config.action(("houston.job", name), setitem, args=(declared, name, declaration))

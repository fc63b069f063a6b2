"""The queue: putting jobs into the table, taking them back and putting them in again."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert

from houston.core.db.session import Session
from houston.core.db.types import utc_now
from houston.core.events import after_commit
from houston.core.jobs.declaration import UNKNOWN, Declaration, Doorbell
from houston.core.jobs.models import Job, JobState


class Jobs:
    """The declared jobs of one application, those that run here, and its doorbell."""

    def __init__(self, doorbell: Doorbell) -> None:
        self.doorbell = doorbell
        self.running: set[UUID] = set()
        self._declared: dict[str, Declaration] = {}

    def declare(self, declaration: Declaration) -> None:
        """Make a job known by its name."""
        self._declared[declaration.name] = declaration

    def known(self, name: str) -> Declaration:
        """The declaration of this name, or a LookupError."""
        try:
            return self._declared[name]
        except KeyError:
            raise LookupError(f"no job named {name!r} is declared") from None

    def find(self, name: str) -> Declaration:
        """The declaration of this name, or one whose function always fails."""
        return self._declared.get(name, UNKNOWN)

    def periodic(self) -> Iterable[Declaration]:
        """The jobs that make themselves."""
        return (each for each in self._declared.values() if each.every is not None)

    def urgent_names(self) -> list[str]:
        """The names of the jobs that go first."""
        return [each.name for each in self._declared.values() if each.urgent]

    def enqueue(
        self,
        db: Session,
        name: str,
        arguments: Mapping[str, Any] | None = None,
        *,
        owner: UUID | None = None,
        run_after: datetime | None = None,
    ) -> Job:
        """Write a job in the caller's transaction; it is handed to a worker after the commit.

        Args:
            arguments: What JSON can say: guids rather than rows.
            owner: The guid of the account that the job is for.
            run_after: When the job may start.

        Raises:
            LookupError: No such job is declared.
        """
        row = Job(
            name=name,
            arguments=dict(arguments or {}),
            max_attempts=self.known(name).max_attempts,
            owner_guid=owner,
            run_after=run_after or utc_now(),
        )
        db.add(row)
        db.flush()
        after_commit(db, self.doorbell.ring)
        return row

    def enqueue_many(
        self,
        db: Session,
        name: str,
        arguments: Iterable[Mapping[str, Any]],
        *,
        owner: UUID | None = None,
    ) -> list[UUID]:
        """Write a job for each of the arguments, at the price of one.

        Returns:
            The guids of the jobs, in the order of the arguments.

        Raises:
            LookupError: No such job is declared.
        """
        shared = {
            "name": name,
            "max_attempts": self.known(name).max_attempts,
            "owner_guid": owner,
            "run_after": utc_now(),
        }
        rows: list[dict[str, Any]] = [
            {"guid": uuid4(), "arguments": dict(each), **shared} for each in arguments
        ]
        if rows:
            db.execute(insert(Job), rows)
            after_commit(db, partial(self.doorbell.ring, len(rows)))
        return [row["guid"] for row in rows]

    def retry(self, db: Session, guid: UUID) -> bool:
        """Let a job that failed or was cancelled begin again; False when it did not, or cannot.

        A secret job cannot, because its arguments are erased.
        """
        row = locked(db, guid)
        if row is None or row.state not in (JobState.FAILED, JobState.CANCELLED):
            return False
        declaration = self.find(row.name)
        if declaration.secret:
            return False
        # The attempts are counted on: an attempt that was cancelled may still be under way, and
        # must not take the place of a new one with its number.
        row.max_attempts = row.attempts + declaration.max_attempts
        row.state, row.run_after = JobState.PENDING, utc_now()
        row.error, row.progress, row.finished = None, 0, None
        db.flush()
        after_commit(db, self.doorbell.ring)
        return True


def locked(db: Session, guid: UUID) -> Job | None:
    """The row of a job, locked until the end of the transaction."""
    return db.get(Job, guid, with_for_update=True, populate_existing=True)

"""What becomes of a job that did not succeed: another attempt, or its end.

The same rules hold for an attempt that failed, for one whose worker died and for a job that was
cancelled. Whoever calls these holds the lock of the row.
"""

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from houston.core.db.session import Session
from houston.core.db.types import utc_now
from houston.core.jobs.declaration import Declaration
from houston.core.jobs.models import Job, JobState
from houston.core.jobs.queue import Jobs, locked
from houston.core.services import Services

logger = logging.getLogger(__name__)


def fail_attempt(
    services: Services, db: Session, row: Job, error: str, wait: timedelta = timedelta()
) -> None:
    """Let a job be tried again after `wait`, or fail for good when its attempts are used up."""
    if row.attempts < row.max_attempts:
        row.error, row.lease_until = error, None
        row.state, row.run_after = JobState.PENDING, utc_now() + wait
    else:
        give_up(services, db, row, JobState.FAILED, error)


def give_up(services: Services, db: Session, row: Job, state: JobState, error: str) -> None:
    """End a job without success, and tell its `on_failure` within the same transaction."""
    declaration, arguments = services[Jobs].find(row.name), row.arguments
    row.state, row.error, row.lease_until, row.finished = state, error, None, utc_now()
    if declaration.secret:
        row.arguments = {}
    db.flush()
    _tell(services, db, declaration, arguments, error)


def _tell(
    services: Services,
    db: Session,
    declaration: Declaration,
    arguments: Mapping[str, Any],
    error: str,
) -> None:
    if declaration.on_failure is None:
        return
    try:
        with db.begin_nested():
            declaration.on_failure(services, db, arguments, error)
    except Exception:
        logger.exception("what was to follow the end of a job %s failed", declaration.name)


def cancel(services: Services, db: Session, guid: UUID) -> bool:
    """Cancel a job that is not over; False when it is, or does not exist.

    A running job is not interrupted: it ends at its next `set_progress`, or its work is rolled
    back at its end.
    """
    row = locked(db, guid)
    if row is None or row.state not in (JobState.PENDING, JobState.RUNNING):
        return False
    give_up(services, db, row, JobState.CANCELLED, "the job was cancelled")
    return True

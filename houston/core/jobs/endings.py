"""What becomes of a job that did not succeed: another attempt, or its end.

The same rules hold for an attempt that failed, for one whose worker died and for a job that was
cancelled. Whoever calls these holds the lock of the row.
"""

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from houston.core.db.types import utc_now
from houston.core.jobs.declaration import Declaration, Jobs
from houston.core.jobs.models import Job, JobState

logger = logging.getLogger(__name__)


def fail_attempt(db: Session, row: Job, error: str, wait: timedelta = timedelta()) -> None:
    """Let a job be tried again after `wait`, or fail for good when its attempts are used up."""
    if row.attempts < row.max_attempts:
        row.error, row.lease_until = error, None
        row.state, row.run_after = JobState.PENDING, utc_now() + wait
    else:
        give_up(db, row, JobState.FAILED, error)


def give_up(db: Session, row: Job, state: JobState, error: str) -> None:
    """End a job without success, and tell its `on_failure` within the same transaction."""
    jobs: Jobs = db.info["jobs"]
    declaration, arguments = jobs.find(row.name), row.arguments
    row.state, row.error, row.lease_until, row.finished = state, error, None, utc_now()
    if declaration.secret:
        row.arguments = {}
    db.flush()
    _tell(db, declaration, arguments, error)


def _tell(db: Session, declaration: Declaration, arguments: Mapping[str, Any], error: str) -> None:
    if declaration.on_failure is None:
        return
    try:
        with db.begin_nested():
            declaration.on_failure(db, arguments, error)
    except Exception:
        logger.exception("what was to follow the end of a job %s failed", declaration.name)

"""The services of progress and of background jobs.

A progress is changed in the transaction of the work that it describes. A progress that is None, or
deleted meanwhile, is ignored: no work depends on its progress. A step that changes updates the work
that it is part of.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, case, func, inspect, or_, select
from sqlalchemy.orm import aliased, with_expression
from sqlalchemy.orm.attributes import set_committed_value

from houston.core.api.listing import Listing
from houston.core.db.session import Session
from houston.core.http.measures import Values
from houston.core.jobs import Job, JobState
from houston.core.services import Services
from houston.core.values import storable
from houston.modules.jobs.models import ACTIVE, FINAL, OVER, Progress, ProgressStatus

MAX_DESCRIPTION = 256
MAX_MESSAGE = 2000
JOB = Job.__table__.c
JOBS = Listing(
    select(*(column for column in JOB if column.name != "arguments")),
    sort=("name", "state", "run_after", "created", "updated"),
    words=("name",),
)


def count_jobs(_services: Services, db: Session) -> Values:
    """The number of background jobs that are not deleted yet, by name and state."""
    counts = db.execute(select(JOB.name, JOB.state, func.count()).group_by(JOB.name, JOB.state))
    return {(name, state.value): number for name, state, number in counts}


def create_progress(
    db: Session,
    description: str,
    parent: Progress | None = None,
    *,
    job_guid: UUID | None = None,
    analysis_guid: UUID | None = None,
) -> Progress:
    """Create the progress of some work.

    Args:
        description: The work, in at most 256 characters; a longer text is cut.
        parent: The progress of which this is a step. It never changes, so there are no cycles.
        job_guid: The background job that does the work.
        analysis_guid: The job of the image analysis that does the work.
    """
    progress = Progress(
        description=storable(description)[:MAX_DESCRIPTION],
        parent_guid=None if parent is None else parent.guid,
        job_guid=job_guid,
        analysis_guid=analysis_guid,
    )
    db.add(progress)
    db.flush()
    return progress


def set_percentage(
    db: Session, progress: Progress | None, percentage: float, *, force: bool = False
) -> None:
    """Set the percentage, from 0 to 100; a smaller one than before is ignored without `force`.

    Skipped and cancelled work becomes healthy again; completed and failed work does not change.
    """
    whole = int(min(max(percentage, 0), 100))
    row, parents = _locked(db, progress)
    if row is None or row.status in FINAL or (whole < row.percentage and not force):
        return
    row.advance(whole)
    _update(db, parents)


def complete(db: Session, progress: Progress | None) -> None:
    """Mark work as completed."""
    set_percentage(db, progress, 100)


def skip(db: Session, progress: Progress | None, message: str | None = None) -> None:
    """Mark work as skipped, with the reason."""
    _end(db, progress, ProgressStatus.SKIPPED, message)


def cancel(db: Session, progress: Progress | None, message: str | None = None) -> None:
    """Mark work as cancelled, with the reason."""
    _end(db, progress, ProgressStatus.CANCELLED, message)


def fail(db: Session, progress: Progress | None, message: str | None = None) -> None:
    """Mark work as failed, with the reason."""
    _end(db, progress, ProgressStatus.FAILED, message)


def begin_again(db: Session, progress: Progress | None) -> None:
    """Reset the progress of work that is repeated; work that failed by it is healthy again."""
    row, parents = _locked(db, progress)
    if row is not None:
        row.begin()
        _update(db, parents, reset=True)


def sum_up(db: Session, progress: Progress | None) -> None:
    """Update work of which many steps were created or ended at once."""
    row, parents = _locked(db, progress)
    if row is not None:
        _update(db, [row, *parents], reset=True)


def _ahead() -> ColumnElement[int | None]:
    """Return the number of pending jobs that are due before the progress' own pending job."""
    own, other = aliased(Job), aliased(Job)
    before = (
        select(func.count())
        .select_from(own)
        .join(other, other.run_after < own.run_after)
        .where(own.guid == Progress.job_guid)
        .where(own.state == JobState.PENDING, other.state == JobState.PENDING)
        .correlate(Progress)
        .scalar_subquery()
    )
    return case((Progress.job_guid.is_not(None), before))


GUIDS: Any = bindparam("guids", expanding=True)
WITH_STEPS = (
    select(Progress)
    .where(or_(Progress.guid.in_(GUIDS), Progress.parent_guid.in_(GUIDS)))
    .order_by(Progress.created, Progress.guid)
    .options(with_expression(Progress.ahead, _ahead()))
    .execution_options(populate_existing=True)
)


def load_progress(db: Session, rows: Iterable[Progress]) -> None:
    """Load the `steps` and `ahead` of rows, in one statement."""
    guids = {row.guid for row in rows}
    if not guids:
        return
    found = db.scalars(WITH_STEPS, {"guids": [*guids]}).all()
    steps = defaultdict(list)
    for row in found:
        steps[row.parent_guid].append(row)
    for row in found:
        if row.guid in guids:
            set_committed_value(row, "steps", steps[row.guid])


@dataclass(frozen=True)
class Phase:
    """The state of a phase of a pipeline; `schemas.PhaseSchema` describes the attributes."""

    skipped: bool = False
    in_progress: bool = False
    failed: bool = False
    complete: bool = False
    message: str | None = None
    steps: int = 0
    steps_complete: int = 0
    progress: float = 0.0
    start: datetime | None = None
    end: datetime | None = None
    eta: float | None = None
    ahead: int | None = None
    status: str | None = None
    description: str | None = None


def phase_of(
    progress: Progress | None, *, missing: str = "missing Progress", complete: bool = False
) -> Phase:
    """Return the phase of a progress that is loaded with its steps.

    Args:
        missing: The message of a phase without one.
        complete: Whether a phase without one is complete.
    """
    if progress is None:
        return Phase(complete=complete, progress=float(complete), message=missing)
    return Phase(
        skipped=progress.status is ProgressStatus.SKIPPED,
        in_progress=progress.status in ACTIVE,
        failed=progress.status is ProgressStatus.FAILED,
        complete=progress.complete,
        message=progress.message,
        steps=len(progress.steps),
        steps_complete=sum(step.complete for step in progress.steps),
        progress=progress.percentage / 100,
        start=progress.created,
        end=progress.updated if progress.complete else None,
        eta=progress.eta,
        ahead=progress.ahead,
        status=progress.status,
        description=progress.description,
    )


def _end(
    db: Session, progress: Progress | None, status: ProgressStatus, message: str | None
) -> None:
    row, parents = _locked(db, progress)
    if row is not None and row.status in ACTIVE:
        row.end(status, message and storable(message)[:MAX_MESSAGE])
        _update(db, parents)


def _locked(db: Session, progress: Progress | None) -> tuple[Progress | None, Sequence[Progress]]:
    """Return the current row and its parents, nearest first, locked until the commit.

    The lock is on the topmost parent, whichever row below is changed: two workers that end the last
    two steps each see the change of the other, and cannot deadlock.
    """
    if progress is None:
        return None, ()
    lineage = _lineage(db, progress)
    lock = select(Progress.guid).where(Progress.guid.in_(lineage[-1:])).with_for_update()
    db.execute(lock)
    fresh = select(Progress).where(Progress.guid.in_(lineage))
    rows = {row.guid: row for row in db.scalars(fresh.execution_options(populate_existing=True))}
    if not lineage or len(rows) < len(lineage):
        return None, ()
    row, *parents = (rows[guid] for guid in lineage)
    return row, parents


def _lineage(db: Session, progress: Progress) -> Sequence[UUID]:
    """Return the guids of a progress and its parents, nearest first; none if it is deleted."""
    columns = Progress.guid, Progress.parent_guid
    # The attributes of a deleted row cannot be read.
    identity = inspect(progress).identity
    assert identity is not None
    guid: UUID = identity[0]
    place = select(*columns).where(Progress.guid == guid).cte(recursive=True)
    place = place.union(select(*columns).join(place, Progress.guid == place.c.parent_guid))
    parents = {row.guid: row.parent_guid for row in db.execute(select(place))}
    lineage = []
    while guid in parents:
        lineage.append(guid)
        guid = parents.pop(guid)
    return lineage


def _update(db: Session, rows: Sequence[Progress], *, reset: bool = False) -> None:
    """Update rows from their steps, nearest first, until one does not change.

    With `reset` the percentage may decrease, and completed and failed work changes.
    """
    for row in rows:
        before = row.status, row.percentage
        if reset or row.status not in FINAL:
            _update_from_steps(db, row, reset=reset)
        if before == (row.status, row.percentage):
            return


def _update_from_steps(db: Session, row: Progress, *, reset: bool) -> None:
    """Set the percentage to the share of the steps that are over, or fail with the first one."""
    is_step = Progress.parent_guid == row.guid
    failed_steps = select(Progress.description, Progress.message).where(
        is_step, Progress.status == ProgressStatus.FAILED
    )
    failed = db.execute(failed_steps.order_by(Progress.created).limit(1)).first()
    if failed is not None:
        row.percentage = 0
        reason = f"{failed.description}: {failed.message or 'failed'}"
        row.end(ProgressStatus.FAILED, storable(reason)[:MAX_MESSAGE])
        return
    over = func.count().filter(Progress.status.in_(OVER))
    share = db.scalar(select(100 * over // func.nullif(func.count(), 0)).where(is_step)) or 0
    row.advance(share if reset else max(share, row.percentage))

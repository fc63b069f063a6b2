"""What happens to a progress: it moves, and it ends.

Whoever does the work says so in the transaction of the work. A progress that is None, or gone
meanwhile, is passed over: work does not depend on being watched. A step that begins or ends tells
the work above it.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, inspect, select

from houston.core.db.session import Session
from houston.core.values import UNSTORABLE
from houston.modules.jobs.models import FINAL, OVER, UNDER_WAY, Progress, ProgressStatus

LONGEST_DESCRIPTION = 256
LONGEST_MESSAGE = 2000


def create_progress(
    db: Session,
    description: str,
    parent: Progress | None = None,
    *,
    job_guid: UUID | None = None,
    analysis_guid: UUID | None = None,
) -> Progress:
    """Begin to show how far a piece of work is; with `parent` it is a step of that one.

    The parent of a progress is given here once and for all, so no chain of parents is a loop.
    """
    progress = Progress(
        description=_storable(description, LONGEST_DESCRIPTION),
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
    """Say how far it is, 100 being all; less than before counts only by `force`.

    It brings back what was skipped or cancelled, but not what is completed or failed.
    """
    wanted = int(min(max(percentage, 0), 100))
    row, above = _locked(db, progress)
    if row is None or row.status in FINAL or (wanted < row.percentage and not force):
        return
    row.advance(wanted)
    _tell(db, above)


def complete(db: Session, progress: Progress | None) -> None:
    """Say that all is done."""
    set_percentage(db, progress, 100)


def skip(db: Session, progress: Progress | None, message: str | None = None) -> None:
    """Say that there is nothing to do, and why."""
    _end(db, progress, ProgressStatus.SKIPPED, message)


def cancel(db: Session, progress: Progress | None, message: str | None = None) -> None:
    """Say that it was called off, and why."""
    _end(db, progress, ProgressStatus.CANCELLED, message)


def fail(db: Session, progress: Progress | None, message: str | None = None) -> None:
    """Say that it ended without success, and why."""
    _end(db, progress, ProgressStatus.FAILED, message)


def begin_again(db: Session, progress: Progress | None) -> None:
    """Say that it is done anew, whatever became of it; work above that failed by it is healthy."""
    row, above = _locked(db, progress)
    if row is not None:
        row.begin()
        _tell(db, above, anew=True)


def sum_up(db: Session, progress: Progress | None) -> None:
    """Be as far as the steps are, of which many were begun or ended at once."""
    row, above = _locked(db, progress)
    if row is not None:
        _tell(db, [row, *above], anew=True)


def _end(
    db: Session, progress: Progress | None, status: ProgressStatus, message: str | None
) -> None:
    row, above = _locked(db, progress)
    if row is not None and row.status in UNDER_WAY:
        row.end(status, message and _storable(message, LONGEST_MESSAGE))
        _tell(db, above)


def _locked(db: Session, progress: Progress | None) -> tuple[Progress | None, Sequence[Progress]]:
    """The row and those above it, nearest first, as they are now and stay until the commit.

    The topmost is locked, whichever below it is meant: so each of two workers that end the last
    two steps sees what the other did, and none waits for one that waits for him.
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
    row, *above = (rows[guid] for guid in lineage)
    return row, above


def _lineage(db: Session, progress: Progress) -> Sequence[UUID]:
    """A progress and those above it, nearest first; none when it is gone."""
    columns = Progress.guid, Progress.parent_guid
    # Its attributes cannot be read when it is gone.
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


def _tell(db: Session, above: Sequence[Progress], *, anew: bool = False) -> None:
    """Sum up the steps of each one above, nearest first, until nothing changes."""
    for parent in above:
        before = parent.status, parent.percentage
        if anew or parent.status not in FINAL:
            _sum_up(db, parent, anew=anew)
        if before == (parent.status, parent.percentage):
            return


def _sum_up(db: Session, parent: Progress, *, anew: bool) -> None:
    """Be as far as the share of the steps that are over; one that failed makes it fail."""
    is_step = Progress.parent_guid == parent.guid
    failure = select(Progress.description, Progress.message).where(
        is_step, Progress.status == ProgressStatus.FAILED
    )
    if (failed := db.execute(failure.order_by(Progress.created).limit(1)).first()) is not None:
        parent.percentage = 0
        reason = f"{failed.description}: {failed.message or 'failed'}"
        parent.end(ProgressStatus.FAILED, _storable(reason, LONGEST_MESSAGE))
        return
    over = func.count().filter(Progress.status.in_(OVER))
    share = db.scalar(select(100 * over // func.nullif(func.count(), 0)).where(is_step)) or 0
    parent.advance(share if anew else max(share, parent.percentage))


def _storable(text: str, longest: int) -> str:
    return UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)[:longest]

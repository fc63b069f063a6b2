"""Periodic jobs: one row for each slot of time, however many processes look at the clock.

The guid of such a row is made of the job's name and the slot's number, so that two processes which
make it at once make the same one.
"""

from datetime import datetime, timedelta
from uuid import UUID, uuid5

from sqlalchemy import delete, or_, select
from sqlalchemy.exc import IntegrityError

from houston.core.db.session import Session
from houston.core.jobs.declaration import Declaration
from houston.core.jobs.models import Job, JobState
from houston.core.jobs.queue import Jobs

NAMESPACE = UUID("5ad4e0f9-7b6c-4b5e-9d43-0f6c1f1f5a52")
KEPT = timedelta(days=1)


def make_periodic(jobs: Jobs, db: Session, now: datetime) -> None:
    """Make the rows of the present slots, save those of jobs that are still waiting or running."""
    slots = {slot_guid(each, now): each for each in jobs.periodic()}
    if not slots:
        return
    names = [each.name for each in slots.values()]
    unfinished = Job.state.in_((JobState.PENDING, JobState.RUNNING)) & Job.name.in_(names)
    rows = db.execute(select(Job.guid, Job.name).where(or_(Job.guid.in_(slots), unfinished))).all()
    made, busy = {row.guid for row in rows}, {row.name for row in rows}
    for guid, declaration in slots.items():
        if guid not in made and declaration.name not in busy:
            _make(db, guid, declaration, now)


def slot_guid(declaration: Declaration, now: datetime) -> UUID:
    """The guid of a periodic job's row in the slot of `now`."""
    slot = int(now.timestamp() // (declaration.every or 1))
    return uuid5(NAMESPACE, f"{declaration.name} {slot}")


def _make(db: Session, guid: UUID, declaration: Declaration, now: datetime) -> None:
    row = Job(
        guid=guid, name=declaration.name, max_attempts=declaration.max_attempts, run_after=now
    )
    try:
        with db.begin_nested():
            db.add(row)
    except IntegrityError:
        return  # another process was faster
    _forget_former(db, declaration.name, now)


def _forget_former(db: Session, name: str, now: datetime) -> None:
    """Delete what became of the job before yesterday, failures included: it tells for itself."""
    over = (JobState.DONE, JobState.FAILED, JobState.CANCELLED)
    former = Job.name == name, Job.state.in_(over), Job.run_after < now - KEPT
    db.execute(delete(Job).where(*former))

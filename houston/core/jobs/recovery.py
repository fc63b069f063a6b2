"""The maintenance of the rows: leases, lost jobs, periodic jobs, and the deletion of old ones.

The heartbeat of each process that has workers finds the jobs of dead ones, within seconds. The
maintenance, which the queue calls when workers start and each minute, does everything else.
"""

from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from sqlalchemy import delete, or_, select, update
from sqlalchemy.exc import IntegrityError

from houston.core.db.session import Database, Session
from houston.core.db.types import utc_now
from houston.core.jobs.execution import LEASE, is_dead
from houston.core.jobs.jobs import Declaration, Job, Jobs, JobState
from houston.core.services import Services

RETENTION = timedelta(days=30)
PERIODIC_RETENTION = timedelta(days=1)
MAX_LOST = 1000
SLOTS = UUID("5ad4e0f9-7b6c-4b5e-9d43-0f6c1f1f5a52")
"""The namespace of the guids of periodic jobs."""


def heartbeat(services: Services) -> None:
    """Renew the leases of the jobs of this process, and take over those of dead workers."""
    jobs, database = services[Jobs], services[Database]
    is_running = Job.state == JobState.RUNNING
    if ours := tuple(jobs.running):
        with database.transaction() as db:
            renewed = update(Job).where(Job.guid.in_(ours), is_running)
            db.execute(renewed.values(lease_until=utc_now() + LEASE))
    # Reading needs no write lock of SQLite, and there is hardly ever a job to take over.
    with database.reading() as db:
        running = db.execute(select(Job.guid, Job.lease_until, Job.worker).where(is_running)).all()
    for row in running:
        if row.lease_until < utc_now() or is_dead(row.worker):
            with database.transaction() as db:
                _take_over(jobs, db, row.guid, row.lease_until)


def maintain(services: Services) -> None:
    """Make the periodic jobs that are due, delete old jobs, and queue lost ones again."""
    jobs, database = services[Jobs], services[Database]
    with database.transaction() as db:
        make_periodic(jobs, db, utc_now())
        _delete_old(jobs, db)
    with database.transaction() as db:
        _queue_lost(jobs, db)


def make_periodic(jobs: Jobs, db: Session, now: datetime) -> None:
    """Make the periodic jobs of the current time slots, unless the previous one has not ended."""
    for declaration in jobs.declared.values():
        if declaration.every is None:
            continue
        name, guid = declaration.name, slot_guid(declaration, now)
        unfinished = (Job.name == name) & Job.state.in_((JobState.PENDING, JobState.RUNNING))
        if db.scalar(select(Job.guid).where(or_(Job.guid == guid, unfinished)).limit(1)) is None:
            # Another process may be faster.
            with suppress(IntegrityError), db.begin_nested():
                attempts = declaration.max_attempts
                db.add(Job(guid=guid, name=name, max_attempts=attempts, run_after=now))
                jobs.hand_over(db, name, [guid])


def slot_guid(declaration: Declaration, now: datetime) -> UUID:
    """The guid of a periodic job in the slot of `now`: all processes make the same one."""
    slot = int(now.timestamp() // (declaration.every or 1))
    return uuid5(SLOTS, f"{declaration.name} {slot}")


def _take_over(jobs: Jobs, db: Session, guid: UUID, lease_until: datetime) -> None:
    """End the attempt of a dead worker, unless another process does, or the lease was renewed."""
    abandoned = (
        select(Job)
        .where(Job.guid == guid, Job.state == JobState.RUNNING, Job.lease_until == lease_until)
        .with_for_update(skip_locked=True)
    )
    if (row := db.scalar(abandoned)) is not None:
        jobs.fail_attempt(db, row, "the worker died")
        if row.state is JobState.PENDING:
            jobs.hand_over(db, row.name, [guid])


def _delete_old(jobs: Jobs, db: Session) -> None:
    """Delete jobs that were done or cancelled a month ago, and all periodic ones after a day.

    Other failed jobs stay for inspection.
    """
    periodic = [each.name for each in jobs.declared.values() if each.every is not None]
    ended = (JobState.DONE, JobState.CANCELLED)
    now = utc_now()
    old = or_(
        Job.state.in_(ended) & (Job.run_after < now - RETENTION),
        Job.state.in_((*ended, JobState.FAILED))
        & Job.name.in_(periodic)
        & (Job.run_after < now - PERIODIC_RETENTION),
    )
    db.execute(delete(Job).where(old))


def _queue_lost(jobs: Jobs, db: Session) -> None:
    """Queue the due jobs again of which the queue has no message.

    The longest overdue ones are checked: a lost job becomes one of them, as no worker runs it.
    """
    is_due = Job.state == JobState.PENDING, Job.run_after <= utc_now()
    due = select(Job.guid, Job.name).where(*is_due).order_by(Job.run_after).limit(MAX_LOST)
    rows = db.execute(due).all()
    queued = jobs.queue.guids() if rows else set()
    for guid, name in rows:
        if guid not in queued:
            jobs.hand_over(db, name, [guid])

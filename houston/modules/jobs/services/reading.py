"""Reading progress for people: with its steps, and with what is in front of it in the queue."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import aliased, with_expression
from sqlalchemy.orm.attributes import set_committed_value

from houston.core.db.session import Session
from houston.core.jobs import Job, JobState
from houston.modules.jobs.models import Progress


def load_progress(db: Session, guids: Iterable[UUID | None]) -> Mapping[UUID, Progress]:
    """The rows of these guids, with their `steps` and `ahead`, in one statement.

    Rows that refer to them by a relationship find them in the session afterwards.
    """
    wanted = {guid for guid in guids if guid is not None}
    if not wanted:
        return {}
    statement = (
        select(Progress)
        .where(or_(Progress.guid.in_(wanted), Progress.parent_guid.in_(wanted)))
        .order_by(Progress.created, Progress.guid)
        .options(with_expression(Progress.ahead, _ahead()))
        .execution_options(populate_existing=True)
    )
    rows = db.scalars(statement).all()
    steps = defaultdict(list)
    for row in rows:
        steps[row.parent_guid].append(row)
    for guid, row in (found := {row.guid: row for row in rows if row.guid in wanted}).items():
        set_committed_value(row, "steps", steps[guid])
    return found


def _ahead() -> ColumnElement[int | None]:
    """The number of jobs that are due before the progress' own; none once that has begun."""
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

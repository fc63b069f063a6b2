"""Reading progress for people: with its steps, and with what is in front of it in the queue."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import aliased, with_expression
from sqlalchemy.orm.attributes import set_committed_value

from houston.core.db.session import Session
from houston.core.jobs import Job, JobState
from houston.modules.jobs.models import Progress


def load_progress(db: Session, rows: Iterable[Progress]) -> None:
    """Load the `steps` and `ahead` of rows, in one statement."""
    guids = {row.guid for row in rows}
    statement = (
        select(Progress)
        .where(or_(Progress.guid.in_(guids), Progress.parent_guid.in_(guids)))
        .order_by(Progress.created, Progress.guid)
        .options(with_expression(Progress.ahead, _ahead()))
        .execution_options(populate_existing=True)
    )
    found = db.scalars(statement).all()
    steps = defaultdict(list)
    for row in found:
        steps[row.parent_guid].append(row)
    for row in found:
        if row.guid in guids:
            set_committed_value(row, "steps", steps[row.guid])


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

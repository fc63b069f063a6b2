"""The list of reports, and the jobs that make them."""

import logging
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select

from houston.core.api.listing import Listing
from houston.core.db.session import Database, Session
from houston.core.db.types import utc_now
from houston.core.http.measures import Values
from houston.core.integrity import IntegrityChecks, count
from houston.core.jobs import JobContext, Jobs, job
from houston.core.security.grants import Identity
from houston.core.services import Services
from houston.core.settings import Settings
from houston.modules.integrity.models import IntegrityReport
from houston.modules.integrity.resources import IntegrityReportResource

log = logging.getLogger(__name__)

CHECK = "integrity.check"
DAY = 24 * 3600
REPORT = IntegrityReport.__table__.c
REPORTS = Listing(
    select(*REPORT),
    sort=("created", "guid", "updated", "faults"),
    words=("guid",),
    grants=IntegrityReportResource.grants,
)


def request_report(services: Services, db: Session, caller: Identity) -> IntegrityReport:
    """Create a report, and the job that checks the rules."""
    report = IntegrityReport()
    db.add(report)
    db.flush()
    arguments = {"report": str(report.guid)}
    report.job_guid = services[Jobs].enqueue(db, CHECK, arguments, owner=caller.account.guid)
    db.flush()
    return report


@job(CHECK, max_attempts=3)
def check(context: JobContext, report: str) -> None:
    """Check all rules for a report, unless it is deleted meanwhile."""
    made = _make_report(context.services)
    row = context.db.get(IntegrityReport, UUID(report))
    if row is not None:
        row.result, row.faults = made.result, made.faults


@job("integrity.check_daily", every=DAY, max_attempts=1)
def check_daily(context: JobContext) -> None:
    """Check all rules, and delete old reports."""
    made = _make_report(context.services)
    context.db.add(made)
    keep = timedelta(days=context.services[Settings]["houston.integrity.keep"])
    old = delete(IntegrityReport).where(IntegrityReport.created < utc_now() - keep)
    context.db.execute(old, execution_options={"synchronize_session": False})


def count_faults(_services: Services, db: Session) -> Values:
    """The number of faults in the newest report."""
    finished = select(REPORT.faults).where(REPORT.faults.is_not(None))
    faults = db.scalar(finished.order_by(REPORT.created.desc()).limit(1))
    return {} if faults is None else {(): faults}


def _make_report(services: Services) -> IntegrityReport:
    """Check all rules in a session of its own, so that nobody waits for its end."""
    checks = services[IntegrityChecks]
    with services[Database].reading() as db:
        result = checks.run(services, db)
    faults = checks.faults(result)
    if faults:
        log.warning("the catalogue breaks its rules: %s", faults)
    return IntegrityReport(result=result, faults=count(faults))

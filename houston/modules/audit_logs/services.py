"""The services of audit logs, and the job that deletes old ones."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select

from houston.core.api.listing import Listing
from houston.core.api.search.fields import KeywordField
from houston.core.db.session import Session
from houston.core.db.types import utc_now
from houston.core.jobs import JobContext, job
from houston.core.settings import Settings
from houston.modules.audit_logs.models import AuditLog, AuditType

LOG = AuditLog.__table__.c
LOGS = Listing(
    select(*LOG),
    sort=("created", "guid", "module_name", "item_guid", "audit_type", "user_email"),
    words=("guid", "module_name", "item_guid", "user_email", "message", "audit_type"),
    fields={
        "module_name": KeywordField(LOG.module_name),
        "user_guid": LOG.user_guid,
        "address": KeywordField(LOG.address),
        "request_id": KeywordField(LOG.request_id),
        "job_guid": LOG.job_guid,
        "message": LOG.message,
        "duration": LOG.duration,
    },
)
FAULTS = (AuditType.FRONT_END_FAULT, AuditType.BACK_END_FAULT, AuditType.HOUSTON_FAULT)
MAX_HISTORY = 1000
DAY = 86_400.0


def of_class(query: Mapping[str, Any]) -> ColumnElement[bool] | None:
    """Return the condition of the logs about objects of the class that a query string names."""
    name = query.get("module_name")
    return LOG.module_name == name if name else None


def faults(query: Mapping[str, Any]) -> ColumnElement[bool]:
    """Return the condition of the faults of the type that a query string names, or of all."""
    return LOG.audit_type.in_([query["fault_type"]] if "fault_type" in query else FAULTS)


def history_of(db: Session, item_guid: UUID) -> Sequence[Any]:
    """Return the latest 1000 logs about an object, the oldest of them first."""
    latest = select(*LOG).where(LOG.item_guid == item_guid).limit(MAX_HISTORY)
    return db.execute(latest.order_by(LOG.created.desc(), LOG.guid.desc())).all()[::-1]


@job("audit_logs.forget", every=DAY)
def delete_old_logs(context: JobContext) -> None:
    """Delete the logs that are older than `houston.audit.retention_days`."""
    days: int = context.services[Settings]["houston.audit.retention_days"]
    if days:
        too_old = AuditLog.created < utc_now() - timedelta(days=days)
        context.db.execute(delete(AuditLog).where(too_old))

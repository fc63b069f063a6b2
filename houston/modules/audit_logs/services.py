"""The verbs of audit logs: looking, and forgetting what is old. None of them sees a request."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select

from houston.core.api.listing import Listing
from houston.core.api.search import KeywordField
from houston.core.db.session import Session
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
LONGEST_HISTORY = 1000


def of_kind(query: Mapping[str, Any]) -> ColumnElement[bool] | None:
    """The condition of the logs about objects of the kind that a query names, if it names one."""
    name = query.get("module_name")
    return LOG.module_name == name if name else None


def faults(query: Mapping[str, Any]) -> ColumnElement[bool]:
    """The condition of the faults of the type that a query names, or of all of them."""
    wanted = query.get("fault_type")
    return LOG.audit_type.in_([wanted] if wanted else FAULTS)


def history_of(db: Session, item_guid: UUID) -> Sequence[Any]:
    """What was done to an object, the latest thousand of it, the oldest first."""
    latest = (
        select(*LOG)
        .where(LOG.item_guid == item_guid)
        .order_by(LOG.created.desc(), LOG.guid.desc())
        .limit(LONGEST_HISTORY)
    )
    return db.execute(latest).all()[::-1]


def forget_before(db: Session, instant: datetime) -> None:
    """Forget what was done before an instant."""
    db.execute(delete(AuditLog).where(AuditLog.created < instant))

"""What is older than it is to be kept is forgotten, once a day."""

from datetime import timedelta

from houston.core.db.types import utc_now
from houston.core.jobs import JobContext, job
from houston.core.settings import Settings
from houston.modules.audit_logs import services

DAY = 86_400.0


@job("audit_logs.forget", every=DAY)
def forget_old(context: JobContext) -> None:
    """Forget what is older than the setting says."""
    days: int = context.services[Settings]["houston.audit.retention_days"]
    if days:
        services.forget_before(context.db, utc_now() - timedelta(days=days))

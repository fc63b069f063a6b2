"""Audit logs: who changed what and when, and the faults.

Each change of an object is recorded in its transaction, with the values before and after, without
secrets. Refused changes and errors of the server are recorded as faults, within a rate limit.
Administrators, staff and machine accounts read the logs, and nobody changes them.
`houston.audit.retention_days` is their lifetime.
"""

from typing import Any

from houston.core.settings import Setting, kinds

SETTINGS = (
    Setting(
        "houston.audit.retention_days",
        kinds.between(0, 36_500),
        "The number of days after which audit logs are deleted; 0 keeps them.",
        default="0",
    ),
)


def includeme(config: Any) -> None:
    """Record changes and faults, and register the branch `audit_logs` with its operations."""
    from pyramid.tweens import EXCVIEW

    from houston.core.db.session import Database
    from houston.core.services import services_of
    from houston.modules.audit_logs.recorder import record
    from houston.modules.audit_logs.views import AuditLogCollection

    record(services_of(config)[Database].writing)
    config.add_tween(
        "houston.modules.audit_logs.faults.tween_factory",
        under="houston.core.http.tweens.sanity",
        over=("pyramid_tm.tm_tween_factory", EXCVIEW),
    )
    config.add_branch("audit_logs", AuditLogCollection)
    config.scan(".services")
    config.scan(".views")

"""Audit logs: what was done, by whom and from where, and what went wrong.

Each change of an object is remembered with its values before and after, without secrets, and
together with the change or not at all. Requests that were refused for what they say, and errors of
the server, are remembered too, so many in a time. Nobody writes here; administrators and those who
look after the site read. What is older than `houston.audit.retention_days` is forgotten.
"""

from typing import Any

from houston.core.settings import Setting, kinds

SETTINGS = (
    Setting(
        "houston.audit.retention_days",
        kinds.WHOLE,
        "The number of days after which audit logs are deleted; 0 keeps them.",
        default="0",
    ),
)


def includeme(config: Any) -> None:
    """Keep the ledger, hang the branch `audit_logs` on the tree and register its operations."""
    from pyramid.tweens import EXCVIEW

    from houston.core.db.session import Database
    from houston.core.services import services_of
    from houston.modules.audit_logs.recorder import record
    from houston.modules.audit_logs.resources import AuditLogCollection

    record(services_of(config)[Database].writing)
    config.add_tween(
        "houston.modules.audit_logs.faults.tween_factory",
        under="houston.core.http.sanity.tween_factory",
        over=("pyramid_tm.tm_tween_factory", EXCVIEW),
    )
    config.add_branch("audit_logs", AuditLogCollection)
    config.scan(".jobs")
    config.scan(".views")

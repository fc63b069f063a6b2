"""Audit logs: what was done, by whom and from where, and what went wrong.

Each change of an object is remembered with its values before and after, without secrets, and
together with the change or not at all. Requests that were refused for what they say, and errors of
the server, are remembered too, so many in a time. Nobody writes here; administrators and those who
look after the site read. What is older than `houston.audit.retention_days` is forgotten.
"""

from typing import Any


def includeme(config: Any) -> None:
    """Keep the ledger, hang the branch `audit_logs` on the tree and register its operations."""
    from pyramid.tweens import EXCVIEW

    from houston.core.audit import KEY
    from houston.core.db.session import Session
    from houston.core.events import session_info
    from houston.modules.audit_logs.recorder import Ledger, install
    from houston.modules.audit_logs.resources import AuditLogCollection

    install(Session)
    session_info(config.registry)[KEY] = Ledger()
    config.add_tween(
        "houston.modules.audit_logs.faults.tween_factory",
        under="houston.core.http.sanity.tween_factory",
        over=("pyramid_tm.tm_tween_factory", EXCVIEW),
    )
    config.add_branch("audit_logs", AuditLogCollection)
    config.scan(".jobs")
    config.scan(".views")

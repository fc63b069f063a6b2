"""The addresses of audit logs."""

from collections.abc import Sequence
from typing import Any

from colander import drop

from houston.core.api.paging import page_query
from houston.core.api.service import Service
from houston.core.http.request import Request
from houston.core.schema.nodes import Choice, Field, Schema, String
from houston.core.security.permissions import Permission
from houston.modules.audit_logs import schemas, services
from houston.modules.audit_logs.models import AuditType

audit_logs = Service("audit_logs", "/audit_logs")
faults = Service("faults", "/audit_logs/faults")
search = Service("audit_log_search", "/audit_logs/search")
history = Service("history", "/audit_logs/{item_guid}")


def _query(filter: Field, *, search: bool) -> Schema:
    """The latest, the oldest of them first, unless another order is asked for."""
    query = page_query(
        sort=services.LOGS.sort,
        search=search,
        default="created",
        reverse=True,
        reverse_after=True,
    )
    query.add(filter)
    return query


LOG = schemas.AuditLogSchema()

audit_logs.list(
    "list_audit_logs",
    services.LOGS,
    LOG,
    "List all audit logs, faults included.",
    query=_query(
        String(max=50, name="module_name", missing=drop, description="The kind of the objects."),
        search=True,
    ),
    where=lambda request: services.of_kind(request.validated["querystring"]),
)
faults.list(
    "list_faults",
    services.LOGS,
    LOG,
    "List the faults.",
    query=_query(
        Choice(
            AuditType,
            name="fault_type",
            missing=drop,
            description="Those of this type; else all three of faults.",
        ),
        search=False,
    ),
    where=lambda request: services.faults(request.validated["querystring"]),
)
search.search("search_audit_logs", services.LOGS, LOG, "Search the audit logs, faults included.")


@history.get(Permission.LIST, returns=LOG, many=True)
def get_history(request: Request) -> Sequence[Any]:
    """Read what was done to an object, whether or not there still is one; the oldest first."""
    return services.history_of(request.db, request.context.row)

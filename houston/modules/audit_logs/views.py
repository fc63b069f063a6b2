"""The addresses of audit logs."""

from collections.abc import Sequence
from typing import Any

from colander import drop

from houston.core.api.paging import Page, page_query
from houston.core.api.search import searching
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


@audit_logs.get(
    Permission.LIST,
    query=_query(
        String(max=50, name="module_name", missing=drop, description="The kind of the objects."),
        search=True,
    ),
    returns=schemas.AuditLogSchema(),
    paged=True,
)
def list_audit_logs(request: Request) -> Page:
    """List what was done, and what went wrong."""
    return services.list_audit_logs(request.db, request.validated["querystring"])


@faults.get(
    Permission.LIST,
    query=_query(
        Choice(
            AuditType,
            name="fault_type",
            missing=drop,
            description="Those of this type; else all three of faults.",
        ),
        search=False,
    ),
    returns=schemas.AuditLogSchema(),
    paged=True,
)
def list_faults(request: Request) -> Page:
    """List what went wrong."""
    return services.list_faults(request.db, request.validated["querystring"])


@searching(
    search,
    Permission.LIST,
    sort=services.LOGS.sort,
    returns=schemas.AuditLogSchema(),
)
def search_audit_logs(request: Request) -> Page:
    """Find what was done, and what went wrong, by a query."""
    validated = request.validated
    return services.LOGS.page(request.db, validated["querystring"], validated["body"])


@history.get(Permission.LIST, returns=schemas.AuditLogSchema(), many=True)
def get_history(request: Request) -> Sequence[Any]:
    """Read what was done to an object, whether or not there still is one; the oldest first."""
    return services.history_of(request.db, request.context.row)

"""The operations on audit logs, their schema, and the branch of the resource tree."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from colander import drop

from houston.core.api.queries import page_query
from houston.core.api.service import Service
from houston.core.http.request import Request
from houston.core.schema.nodes import (
    Choice,
    Field,
    Guid,
    Instant,
    Json,
    MapOf,
    Number,
    Schema,
    String,
    Text,
)
from houston.core.security.grants import Grant, Permission
from houston.core.tree import Collection, Found, Part, Resource
from houston.core.values import GUID_FORM
from houston.domain.roles import Role
from houston.modules.audit_logs import services
from houston.modules.audit_logs.models import AuditLog, AuditType

audit_logs = Service("audit_logs", "/audit_logs")
faults = Service("faults", "/audit_logs/faults")
search = Service("audit_log_search", "/audit_logs/search")
history = Service("history", "/audit_logs/{item_guid}")

READ = (Permission.LIST,)


class AuditLogCollection(Collection):
    """All audit logs; below them, those about one object under its guid."""

    noun = "audit_logs"
    item = Part
    children = {"faults": Resource, "search": Resource}
    grants = (Grant(Role.ADMIN, READ), Grant(Role.STAFF, READ), Grant(Role.INTERNAL, READ))

    def find(self, key: str) -> Found | None:
        """Return the guid, whether or not the object exists."""
        return Found(UUID(key)) if GUID_FORM.match(key) else None


def message_with_actor(log: AuditLog) -> str:
    """Return the message, followed by the actor."""
    actor = f"{log.user_email}({log.user_guid})" if log.user_guid else log.user_email
    return f"{log.message} executed by {actor}".lstrip()


class AuditLogSchema(Schema):
    """An action, or a fault."""

    guid = Guid()
    created = Instant(description="The time of the action.")
    module_name = String(nullable=True, description="The class of the object.")
    item_guid = Guid(nullable=True, description="The object, which may be deleted.")
    audit_type = Choice(AuditType)
    user_email = String(
        description="The actor, `anonymous user`, or `system` for work without a caller."
    )
    user_guid = Guid(nullable=True, description="The account of the actor.")
    address = String(nullable=True, description="The network address of the actor.")
    request_id = String(nullable=True, description="The id of the request in the access log.")
    job_guid = Guid(nullable=True, description="The background job that did it.")
    message = Text(compute=message_with_actor, description="The action in one line.")
    changes = MapOf(Json(), description="The values `before` and `after` by field.")
    duration = Number(0, nullable=True, description="The duration of the request, in seconds.")


def _query(filter: Field, *, search: bool) -> Schema:
    """Return the schema of a query string; by default the latest logs, the oldest first."""
    query = page_query(
        services.LOGS.sort, search=search, default="created", reverse=True, reverse_after=True
    )
    query.add(filter)
    return query


LOG = AuditLogSchema()

audit_logs.list(
    "list_audit_logs",
    services.LOGS,
    LOG,
    "List all audit logs, including faults.",
    query=_query(
        String(max=50, name="module_name", missing=drop, description="The class of the objects."),
        search=True,
    ),
    where=lambda request: services.of_class(request.validated["querystring"]),
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
            description="The type of the faults; by default, all three types.",
        ),
        search=False,
    ),
    where=lambda request: services.faults(request.validated["querystring"]),
)
search.search("search_audit_logs", services.LOGS, LOG, "Search the audit logs, including faults.")


@history.get(Permission.LIST, returns=LOG, many=True)
def get_history(request: Request) -> Sequence[Any]:
    """Read the logs about an object, which may be deleted; the oldest first."""
    return services.history_of(request.db, request.context.row)

"""Audit logs: readable by administrators and staff."""

from typing import Any
from uuid import uuid4

from tests.permissions.expected import Cast

ALLOWED = "401 403 403 403 403 403 403 200 200 200 403"
EXPECTED = {
    "list_audit_logs": ALLOWED,
    "list_faults": ALLOWED,
    "search_audit_logs": ALLOWED,
    "find_audit_logs": ALLOWED,
    "get_history": ALLOWED,
}


def keys(cast: Cast) -> dict[str, Any]:
    return {"item_guid": uuid4()}

"""Reports on the integrity of the catalogue, for administrators, staff and machine accounts."""

from typing import Any

from tests.factories.integrity import IntegrityReportFactory
from tests.permissions.expected import Cast

EXPECTED = {
    "list_integrity_checks": "401 403 403 403 403 403 403 200 200 200 403",
    "search_integrity_checks": "401 403 403 403 403 403 403 200 200 200 403",
    "find_integrity_checks": "401 403 403 403 403 403 403 200 200 200 403",
    "create_integrity_check": "401 403 403 403 403 403 403 200 200 200 403",
    "get_integrity_check": "401 403 403 403 403 403 403 200 200 200 403",
    "delete_integrity_check": "401 403 403 403 403 403 403 204 204 204 403",
}


def keys(_cast: Cast) -> dict[str, Any]:
    return {"integrity_check": IntegrityReportFactory().guid}

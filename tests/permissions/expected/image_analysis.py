"""Image analysis: all signed-in users may read the jobs of the service."""

from typing import Any

from tests.permissions.expected import Cast

EXPECTED = {
    "list_sage_jobs": "401 200 200 200 200 200 200 200 200 200 403",
}


def keys(cast: Cast) -> dict[str, Any]:
    return {}

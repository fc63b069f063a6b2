"""The administration of searches: all users read it, and administrators synchronize."""

from typing import Any

from tests.permissions.expected import Cast

EXPECTED = {
    "list_search_indices": "401 200 200 200 200 200 200 200 200 200 403",
    "get_search_mappings": "401 200 200 200 200 200 200 200 200 200 403",
    "get_search_status": "401 200 200 200 200 200 200 200 200 200 403",
    "get_search_synchronization": "401 403 403 403 403 403 403 200 403 403 403",
    "synchronize_searches": "401 403 403 403 403 403 403 200 403 403 403",
}


def keys(_cast: Cast) -> dict[str, Any]:
    return {"index": "sightings"}

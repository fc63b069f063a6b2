"""Questions without parameters."""

from typing import Any

from tests.permissions.expected import Cast

EXPECTED = {"ask_for_permission": "422 422 422 422 422 422 422 422 422 422 403"}


def keys(_cast: Cast) -> dict[str, Any]:
    return {}

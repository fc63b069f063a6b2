"""A collaboration of the owner and the member, which is not in force."""

from typing import Any

from tests.factories.collaborations import CollaborationFactory
from tests.permissions.expected import Cast

EXPECTED = {
    "list_collaborations": "401 403 403 403 403 403 200 200 200 200 403",
    "search_collaborations": "401 403 403 403 403 403 200 200 200 200 403",
    "find_collaborations": "401 403 403 403 403 403 200 200 200 200 403",
    "create_collaboration": "401 400 400 400 400 400 400 400 400 400 403",
    "get_collaboration": "401 403 200 200 403 403 200 200 200 200 403",
    "patch_collaboration": "401 403 200 200 403 403 200 403 200 200 403",
    "delete_collaboration": "401 403 403 403 403 403 403 403 204 204 403",
    "request_export": "401 403 400 400 403 403 403 403 403 403 403",
    "request_edit": "401 403 400 400 403 403 403 403 403 403 403",
}


def keys(cast: Cast) -> dict[str, Any]:
    return {"collaboration": CollaborationFactory(first=cast.owner, second=cast.member).guid}

"""An organization with an owner, a member, and the `leader` as its moderator."""

from typing import Any

from tests.factories.organizations import OrganizationFactory
from tests.permissions.expected import Cast

EXPECTED = {
    "list_organizations": "401 200 200 200 200 200 200 200 200 200 403",
    "search_organizations": "401 200 200 200 200 200 200 200 200 200 403",
    "find_organizations": "401 200 200 200 200 200 200 200 200 200 403",
    "create_organization": "401 403 403 403 403 422 403 422 422 422 403",
    "get_organization": "401 403 200 200 200 403 403 200 200 200 403",
    "patch_organization": "401 403 200 403 200 403 403 200 200 200 403",
    "delete_organization": "401 403 204 403 403 403 403 204 204 204 403",
}


def keys(cast: Cast) -> dict[str, Any]:
    row = OrganizationFactory(owner=cast.owner, members=[cast.member], moderators=[cast.leader])
    return {"organization": row.guid}

"""A project with an owner and a member."""

from typing import Any

from tests.factories.projects import ProjectFactory
from tests.permissions.expected import Cast

EXPECTED = {
    "list_projects": "401 200 200 200 200 200 200 200 200 200 403",
    "search_projects": "401 200 200 200 200 200 200 200 200 200 403",
    "find_projects": "401 200 200 200 200 200 200 200 200 200 403",
    "create_project": "401 403 403 403 403 422 403 422 422 422 403",
    "get_project": "401 403 200 200 403 403 403 200 200 200 403",
    "patch_project": "401 403 200 200 403 403 403 200 200 200 403",
    "delete_project": "401 403 204 403 403 403 403 204 204 204 403",
}


def keys(cast: Cast) -> dict[str, Any]:
    return {"project": ProjectFactory(owner=cast.owner, members=[cast.member]).guid}

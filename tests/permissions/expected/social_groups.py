"""A social group without members."""

from typing import Any

from tests.factories.social_groups import SocialGroupFactory
from tests.permissions.expected import Cast

EXPECTED = {
    "list_social_groups": "401 403 403 403 403 200 403 403 200 200 403",
    "search_social_groups": "401 403 403 403 403 200 403 403 200 200 403",
    "find_social_groups": "401 403 403 403 403 200 403 403 200 200 403",
    "create_social_group": "401 403 403 403 403 422 403 403 422 422 403",
    "get_social_group": "401 403 403 403 403 200 403 403 200 200 403",
    "patch_social_group": "401 403 403 403 403 200 403 403 200 200 403",
    "delete_social_group": "401 403 403 403 403 204 403 403 204 204 403",
}


def keys(_cast: Cast) -> dict[str, Any]:
    return {"social_group": SocialGroupFactory().guid}

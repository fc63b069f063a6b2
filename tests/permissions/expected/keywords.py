"""Keywords."""

from typing import Any

from tests.factories.keywords import KeywordFactory
from tests.permissions.expected import Cast

EXPECTED = {
    "list_keywords": "200 200 200 200 200 200 200 200 200 200 403",
    "create_keyword": "401 422 422 422 422 422 422 422 422 422 403",
    "get_keyword": "401 200 200 200 200 200 200 200 200 200 403",
    "patch_keyword": "401 403 403 403 403 403 403 403 200 200 403",
    "delete_keyword": "401 403 403 403 403 403 403 204 204 204 403",
    "merge_keywords": "401 403 403 403 403 403 403 200 200 200 403",
}


def keys(_cast: Cast) -> dict[str, Any]:
    return {"keyword": KeywordFactory().guid, "target": KeywordFactory().guid}

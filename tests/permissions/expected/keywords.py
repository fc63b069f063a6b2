"""Keywords."""

from typing import Any

from tests.factories.keywords import KeywordFactory
from tests.permissions.expected import Cast

EXPECTED = {
    "list_keywords": "ok ok ok ok ok ok ok ok ok ok 403",
    "create_keyword": "401 ok ok ok ok ok ok ok ok ok 403",
    "get_keyword": "401 ok ok ok ok ok ok ok ok ok 403",
    "patch_keyword": "401 403 403 403 403 403 403 403 ok ok 403",
    "delete_keyword": "401 403 403 403 403 403 403 ok ok ok 403",
    "merge_keywords": "401 403 403 403 403 403 403 ok ok ok 403",
}


def keys(_cast: Cast) -> dict[str, Any]:
    return {"keyword": KeywordFactory().guid, "target": KeywordFactory().guid}

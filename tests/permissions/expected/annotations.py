"""Annotations: a body without an asset is refused only after the permission."""

from typing import Any

from tests.factories.annotations import AnnotationFactory
from tests.permissions.expected import Cast

EXPECTED = {
    "list_annotations": "401 403 403 403 403 200 403 403 200 200 403",
    "search_annotations": "401 403 403 403 403 200 403 403 200 200 403",
    "find_annotations": "401 403 403 403 403 200 403 403 200 200 403",
    "create_annotation": "401 422 422 422 422 422 422 422 422 422 403",
    "get_annotation": "401 403 200 403 403 403 403 403 200 200 403",
    "patch_annotation": "401 403 200 403 403 403 403 403 200 200 403",
    "delete_annotation": "401 403 204 403 403 403 403 403 204 204 403",
    "get_asset_abox": "401 403 404 403 403 404 403 404 404 404 403",
}


def keys(cast: Cast) -> dict[str, Any]:
    return {"annotation": AnnotationFactory(asset__asset_group__owner=cast.owner).guid}

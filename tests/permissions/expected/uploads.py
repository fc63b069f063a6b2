"""Uploads: `upload` belongs to the owner, and is not found by others."""

from typing import Any

from tests.factories.uploads import UploadFactory
from tests.permissions.expected import Cast

EXPECTED = {
    "create_upload": "412 412 412 412 412 412 412 412 412 412 412",
    "get_upload": "404 404 412 404 404 404 404 404 404 404 404",
    "write_upload": "404 404 412 404 404 404 404 404 404 404 404",
    "delete_upload": "404 404 204 404 404 404 404 404 404 404 404",
    "list_pending_uploads": "401 200 200 200 200 200 200 200 200 200 403",
}


def keys(cast: Cast) -> dict[str, Any]:
    return {"upload": UploadFactory(owner_guid=cast.owner.guid).guid}

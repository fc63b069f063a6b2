"""Uploads: `upload` is the owner's, and nobody else finds it."""

from typing import Any

from tests.factories.uploads import UploadFactory
from tests.permissions.expected import Cast

EXPECTED = {
    "create_upload": "ok ok ok ok ok ok ok ok ok ok ok",
    "get_upload": "ok ok ok ok ok ok ok ok ok ok ok",
    "write_upload": "ok ok ok ok ok ok ok ok ok ok ok",
    "delete_upload": "ok ok ok ok ok ok ok ok ok ok ok",
    "list_pending_uploads": "401 ok ok ok ok ok ok ok ok ok 403",
}


def keys(cast: Cast) -> dict[str, Any]:
    return {"upload": UploadFactory(owner_guid=cast.owner.guid).guid}

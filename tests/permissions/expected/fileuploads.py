"""File uploads, which everybody may see."""

from typing import Any

from tests.factories.fileuploads import FileUploadFactory
from tests.permissions.expected import Cast

EXPECTED = {
    "get_fileupload": "ok ok ok ok ok ok ok ok ok ok ok",
    "get_formatted_fileupload": "ok ok ok ok ok ok ok ok ok ok ok",
}


def keys(cast: Cast) -> dict[str, Any]:
    return {"fileupload": FileUploadFactory().guid, "format": "mid"}

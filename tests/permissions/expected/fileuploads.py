"""File uploads, which are public."""

from typing import Any

from tests.factories.fileuploads import FileUploadFactory
from tests.permissions.expected import Cast

EXPECTED = {
    "get_fileupload": "200 200 200 200 200 200 200 200 200 200 200",
    "get_formatted_fileupload": "200 200 200 200 200 200 200 200 200 200 200",
}


def keys(cast: Cast) -> dict[str, Any]:
    return {"fileupload": FileUploadFactory().guid, "format": "mid"}

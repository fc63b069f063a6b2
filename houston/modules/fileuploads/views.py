"""The addresses of file uploads."""

from pyramid.response import Response

from houston.core.api.files import IMMUTABLE, file_response
from houston.core.api.service import Service
from houston.core.http.request import Request
from houston.core.security.permissions import Permission
from houston.modules.fileuploads.models import FileUpload

source = Service("fileupload_source", "/fileuploads/src/{fileupload}")
formatted_source = Service("fileupload_formatted_source", "/fileuploads/src/{format}/{fileupload}")


@source.get(Permission.PUBLIC, file=True, produces="*/*")
def get_fileupload(request: Request) -> Response:
    """Read a file that everybody may see, such as the picture of a profile."""
    row: FileUpload = request.context.row
    return file_response(request, row.file_key, row.mime_type, cache=IMMUTABLE)


@formatted_source.get(Permission.PUBLIC, file=True, produces="*/*")
def get_formatted_fileupload(request: Request) -> Response:
    """Read a file that everybody may see; whatever the format is called, it is the same file."""
    return get_fileupload(request)

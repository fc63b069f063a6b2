"""The operations on file uploads, and the branch of the resource tree; all of it is public."""

from pyramid.response import Response

from houston.core.api.files import IMMUTABLE, file_response
from houston.core.api.service import Service
from houston.core.http.request import Request
from houston.core.security.grants import Permission
from houston.core.tree import Collection, Item, Resource
from houston.modules.fileuploads.models import FileUpload

source = Service("fileupload_source", "/fileuploads/src/{fileupload}")
formatted_source = Service("fileupload_formatted_source", "/fileuploads/src/{format}/{fileupload}")


class FileUploadFormat(Collection):
    """The files by the guid of their file upload; all formats are the same file."""

    model = FileUpload
    item = Item


class FileUploadSources(FileUploadFormat):
    """The files without a format, and the formats, which may have any name."""

    def __getitem__(self, name: str) -> Resource:
        if "format" in self.request.matchdict:
            return FileUploadFormat(self.request, self, name)
        return super().__getitem__(name)


class FileUploadBranch(Resource):
    """All file uploads; there is no list."""

    noun = "fileuploads"
    children = {"src": FileUploadSources}


@source.get(Permission.PUBLIC, file=True, produces="*/*")
def get_fileupload(request: Request) -> Response:
    """Read a public file, such as a profile picture."""
    row: FileUpload = request.context.row
    return file_response(request, row.file_key, row.mime_type, cache=IMMUTABLE)


@formatted_source.get(Permission.PUBLIC, file=True, produces="*/*")
def get_formatted_fileupload(request: Request) -> Response:
    """Read a public file; every format is the same file."""
    return get_fileupload(request)

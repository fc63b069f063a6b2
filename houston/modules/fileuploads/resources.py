"""The branch `fileuploads` of the tree, of which all is open to everybody."""

from houston.core.tree import Collection, Item, Resource
from houston.modules.fileuploads.models import FileUpload


class FileUploadSource(Item):
    """The file of one file upload."""


class FileUploadFormat(Collection):
    """The files, each under the guid of its file upload; all formats are the same."""

    model = FileUpload
    item = FileUploadSource


class FileUploadSources(FileUploadFormat):
    """The files without a format, and whatever an address calls one."""

    def __getitem__(self, name: str) -> Resource:
        if "format" in self.request.matchdict:
            return FileUploadFormat(self.request, self, name)
        return super().__getitem__(name)


class FileUploadBranch(Resource):
    """All file uploads, of which there is no list."""

    noun = "fileuploads"
    children = {"src": FileUploadSources}

"""File uploads: small public files, such as profile pictures and the images of the site.

A file upload is made of a finished upload. It belongs to the object that refers to it and is
deleted with it. Its file never changes: a crop of an image is another file upload.
"""

from typing import Any

REQUIRES = ("uploads",)


def includeme(config: Any) -> None:
    """Register the branch `fileuploads` and its operations."""
    from houston.modules.fileuploads.views import FileUploadBranch

    config.add_branch("fileuploads", FileUploadBranch)
    config.scan(".views")

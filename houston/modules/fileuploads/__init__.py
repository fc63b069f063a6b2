"""File uploads: small files that everybody may see, such as the pictures of people and of the site.

A file upload is made of a finished upload and belongs to what refers to it, which deletes it, too.
Its file never changes: what is cut out of a picture is a file upload of its own.
"""

from typing import Any

REQUIRES = ("uploads",)


def includeme(config: Any) -> None:
    """Hang the branch `fileuploads` on the tree and register its operations."""
    from houston.modules.fileuploads.resources import FileUploadBranch

    config.add_branch("fileuploads", FileUploadBranch)
    config.scan(".views")

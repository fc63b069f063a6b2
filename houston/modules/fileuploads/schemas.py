"""What goes out wherever something refers to a file upload."""

from houston.core.schema.nodes import Guid, Schema, String


class FileReferenceSchema(Schema):
    """A file that everybody may see."""

    guid = Guid()
    src = String(description="The address of its bytes.")

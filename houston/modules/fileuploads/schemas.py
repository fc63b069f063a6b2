"""What goes out wherever something refers to a file upload."""

from houston.core.schema import Field, Guid, Schema, String


class FileReferenceSchema(Schema):
    """A file that everybody may see."""

    guid = Field(Guid())
    src = Field(String(), description="The address of its bytes.")

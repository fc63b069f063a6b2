"""What goes out, and what PATCH may touch."""

from houston.core.api.patch import Command, PatchSchema
from houston.core.schema import (
    Choice,
    DateTime,
    Field,
    Guid,
    Integer,
    ListOf,
    Nested,
    Schema,
    String,
)
from houston.modules.annotations.schemas import AnnotationSchema
from houston.modules.assets.models import AssetState, picture_address
from houston.modules.keywords.schemas import KeywordReferenceSchema, tagging_command


class AssetListSchema(Schema):
    """An asset in a list."""

    guid = Field(Guid())
    filename = Field(String(), description="What the sender called it.")
    src = Field(
        String(),
        compute=lambda asset: picture_address(asset.guid),
        description="The address of its picture.",
    )


class DimensionsSchema(Schema):
    """The size of a picture in pixels, upright and turned as it is shown."""

    from_mapping = True
    width = Field(Integer(1))
    height = Field(Integer(1))


class AssetInGroupSchema(AssetListSchema):
    """An asset within its submission."""

    created = Field(DateTime())
    updated = Field(DateTime())
    dimensions = Nested(DimensionsSchema, nullable=True)
    annotations = ListOf(AnnotationSchema())


class SubmissionSchema(Schema):
    """The submission that an asset came with."""

    guid = Field(Guid(), source="asset_group_guid")


class AssetSchema(AssetInGroupSchema):
    """An asset with its annotations and tags."""

    git_store = Nested(SubmissionSchema, compute=lambda asset: asset)
    tags = ListOf(KeywordReferenceSchema())
    state = Field(Choice(AssetState), description="Whether its picture can be shown.")
    problem = Field(String(), nullable=True, description="Why it cannot.")


class AssetDebugSchema(AssetSchema):
    """An asset with all that is known of its file."""

    owner_guid = Field(Guid())
    mime_type = Field(String())
    size = Field(Integer(0), description="Bytes of the original.")
    file_key = Field(String(), description="The SHA-256 digest of the original.")
    captured = Field(String(), nullable=True, description="When the camera says it was taken.")
    rotation = Field(Integer(0, 359), description="Degrees, counter-clockwise.")
    version = Field(Integer(1), description="Counts the rotations.")
    content_guid = Field(Guid(), nullable=True, description="Its name at the image analysis.")


class RotationSchema(Schema):
    """A turn of a picture."""

    angle = Field(Integer(0), description="Degrees, counter-clockwise.")


class ImageChangeSchema(Schema):
    """What can be done to a picture."""

    rotate = Nested(RotationSchema)


class AssetPatch(PatchSchema):
    """What may be changed of an asset."""

    tags = tagging_command()
    image = Command(
        add=ImageChangeSchema(),
        replace=ImageChangeSchema(),
        description="turns the picture, and deletes its annotations.",
    )

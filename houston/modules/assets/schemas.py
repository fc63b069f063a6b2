"""What goes out, and what PATCH may touch."""

from houston.core.api.patch import Actions, PatchSchema
from houston.core.schema.nodes import Choice, Guid, Instant, Integer, ListOf, Schema, String
from houston.modules.annotations.schemas import AnnotationSchema
from houston.modules.assets.models import AssetState, picture_address
from houston.modules.keywords.schemas import KeywordReferenceSchema, tagging_actions


class AssetListSchema(Schema):
    """An asset in a list."""

    guid = Guid()
    filename = String(description="What the sender called it.")
    src = String(
        compute=lambda asset: picture_address(asset.guid),
        description="The address of its picture.",
    )


class DimensionsSchema(Schema):
    """The size of a picture in pixels, upright and turned as it is shown."""

    from_mapping = True
    width = Integer(1)
    height = Integer(1)


class AssetInGroupSchema(AssetListSchema):
    """An asset within its submission."""

    created = Instant()
    updated = Instant()
    dimensions = DimensionsSchema(nullable=True)
    annotations = ListOf(AnnotationSchema())


class SubmissionSchema(Schema):
    """The submission that an asset came with."""

    guid = Guid(source="asset_group_guid")


class AssetSchema(AssetInGroupSchema):
    """An asset with its annotations and tags."""

    git_store = SubmissionSchema(compute=lambda asset: asset)
    tags = ListOf(KeywordReferenceSchema())
    state = Choice(AssetState, description="Whether its picture can be shown.")
    problem = String(nullable=True, description="Why it cannot.")


class AssetDebugSchema(AssetSchema):
    """An asset with all that is known of its file."""

    owner_guid = Guid()
    mime_type = String()
    size = Integer(0, description="Bytes of the original.")
    file_key = String(description="The SHA-256 digest of the original.")
    captured = String(nullable=True, description="When the camera says it was taken.")
    rotation = Integer(0, 359, description="Degrees, counter-clockwise.")
    version = Integer(1, description="Counts the rotations.")
    content_guid = Guid(nullable=True, description="Its name at the image analysis.")


class RotationSchema(Schema):
    """A turn of a picture."""

    angle = Integer(0, description="Degrees, counter-clockwise.")


class ImageChangeSchema(Schema):
    """What can be done to a picture."""

    rotate = RotationSchema()


class AssetPatch(PatchSchema):
    """What may be changed of an asset."""

    tags = tagging_actions()
    image = Actions(
        add=ImageChangeSchema(),
        replace=ImageChangeSchema(),
        description="turns the picture, and deletes its annotations.",
    )

"""The schemas of assets; other modules contribute fields to them."""

from houston.core.api.patch import Actions, PatchSchema
from houston.core.schema.nodes import Choice, Guid, Instant, Integer, ListOf, Schema, String
from houston.modules.assets.models import AssetState, picture_address
from houston.modules.keywords.schemas import KeywordReferenceSchema, tagging_actions


class AssetListSchema(Schema):
    """An asset in a list."""

    guid = Guid()
    filename = String(description="The name of the file on the computer of the sender.")
    src = String(
        compute=lambda asset: picture_address(asset.guid), description="The address of its picture."
    )


class DimensionsSchema(Schema):
    """The size of a picture in pixels as it is displayed: upright, and rotated."""

    from_mapping = True
    width = Integer(1)
    height = Integer(1)


class AssetInGroupSchema(AssetListSchema):
    """An asset within its asset group."""

    created = Instant()
    updated = Instant()
    dimensions = DimensionsSchema(nullable=True)


class GitStoreSchema(Schema):
    """The asset group of an asset, by the name that clients know."""

    guid = Guid(source="asset_group_guid")


class AssetSchema(AssetInGroupSchema):
    """An asset with its tags."""

    git_store = GitStoreSchema(compute=lambda asset: asset)
    tags = ListOf(KeywordReferenceSchema())
    state = Choice(AssetState, description="The state of the preparation of its picture.")
    problem = String(
        nullable=True,
        description="The reason why it is damaged, or shows no picture or a part of it.",
    )


class AssetDebugSchema(AssetSchema):
    """An asset with the details of its file."""

    owner_guid = Guid()
    mime_type = String()
    size = Integer(0, description="Bytes of the original.")
    file_key = String(description="The SHA-256 digest of the original.")
    captured = String(nullable=True, description="The time of the photograph by the camera.")
    rotation = Integer(0, 359, description="Degrees, counter-clockwise.")
    version = Integer(1, description="Counts the rotations.")
    content_guid = Guid(nullable=True, description="Its guid in the image analysis.")


class RotationSchema(Schema):
    """A rotation of a picture."""

    angle = Integer(0, description="Degrees, counter-clockwise.")


class ImageChangeSchema(Schema):
    """A change of a picture."""

    rotate = RotationSchema()


class AssetPatch(PatchSchema):
    """The paths of an asset that can be patched."""

    tags = tagging_actions()
    image = Actions(
        add=ImageChangeSchema(),
        replace=ImageChangeSchema(),
        description="rotates the picture, and deletes its annotations.",
    )

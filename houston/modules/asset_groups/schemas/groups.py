"""What goes out of submissions."""

from houston.core.schema.nodes import Choice, Guid, Instant, Json, ListOf, MapOf, Schema, String
from houston.modules.asset_groups.models import UploadType
from houston.modules.asset_groups.schemas.pipeline import AssetGroupStatusSchema
from houston.modules.asset_groups.schemas.sightings import (
    AssetGroupSightingDebugSchema,
    AssetGroupSightingSchema,
)
from houston.modules.asset_groups.status import status_of_group
from houston.modules.assets.schemas import AssetListSchema
from houston.modules.jobs.schemas import ProgressSchema
from houston.modules.users.schemas import PublicUserSchema

MOST_ASSETS, MOST_SIGHTINGS = 100_000, 10_000


class UnprocessedAssetGroupSchema(Schema):
    """An unprocessed asset group, as the account of its owner shows it."""

    uuid = Guid(source="guid")
    uploadType = Choice(UploadType, source="upload_type")  # noqa: N815 - the client's name


class AssetGroupListSchema(Schema):
    """A submission in a list."""

    guid = Guid()
    description = String()
    upload_type = Choice(UploadType, description="Whether it came from a form or a table.")
    owner_guid = Guid()
    created = Instant()
    updated = Instant()


class AssetGroupSchema(AssetGroupListSchema):
    """A submission with its assets and its sightings."""

    creator = PublicUserSchema(source="owner")
    assets = ListOf(AssetListSchema(), max_items=MOST_ASSETS)
    asset_group_sightings = ListOf(AssetGroupSightingSchema(), max_items=MOST_SIGHTINGS)
    progress_preparation = ProgressSchema(nullable=True)
    progress_detection = ProgressSchema(nullable=True)
    progress_identification = ProgressSchema(nullable=True)
    pipeline_status = AssetGroupStatusSchema(compute=status_of_group)


class AssetGroupDebugSchema(AssetGroupSchema):
    """A submission with all that is known of it."""

    config = MapOf(Json(), description="What was asked for, without the sightings.")
    submitter_guid = Guid(nullable=True)
    assets = ListOf(AssetListSchema(), max_items=MOST_ASSETS)
    asset_group_sightings = ListOf(AssetGroupSightingDebugSchema(), max_items=MOST_SIGHTINGS)

"""What goes out of submissions."""

from houston.core.schema import (
    Choice,
    DateTime,
    Field,
    Guid,
    Json,
    ListOf,
    MapOf,
    Nested,
    Schema,
    String,
)
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


class AssetGroupListSchema(Schema):
    """A submission in a list."""

    guid = Field(Guid())
    description = Field(String())
    upload_type = Field(Choice(UploadType), description="Whether it came from a form or a table.")
    owner_guid = Field(Guid())
    created = Field(DateTime())
    updated = Field(DateTime())


class AssetGroupSchema(AssetGroupListSchema):
    """A submission with its assets and its sightings."""

    creator = Nested(PublicUserSchema, source="owner")
    assets = ListOf(AssetListSchema(), max_items=MOST_ASSETS)
    asset_group_sightings = ListOf(AssetGroupSightingSchema(), max_items=MOST_SIGHTINGS)
    progress_preparation = Nested(ProgressSchema, nullable=True)
    progress_detection = Nested(ProgressSchema, nullable=True)
    progress_identification = Nested(ProgressSchema, nullable=True)
    pipeline_status = Nested(AssetGroupStatusSchema, compute=status_of_group)


class AssetGroupDebugSchema(AssetGroupSchema):
    """A submission with all that is known of it."""

    config = MapOf(Json(), description="What was asked for, without the sightings.")
    submitter_guid = Field(Guid(), nullable=True)
    assets = ListOf(AssetListSchema(), max_items=MOST_ASSETS)
    asset_group_sightings = ListOf(AssetGroupSightingDebugSchema(), max_items=MOST_SIGHTINGS)

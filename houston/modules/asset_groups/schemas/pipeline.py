"""Where a submission and its sightings stand."""

from houston.core.schema import (
    Boolean,
    Choice,
    DateTime,
    Field,
    Integer,
    Nested,
    Number,
    Schema,
)
from houston.modules.asset_groups.models import Stage
from houston.modules.jobs.schemas import PhaseSchema


class DetectionPhaseSchema(PhaseSchema):
    """The phase of detection."""

    assets = Field(Integer(0), name="numAssets", source="assets")
    annotations = Field(Integer(0), name="numAnnotations", source="annotations")


class PipelineSummarySchema(Schema):
    """All phases in one."""

    complete = Field(Boolean(), description="Whether each is complete or skipped.")
    progress = Field(Number(0, 1), description="The mean of their shares.")


class AssetGroupStatusSchema(Schema):
    """Where a submission stands."""

    preparation = Nested(PhaseSchema)
    now = Field(DateTime())
    migrated = Field(Boolean(), description="Whether it has no sightings.")


class AssetGroupSightingStatusSchema(Schema):
    """Where a reported sighting stands."""

    preparation = Nested(PhaseSchema)
    detection = Nested(DetectionPhaseSchema)
    curation = Nested(PhaseSchema)
    identification = Nested(PhaseSchema)
    now = Field(DateTime())
    stage = Field(Choice(Stage))
    migrated = Field(Boolean())
    summary = Nested(PipelineSummarySchema)

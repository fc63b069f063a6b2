"""Where a submission and its sightings stand."""

from houston.core.schema.nodes import Boolean, Choice, Instant, Integer, Number, Schema
from houston.modules.asset_groups.models import Stage
from houston.modules.jobs.schemas import PhaseSchema


class DetectionPhaseSchema(PhaseSchema):
    """The phase of detection."""

    assets = Integer(0, name="numAssets", source="assets")
    annotations = Integer(0, name="numAnnotations", source="annotations")


class PipelineSummarySchema(Schema):
    """All phases in one."""

    complete = Boolean(description="Whether each is complete or skipped.")
    progress = Number(0, 1, description="The mean of their shares.")


class AssetGroupStatusSchema(Schema):
    """Where a submission stands."""

    preparation = PhaseSchema()
    now = Instant()
    migrated = Boolean(description="Whether it has no sightings.")


class AssetGroupSightingStatusSchema(Schema):
    """Where a reported sighting stands."""

    preparation = PhaseSchema()
    detection = DetectionPhaseSchema()
    curation = PhaseSchema()
    identification = PhaseSchema()
    now = Instant()
    stage = Choice(Stage)
    migrated = Boolean()
    summary = PipelineSummarySchema()

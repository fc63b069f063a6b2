"""The status of asset groups and their sightings: their phases of the pipeline."""

from dataclasses import dataclass
from typing import Any

from houston.core.db.types import utc_now
from houston.core.schema.nodes import Boolean, Choice, Instant, Integer, Number, Schema
from houston.modules.asset_groups.models import AssetGroup, AssetGroupSighting, Stage
from houston.modules.jobs.schemas import PhaseSchema
from houston.modules.jobs.services import Phase, phase_of

CURATION_PROGRESS = 0.5
"""The progress of curation while it lasts, since none is known."""


@dataclass(frozen=True)
class DetectionPhase(Phase):
    """The phase of detection, with the numbers of assets and annotations."""

    assets: int = 0
    annotations: int = 0


def group_preparation(group: AssetGroup) -> Phase:
    """Return the phase of preparation of an asset group."""
    return phase_of(group.progress_preparation, missing="no Progress", complete=True)


def preparation(sighting: AssetGroupSighting) -> Phase:
    """Return the phase of preparation, which is that of the asset group."""
    return phase_of(sighting.asset_group.progress_preparation, complete=True)


def detection(sighting: AssetGroupSighting) -> DetectionPhase:
    """Return the phase of detection."""
    phase, annotations = phase_of(sighting.progress_detection), sighting.number_annotations
    return DetectionPhase(**vars(phase), assets=len(sighting.assets), annotations=annotations)


def curation(sighting: AssetGroupSighting) -> Phase:
    """Return the phase of curation, which has no progress row."""
    description = f"Curation for AssetGroupSighting {sighting.guid}"
    start, end = sighting.curation_start, sighting.updated
    if sighting.stage is Stage.PROCESSED:
        return Phase(complete=True, progress=1.0, start=start, end=end, description=description)
    prepared = preparation(sighting)
    if not sighting.assets and (prepared.complete or prepared.skipped):
        return Phase(skipped=True, start=start, description=description)
    if start is None or sighting.stage is not Stage.CURATION:
        return Phase(description=description)
    return Phase(in_progress=True, progress=CURATION_PROGRESS, start=start, description=description)


def identification(sighting: AssetGroupSighting) -> Phase:
    """Return the phase of identification."""
    return phase_of(sighting.progress_identification)


def summary(sighting: AssetGroupSighting) -> dict[str, Any]:
    """Return the combined status of all phases."""
    phases = [phase(sighting) for phase in (preparation, detection, curation, identification)]
    return {
        "complete": all(phase.complete or phase.skipped for phase in phases),
        "progress": sum(phase.progress for phase in phases) / len(phases),
    }


class DetectionPhaseSchema(PhaseSchema):
    """The phase of detection."""

    assets = Integer(0, name="numAssets", source="assets")
    annotations = Integer(0, name="numAnnotations", source="annotations")


class PipelineSummarySchema(Schema):
    """The combined status of all phases."""

    from_mapping = True
    complete = Boolean(description="Whether each phase is complete or skipped.")
    progress = Number(0, 1, description="The mean progress of the phases.")


class AssetGroupStatusSchema(Schema):
    """The status of an asset group."""

    preparation = PhaseSchema(compute=group_preparation)
    now = Instant(compute=lambda _group: utc_now(), volatile=True)
    migrated = Boolean(
        compute=lambda group: not group.asset_group_sightings,
        description="Whether it has no sightings.",
    )


class AssetGroupSightingStatusSchema(Schema):
    """The status of an asset group sighting."""

    preparation = PhaseSchema(compute=preparation)
    detection = DetectionPhaseSchema(compute=detection)
    curation = PhaseSchema(compute=curation)
    identification = PhaseSchema(compute=identification)
    now = Instant(compute=lambda _sighting: utc_now(), volatile=True)
    stage = Choice(Stage)
    migrated = Boolean(compute=lambda _sighting: False)
    summary = PipelineSummarySchema(compute=summary)

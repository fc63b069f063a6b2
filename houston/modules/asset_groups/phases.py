"""The pipeline as clients see it: preparation, detection, curation and identification."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from houston.modules.asset_groups.models import AssetGroup, AssetGroupSighting, Stage
from houston.modules.jobs.models import ProgressStatus
from houston.modules.jobs.services import Phase, phase_of

CURATION_PROGRESS = 0.5
"""The progress of curation while it lasts, since none is known."""

NO_PROGRESS = "no Progress"


@dataclass(frozen=True)
class DetectionPhase(Phase):
    """The phase of detection, with the numbers of pictures and of annotations in them."""

    assets: int = 0
    annotations: int = 0


@dataclass(frozen=True)
class Pipeline:
    """The phases of an asset group sighting, or of the sighting that it has become."""

    stage: Any
    preparation: Phase
    detection: DetectionPhase
    curation: Phase
    identification: Phase
    migrated: bool = False

    @property
    def phases(self) -> Sequence[tuple[str, Phase]]:
        """The phases in their order, with their names."""
        names = ("preparation", "detection", "curation", "identification")
        return [(name, getattr(self, name)) for name in names]

    @property
    def summary(self) -> dict[str, Any]:
        """Whether all phases are complete or skipped, and their mean progress."""
        phases = [phase for _, phase in self.phases]
        return {
            "complete": all(phase.complete or phase.skipped for phase in phases),
            "progress": sum(phase.progress for phase in phases) / len(phases),
        }

    @property
    def state(self) -> str | None:
        """The name of the first phase that is neither complete nor skipped, if there is one."""
        left = (name for name, phase in self.phases if not (phase.complete or phase.skipped))
        return next(left, None)


def pipeline_of(sighting: AssetGroupSighting) -> Pipeline:
    """The pipeline of an asset group sighting."""
    return pipeline_with(sighting, len(sighting.assets), sighting.number_annotations)


def pipeline_with(sighting: AssetGroupSighting, assets: int, annotations: int) -> Pipeline:
    """The pipeline of an asset group sighting, with the numbers of its assets and annotations."""
    detection = vars(phase_of(sighting.progress_detection))
    return Pipeline(
        stage=sighting.stage,
        preparation=_with_complaint(
            phase_of(sighting.asset_group.progress_preparation, complete=True)
        ),
        detection=DetectionPhase(**detection, assets=assets, annotations=annotations),
        curation=_curation(sighting, has_assets=assets > 0),
        identification=phase_of(sighting.progress_identification),
    )


def preparation_of(group: AssetGroup) -> Phase:
    """The preparation of an asset group."""
    return _with_complaint(phase_of(group.progress_preparation, missing=NO_PROGRESS, complete=True))


def _with_complaint(phase: Phase) -> Phase:
    """The phase, which has failed as well where some files were damaged.

    The web client shows the message of a failed phase only, and the pictures of a complete one.
    """
    complains = phase.status is ProgressStatus.COMPLETED and phase.message is not None
    return replace(phase, failed=True) if complains else phase


def _curation(sighting: AssetGroupSighting, *, has_assets: bool) -> Phase:
    description = f"Curation for AssetGroupSighting {sighting.guid}"
    start, end = sighting.curation_start, sighting.updated
    if sighting.stage is Stage.PROCESSED:
        return Phase(complete=True, progress=1.0, start=start, end=end, description=description)
    prepared = phase_of(sighting.asset_group.progress_preparation, complete=True)
    if not has_assets and (prepared.complete or prepared.skipped):
        return Phase(skipped=True, start=start, description=description)
    if start is None or sighting.stage is not Stage.CURATION:
        return Phase(description=description)
    return Phase(in_progress=True, progress=CURATION_PROGRESS, start=start, description=description)

"""Where a submission and its sightings stand, phase by phase, as the web client draws it.

All is made of rows that `services.reading` has loaded; nothing is asked for here.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from houston.core.db.types import utc_now
from houston.modules.asset_groups.models import AssetGroup, AssetGroupSighting, Stage
from houston.modules.jobs.services import Phase, phase_of

HALF_WAY = 0.5
"""How far curation is shown to be while it lasts: nobody knows."""


@dataclass(frozen=True)
class DetectionPhase(Phase):
    """The phase of detection, with how much there is to look at and was found."""

    assets: int = 0
    annotations: int = 0


class Summary(NamedTuple):
    """All phases in one."""

    complete: bool
    progress: float


class GroupStatus(NamedTuple):
    """Where a submission stands. One without sightings has nothing to wait for."""

    preparation: Phase
    now: datetime
    migrated: bool


class SightingStatus(NamedTuple):
    """Where a reported sighting stands."""

    preparation: Phase
    detection: DetectionPhase
    curation: Phase
    identification: Phase
    now: datetime
    stage: Stage
    summary: Summary
    migrated: bool = False


def status_of_group(group: AssetGroup) -> GroupStatus:
    """Where a submission stands."""
    preparation = phase_of(group.progress_preparation, missing="no Progress", complete=True)
    return GroupStatus(preparation, utc_now(), migrated=not group.asset_group_sightings)


def status_of_sighting(sighting: AssetGroupSighting) -> SightingStatus:
    """Where a reported sighting stands."""
    preparation = phase_of(sighting.asset_group.progress_preparation, complete=True)
    detection = _detection(sighting)
    curation = _curation(sighting, preparation)
    identification = phase_of(sighting.progress_identification)
    phases = (preparation, detection, curation, identification)
    summary = Summary(
        complete=all(phase.complete or phase.skipped for phase in phases),
        progress=sum(phase.progress for phase in phases) / len(phases),
    )
    return SightingStatus(*phases, now=utc_now(), stage=sighting.stage, summary=summary)


def _detection(sighting: AssetGroupSighting) -> DetectionPhase:
    phase = phase_of(sighting.progress_detection)
    return DetectionPhase(
        **vars(phase), assets=len(sighting.assets), annotations=sighting.number_annotations
    )


def _curation(sighting: AssetGroupSighting, preparation: Phase) -> Phase:
    """Curation has no progress of its own: the rows tell."""
    description = f"Curation for AssetGroupSighting {sighting.guid}"
    start = sighting.curation_start
    if sighting.stage is Stage.PROCESSED:
        return Phase(
            complete=True, progress=1.0, start=start, end=sighting.updated, description=description
        )
    if not sighting.assets and (preparation.complete or preparation.skipped):
        return Phase(skipped=True, start=start, description=description)
    if start is None or sighting.stage is not Stage.CURATION:
        return Phase(description=description)
    return Phase(in_progress=True, progress=HALF_WAY, start=start, description=description)

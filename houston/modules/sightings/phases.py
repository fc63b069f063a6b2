"""The pipeline of sightings as clients see it."""

from dataclasses import dataclass, replace
from datetime import datetime

from houston.core.db.types import utc_now
from houston.modules.asset_groups.phases import DetectionPhase, Pipeline, pipeline_with
from houston.modules.jobs.services import Phase, phase_of
from houston.modules.sightings.models import Sighting

MIGRATED = "migrated data; fabricated status"
"""The message of the phases of a sighting that comes from another server."""


@dataclass(frozen=True)
class SightingPipeline(Pipeline):
    """The phases of a sighting, and the time at which they are as they are."""

    now: datetime | None = None


def pipeline_of(sighting: Sighting) -> SightingPipeline:
    """The pipeline of a sighting; the phases before the commit are those of its origin."""
    origin, identification = sighting.asset_group_sighting, sighting.progress_identification
    if origin is None:
        done = Phase(
            complete=True,
            message=MIGRATED,
            progress=1.0,
            start=sighting.created,
            end=sighting.created,
        )
        before = Pipeline(sighting.stage, done, DetectionPhase(**vars(done)), done, done)
    else:
        annotations = sum(len(encounter.annotations) for encounter in sighting.encounters)
        before = pipeline_with(origin, len(sighting.assets), annotations)
    phase = phase_of(identification)
    is_missing = origin is None and identification is None
    return SightingPipeline(
        stage=sighting.stage,
        preparation=before.preparation,
        detection=before.detection,
        curation=_curation(before.curation, sighting),
        identification=replace(phase, skipped=True) if is_missing else phase,
        migrated=origin is None,
        now=utc_now(),
    )


def _curation(phase: Phase, sighting: Sighting) -> Phase:
    """The curation, which has ended with the commit."""
    if phase.skipped:
        return phase
    start, end = phase.start or sighting.created, phase.end or sighting.created
    return replace(
        phase, complete=True, in_progress=False, failed=False, progress=1.0, start=start, end=end
    )

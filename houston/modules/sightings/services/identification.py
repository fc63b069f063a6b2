"""The begin of the identification of a sighting, which a module above does."""

from houston.core.db.session import Session
from houston.core.db.types import utc_now
from houston.core.events import Events
from houston.core.services import Services
from houston.modules.image_analysis.interface import ImageAnalysis
from houston.modules.jobs.models import ProgressStatus
from houston.modules.jobs.services import skip
from houston.modules.sightings.events import IdentificationDue
from houston.modules.sightings.models import Sighting, SightingStage

NOT_WANTED = "No identification is configured for this sighting."
NO_ANNOTATIONS = "The sighting has no annotations to compare."


def begin_identification(services: Services, db: Session, sighting: Sighting) -> None:
    """Compare the annotations of a sighting with others, or say why that is skipped."""
    sighting.stage = SightingStage.IDENTIFICATION
    services[Events].publish(db, IdentificationDue(sighting))
    progress = sighting.progress_identification
    if progress is None or progress.status is ProgressStatus.CREATED:
        end_identification(db, sighting, _reason(services, sighting))


def end_identification(db: Session, sighting: Sighting, reason: str | None = None) -> None:
    """End the identification of a sighting; with a reason, it is skipped."""
    sighting.stage, sighting.unreviewed_start = SightingStage.UN_REVIEWED, utc_now()
    if reason:
        skip(db, sighting.progress_identification, reason)


def _reason(services: Services, sighting: Sighting) -> str:
    analyst = services[ImageAnalysis].analyst
    if not sighting.id_configs:
        return NOT_WANTED
    return analyst.reason if not analyst.available else NO_ANNOTATIONS

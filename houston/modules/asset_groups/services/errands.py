"""The jobs that follow from what happened to sightings."""

from houston.core.db.session import Session
from houston.core.jobs import Jobs
from houston.core.services import Services
from houston.modules.asset_groups.pipeline.case import Errands
from houston.modules.asset_groups.receiver import receiver_of

DETECT, COLLECT = "asset_groups.detect", "asset_groups.collect"
COMMIT = "asset_groups.commit"


def run_errands(services: Services, db: Session, errands: Errands) -> None:
    """Have the image analysis asked about some sightings, and others committed."""
    jobs = services[Jobs]
    jobs.enqueue_many(db, DETECT, ({"sighting": str(guid)} for guid in errands.detect))
    if receiver_of(services) is not None:
        jobs.enqueue_many(db, COMMIT, ({"sighting": str(guid)} for guid in errands.commit))

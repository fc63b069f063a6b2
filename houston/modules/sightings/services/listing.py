"""The lists and searches of sightings and of encounters."""

from sqlalchemy import func, select

from houston.core.api.listing import Listing
from houston.core.db.session import Session
from houston.modules.sightings.models import Encounter, Sighting

SIGHTING, ENCOUNTER = Sighting.__table__.c, Encounter.__table__.c

SIGHTINGS = Listing(
    select(SIGHTING.guid, SIGHTING.created, SIGHTING.updated, SIGHTING.time),
    sort=("guid", "created", "updated", "time"),
    words=("guid",),
)
ENCOUNTERS = Listing(
    select(ENCOUNTER.guid, ENCOUNTER.created, ENCOUNTER.updated, ENCOUNTER.time),
    sort=("guid", "created", "updated", "time"),
    words=("guid",),
)


def count_sightings(db: Session) -> int:
    """Return the number of sightings."""
    return db.scalar(select(func.count()).select_from(Sighting)) or 0

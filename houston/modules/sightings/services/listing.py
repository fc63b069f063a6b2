"""The sightings of users, the numbers of sightings, and what they use of the site."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, exists, func, select

from houston.core.api.contributions import Subject
from houston.core.api.listing import Listing, Page
from houston.core.db.expressions import HasKey
from houston.core.db.session import Session
from houston.core.security.grants import Identity
from houston.core.services import Services
from houston.modules.sightings.models import REVIEWED, Encounter, Sighting
from houston.modules.sightings.resources import SightingResource
from houston.modules.site_settings.registry import Clearing, Usage
from houston.modules.users.models import User

SIGHTING, ENCOUNTER = Sighting.__table__.c, Encounter.__table__.c


def _with_encounter_of(owner: Any) -> Any:
    return select(ENCOUNTER.sighting_guid).where(ENCOUNTER.owner_guid == owner)


READABLE_SIGHTINGS = Listing(
    select(SIGHTING.guid, SIGHTING.created, SIGHTING.updated, SIGHTING.time),
    sort=("guid", "created", "updated", "time"),
    grants=SightingResource.grants,
)
# `not_in` would be expanded at each execution of a statement.
NEEDS_WORK = and_(*(SIGHTING.match_state != state for state in sorted(REVIEWED)))
MAX_UNPROCESSED = 1000
# In no order: all sightings of an account that has thousands would be read to sort them.
UNPROCESSED = (
    select(ENCOUNTER.sighting_guid)
    .distinct()
    .join_from(Encounter.__table__, Sighting.__table__)
    .where(ENCOUNTER.owner_guid == bindparam("owner"), NEEDS_WORK)
    .limit(MAX_UNPROCESSED)
)

HAS_UNPROCESSED = exists().where(
    ENCOUNTER.owner_guid == Subject.guid,
    SIGHTING.guid == ENCOUNTER.sighting_guid,
    NEEDS_WORK,
)


def sightings_of(
    db: Session, identity: Identity | None, user: User, query: Mapping[str, Any]
) -> Page:
    """Return a page of the sightings with an encounter of a user that the caller may read."""
    own = SIGHTING.guid.in_(_with_encounter_of(user.guid))
    return READABLE_SIGHTINGS.page_of(Sighting, db, identity, query, where=own)


def unprocessed_sightings(
    _services: Services, db: Session, accounts: Sequence[Any]
) -> list[Sequence[UUID]]:
    """Return sightings of each account that need work; only the caller's shows them."""
    execute = db.connection().execute
    return [sorted(execute(UNPROCESSED, {"owner": each.guid}).scalars()) for each in accounts]


def count_sightings(db: Session) -> int:
    """Return the number of sightings."""
    return db.scalar(select(func.count()).select_from(Sighting)) or 0


def usage_of(column: Any) -> Usage:
    """Return the function that counts the rows by the ids of the site in a column."""

    def count(db: Session, ids: set[str]) -> Mapping[str, int]:
        rows = db.execute(select(column, func.count()).group_by(column))
        counts = {str(guid): number for guid, number in rows}
        return {id: counts.get(id.lower(), 0) for id in ids}

    return count


def usage_of_custom_fields(model: Any) -> Usage:
    """Return the function that counts the rows with a value in each custom field, also null."""

    def count(db: Session, ids: set[str]) -> Mapping[str, int]:
        every = select(func.count()).select_from(model)
        return {id: db.scalar(every.where(HasKey(model.custom_fields, id))) or 0 for id in ids}

    return count


def clearing_of_custom_fields(model: Any) -> Clearing:
    """Return the function that deletes the values of a custom field."""

    def clear(db: Session, id: str) -> None:
        holds = HasKey(model.custom_fields, id)
        for row in db.scalars(select(model).where(holds).with_for_update()):
            values = row.custom_fields.items()
            row.custom_fields = {name: value for name, value in values if name != id}
        db.flush()

    return clear

"""The list of individuals, their numbers, their pictures, and the look-up of their names."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased, selectinload

from houston.core.api.listing import Listing
from houston.core.db.session import Session
from houston.modules.assets.models import AssetImage
from houston.modules.assets.services import featured_image
from houston.modules.individuals.models import Individual
from houston.modules.individuals.resources import IndividualResource
from houston.modules.individuals.services.names import individuals_named
from houston.modules.sightings.models import Encounter

SORT = ("guid", "created", "updated", "sex", "time_of_birth", "time_of_death")
INDIVIDUALS = Listing(
    select(*(Individual.__table__.c[name] for name in SORT)),
    sort=SORT,
    words=("guid",),
    grants=IndividualResource.grants,
)
UNKNOWN = (
    "ERROR: cannot resolve this name to an existing individual. "
    "New name creation is not yet supported in bulk upload."
)
AMBIGUOUS = (
    "ERROR: cannot resolve this name to a unique individual. "
    "Individuals sharing this name are [{}]."
)


def seen_with(individual: Individual) -> ColumnElement[bool]:
    """The condition of the other individuals in the sightings of an individual."""
    own, other = aliased(Encounter), aliased(Encounter)
    together = (
        select(other.individual_guid)
        .join(own, own.sighting_guid == other.sighting_guid)
        .where(own.individual_guid == individual.guid, other.individual_guid.is_not(None))
    )
    return Individual.guid.in_(together) & (Individual.guid != individual.guid)


def count_individuals(db: Session) -> int:
    """Return the number of individuals."""
    return db.scalar(select(func.count()).select_from(Individual)) or 0


def individual_exists(db: Session, guid: str) -> bool:
    """Return whether there is an individual of a guid."""
    return db.get(Individual, UUID(guid)) is not None


def verdicts(db: Session, rows: Sequence[tuple[str | None, Any]]) -> list[Any]:
    """What is known of the first names in a table, each with its index; those without are left out.

    A name has to be that of exactly one individual (contract C-04).
    """
    named = individuals_named(db, {name for name, _ in rows if name and name.strip()})
    return [
        [{"value": name, "info": [_verdict(named[name])]}, index]
        for name, index in rows
        if name is not None and name in named
    ]


def featured_picture(db: Session, individual: Individual) -> AssetImage:
    """Return the picture of the featured asset of an individual.

    Raises:
        NotFound: There is none.
        Unavailable: It is being prepared.
    """
    annotated = selectinload(Individual.encounters).selectinload(Encounter.annotations)
    guid = db.get_one(
        Individual, individual.guid, options=[annotated], populate_existing=True
    ).featured_asset
    return featured_image(db, guid, "individual")


def _verdict(guids: Sequence[UUID]) -> dict[str, str]:
    if len(guids) == 1:
        return {"message": f"Corresponds to existing individual {guids[0]}.", "level": "info"}
    if not guids:
        return {"message": UNKNOWN, "level": "error"}
    listed = ", ".join(f"'{guid}'" for guid in guids)
    return {"message": AMBIGUOUS.format(listed), "level": "error"}

"""The list of individuals, and their number."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from houston.core.api.listing import Listing, Page
from houston.core.db.session import Session
from houston.core.security.grants import Identity
from houston.modules.individuals.models import Individual
from houston.modules.individuals.resources import IndividualResource

INDIVIDUAL = Individual.__table__.c
INDIVIDUALS = Listing(
    select(*INDIVIDUAL),
    sort=("guid", "created", "updated", "sex", "time_of_birth", "time_of_death"),
    words=("guid",),
    grants=IndividualResource.grants,
)


def page_of_individuals(db: Session, identity: Identity | None, query: Mapping[str, Any]) -> Page:
    """A page of whole individuals."""
    rows, total = INDIVIDUALS.page(db, identity, query)
    guids = [row.guid for row in rows]
    found = db.scalars(select(Individual).where(Individual.guid.in_(guids)))
    individuals = {individual.guid: individual for individual in found}
    return Page([individuals[guid] for guid in guids], total)


def count_individuals(db: Session) -> int:
    """Return the number of individuals."""
    return db.scalar(select(func.count()).select_from(Individual)) or 0
